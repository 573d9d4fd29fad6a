/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Results files with known figures, written through the db library.
 *
 * FIXTURE_KNOWN: 10 s measured after 2 s of warm-up, two workers, one connect and one drain phase.
 * Each worker-second holds 1000 latencies of 1, 2, .. 1000 us (mean 500.5 us), service half of
 * each, lateness 100 ns flat, no queueing; 1000 transactions completed, 5 failed by timeout; 1,024
 * payload bytes each way. 20,000 samples: p99.99 has too few. The run is done and valid.
 * FIXTURE_REAL: 30 s that look like a run: drifting medians, a tail, one stall, some errors. For
 * charts to be looked at.
 */
#ifndef TESTS_UNIT_ANALYZER_FIXTURE_H
#define TESTS_UNIT_ANALYZER_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "db/run_row.h"

struct err;

enum fixture_kind { FIXTURE_KNOWN, FIXTURE_REAL, FIXTURE_EMPTY /* connect phase only */ };

struct fixture {
    enum fixture_kind kind;
    const char *workload_id; /* NULL: "tcp_small_burst_1kib" */
    const char *verdict;     /* state of one rule "msg_per_s>=1000"; NULL: no rule */
    enum run_state state;    /* RUN_RUNNING: never ended, written by this process */
    bool dead;               /* with RUN_RUNNING: by a process that is gone */
    bool by_parent;          /* with RUN_RUNNING: by the parent of this process */
    bool invalid, rate_max;
    int64_t started_ns; /* 0: 2026-01-02T03:04:05Z */

    /* Of FIXTURE_KNOWN alone: factors on its latencies, rates and negative controls, and how many
     * transactions of a worker-second fail; 0: as above. */
    double latency, rate, control;
    int64_t failed, seconds;         /* FIXTURE_NONE: none fail; measured seconds */
    const char *history_key, *job;   /* NULL: "5e1f", a job of one line */
    const char *subject_commit, *margins, *kernel; /* kernel: a `must` field, governor: `warn` */
    const char *governor;
    const struct run_interleave *interleave;
    bool backwards; /* its clock was set back: it ends before it begins */
};
#define FIXTURE_NONE (-1)

#define FIXTURE_STARTED_NS 1767323045000000000ll

/* Appends one run to a file, made when missing; aborts with a message when that fails. */
int64_t fixture_write(const char *path, const struct fixture *f);

#endif
