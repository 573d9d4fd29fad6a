/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The responding side: one worker a queue, in the run's own process (pair), in the lab's far
 * process, or as `gen respond`.
 */
#ifndef RUN_RESPONDER_H
#define RUN_RESPONDER_H

#include "app/app.h"
#include "base/drop.h"
#include "base/measure.h"
#include "job/job.h"
#include "run/worker.h"
#include "wire/wire.h"

struct clock;
struct responder;

/* What all its workers did, summed when it has ended. Plain data: it may lie in shared memory. */
struct responder_totals {
    bool valid; /* set last */
    struct server_totals server;
    uint64_t counters[COUNTER_COUNT];
    uint64_t drops[DROP_COUNT];
};

/* What they have counted so far. */
#define RESPONDER_WORKERS_MAX 256
struct responder_live {
    struct worker_memory memory; /* of all; final when responder_start returns */
    struct worker_live of[RESPONDER_WORKERS_MAX];
};
/* All workers together; maxima are the largest. False: not to be had of one of them. */
bool responder_counted(const struct responder_live *live, uint32_t workers,
                       uint64_t counters[COUNTER_COUNT], uint64_t *at_ns);

/* Starts the workers on an open port (which stays the caller's), at every target of the job; CPUs
 * from `first_cpu` on in the job's order. Returns when all are ready. `live`: where they tell their
 * counters; NULL: nowhere. */
int responder_start(struct responder **out, const struct job *job, struct wire_port *port,
                    uint32_t first_cpu, const struct clock *clock, struct responder_live *live,
                    struct err *e);
/* Stops, joins, sums, frees. */
void responder_stop(struct responder *r, struct responder_totals *totals);

/* A whole process of it: opens the device, starts, calls `ready`, waits for SIGTERM or SIGINT. */
struct responder_process {
    const struct job *job;
    const struct clock *clock;
    const struct wire_device *wire;
    const char *device;     /* of that wire */
    uint32_t first_cpu;
    void (*ready)(void *ctx);
    void *ready_ctx;
    struct responder_totals *totals;
    struct responder_live *live;
};
/* 0 or -errno; signals must be blocked by the caller (SIGTERM, SIGINT) before threads exist. */
int responder_process_run(const struct responder_process *p, struct err *e);

#endif
