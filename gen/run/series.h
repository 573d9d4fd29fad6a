/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The jobs of one call, in turn. All are read and checked before the first one runs. One that fails
 * does not stop the rest; a signal does. At the end stands a table of all, with those that did not
 * run and why.
 */
#ifndef RUN_SERIES_H
#define RUN_SERIES_H

#include <signal.h>
#include <stdbool.h>

#include "job/job.h"
#include "run/joblist.h"

struct series {
    struct listed_jobs jobs;
    struct job_args args;      /* options and environment, for each of them */
    bool stop_on_failure;      /* what does not end with EXIT_WELL is the last one */
    const volatile sig_atomic_t *signal;
    struct flight_crash *crash;
};

/* The exit code: the worst (run/exits.h) of all, or 128 + the signal; e is set when there is
 * something to tell that was not told. A job that waits for a later version is refused when it was
 * named; found in a folder it is skipped, which is no better than not measured. */
int series_run(const struct series *s, struct err *e);

#endif
