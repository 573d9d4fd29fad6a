/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * OpenMetrics 1.0 of a running run, and the HTTP endpoint that serves them. The endpoint has no
 * thread of its own: metrics_poll() answers who has asked, from the thread that calls it, and never
 * waits. Only GET and HEAD of /metrics; a few connections at once, each bounded in bytes and time.
 */
#ifndef LIVE_METRICS_H
#define LIVE_METRICS_H

#include <stdio.h>

#include "base/addr.h"
#include "live/figures.h"

/* One reading. `times`: of the measured phases so far, all workers. */
struct metrics_reading {
    const struct live_run *run;
    struct live_phase phase;
    double left_s; /* of the phase; NAN: no end is planned */
    const struct rec_totals *totals;
    const struct hist_sum *times; /* TIME_COUNT of them */
    struct process_use gen, peer; /* peer: all below 0 when there is none */
    uint64_t watch_lost;          /* blocks of workers that `times` lacks */
};
void metrics_write(FILE *out, const struct metrics_reading *m);

struct err;
struct metrics;
/* Fills `out` with the text; called by metrics_poll(). 0, or negative: no answer now (HTTP 503). */
typedef int metrics_fill(FILE *out, void *ctx);

/* EXIT_ENVIRONMENT: it cannot listen there. */
int metrics_open(struct ip_addr addr, uint16_t port, metrics_fill *fill, void *ctx,
                 struct metrics **out, struct err *e);
void metrics_poll(struct metrics *m);
void metrics_close(struct metrics *m);

#endif
