/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The latency of a run in parts: by phase, worker, operation, interval or target. From the samples
 * where all were kept and agree with the part's histogram, else from the histograms of the intervals,
 * which know no operation and no target. Measured phases and their drains, as everywhere.
 */
#ifndef ANALYZER_BY_H
#define ANALYZER_BY_H

#include "analyzer/figure.h"
#include "analyzer/query.h"
#include "analyzer/stats/percentile.h"

enum by_kind { BY_PHASE, BY_WORKER, BY_OPERATION, BY_INTERVAL, BY_TARGET };
#define BY_KINDS 5

struct by_row {
    char phase[64];      /* of a phase or interval; a target's address and port; else "" */
    int64_t number;      /* of the worker, operation, interval or target; of a phase its place in the run */
    int64_t started_ns;  /* of a phase or interval: its first interval's start, Unix */
    struct figure quantiles[QUANTILE_COUNT], max, mean; /* ns; missing below ten samples beyond */
    uint64_t count;
    bool exact;
};

struct by_table {
    enum by_kind kind;
    struct run_info run;
    struct by_row *rows;
    size_t count;
    char inexact[160]; /* why rows, or some of them, come from histograms; "": none does */
};

/* "phase" and so on; -EINVAL with a message that says what there is. */
int by_kind_parse(const char *word, enum by_kind *out, struct err *e);
const char *by_kind_name(enum by_kind kind);

/* The caller calls by_table_fini in any case. Operations and targets without every sample are an empty
 * table with its reason in `inexact`. */
int by_build(struct db *db, int64_t run_id, enum by_kind kind, struct by_table *out, struct err *e);
void by_table_fini(struct by_table *t);

#endif
