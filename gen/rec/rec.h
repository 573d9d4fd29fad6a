/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From the workers to the database without ever making a worker wait.
 *
 * Each worker owns one rec_lane: a small set of interval blocks. It counts into one; at the end of
 * an interval rec_lane_next() hands the block to the recorder thread and gives the worker an empty
 * one (or the same one again, so that two intervals merge, when the recorder is behind: counted
 * in `merged`). Only the recorder thread touches the database while the run is on.
 */
#ifndef REC_REC_H
#define REC_REC_H

#include <stdint.h>

#include "base/hist.h"
#include "base/measure.h"
#include "base/ring.h"

struct err;
struct db;
struct rec;

/* What one worker measured in one interval. */
struct rec_interval {
    uint32_t worker, phase;      /* phase: index of the run's phase rows, in order of rec_phase_begin */
    uint64_t start_ns, end_ns;   /* CLOCK_MONOTONIC */
    uint64_t merged;             /* earlier intervals that had to be merged into this one */
    uint64_t counters[COUNTER_COUNT]; /* growth within the interval; maxima where the name says max */
    uint64_t results[RESULT_COUNT];   /* transactions by how they ended */
    uint64_t connect_errors[RESULT_COUNT]; /* active opens that failed, by reason */
    uint64_t drops[/*DROP_COUNT*/ 64];
    uint64_t open_connections;   /* gauge at the end */
    struct hist times[TIME_COUNT];
};

#define REC_LANE_BLOCKS 4
struct rec_lane {
    struct ring full, empty;     /* of block numbers: worker -> recorder, recorder -> worker */
    uint32_t full_at[REC_LANE_BLOCKS], empty_at[REC_LANE_BLOCKS];
    struct rec_interval *blocks[REC_LANE_BLOCKS];
    uint32_t current;
};

/* Worker side; never blocks, never allocates. Returns the block to count into from now on. */
struct rec_interval *rec_lane_current(struct rec_lane *lane);
struct rec_interval *rec_lane_next(struct rec_lane *lane, uint64_t now_ns, uint32_t phase);

/* Main-thread side. The recorder thread starts at SCHED_IDLE and writes into `db` (which it then
 * owns until rec_close) under run `run_id`. */
struct rec_config {
    struct db *db;
    int64_t run_id;
    uint32_t lanes;
    int64_t peer_pid;            /* local peer whose RSS and CPU are sampled; 0: none */
    uint64_t resource_ns;        /* period of the RSS and CPU samples of this process (and peer) */
    uint64_t mono_to_real_ns;    /* add to CLOCK_MONOTONIC for CLOCK_REALTIME */
};
int rec_open(const struct rec_config *cfg, struct rec **out, struct err *e);
struct rec_lane *rec_lane(struct rec *r, uint32_t n);
/* Sum of everything handed over so far, for the live line: copies counters under a small lock. */
struct rec_totals {
    uint64_t counters[COUNTER_COUNT], results[RESULT_COUNT], open_connections;
    struct hist_sum latency;     /* of the last completed interval of all workers */
    uint64_t intervals;
};
void rec_totals(struct rec *r, struct rec_totals *out);
/* Drains all lanes, writes, commits, joins the thread. 0 or the first error of the writer (the
 * message says what was kept). The db is the caller's again. */
int rec_close(struct rec *r, struct err *e);

#endif
