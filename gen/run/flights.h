/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The flight recorders of a run, from the main thread's side: what a worker froze is written into
 * files beside the results, noted in them, and told at the end.
 */
#ifndef RUN_FLIGHTS_H
#define RUN_FLIGHTS_H

#include <pthread.h>
#include <signal.h>

#include "flight/file.h"
#include "job/job.h"

struct run;
struct flights;

#define FLIGHTS_KEPT      4 /* recordings of a run, the first ones */
#define FLIGHT_PATH_BYTES 400

/* The recorders of the worker threads, where a handler of SIGABRT finds them. One a process, the
 * owner is main.c. */
struct flight_crash {
    struct {
        pthread_t thread;
        const struct flight *flight;
        const struct flight_origin *origin;
        const char *path;
    } workers[JOB_WORKERS];
    volatile sig_atomic_t count;
};

/* After the run has its uuid and the writer's lock, before its workers start: what a process left
 * half written beside the results is removed. No more is done where the job wants no recordings. */
int flights_open(struct run *r, struct err *e);
/* When the workers are there: an assertion that fails in one writes its recording from now on. */
void flights_arm(struct run *r);
/* Every few ms, and once when the workers have ended: writes what is frozen. */
void flights_tick(struct run *r);
/* Before the workers' memory goes. */
void flights_disarm(struct run *r);
/* What was written, and of how many faults; while the workers are still there. */
void flights_tell(struct run *r);
void flights_close(struct run *r); /* fine twice */

/* In the handler: writes the recording of the thread that failed, and says where. Nothing but
 * system calls. */
void flight_crash_save(const struct flight_crash *crash);

#endif
