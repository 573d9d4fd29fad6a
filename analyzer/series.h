/* SPDX-License-Identifier: BSD-3-Clause */
/* A run over time: one point an interval, all workers together, warm-up and drain included. */
#ifndef ANALYZER_SERIES_H
#define ANALYZER_SERIES_H

#include <stdbool.h>
#include <stddef.h>

struct db;
struct err;
struct summary;

/* NAN where nothing was recorded, or too few samples for the percentile. Times are seconds. */
struct series_point {
    double at_s; /* middle of what was recorded, from the start of the run */
    double msg_per_s, transactions_per_s, failed_per_s;
    double latency_p50_s, latency_p99_s, lateness_p99_s, queueing_p99_s;
};

struct series {
    struct series_point *points;
    size_t count;
};

/* 0, or -errno with a message. free(out->points) in any case. */
int series_build(struct db *db, const struct summary *s, struct series *out, struct err *e);

#endif
