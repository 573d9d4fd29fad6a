/* SPDX-License-Identifier: BSD-3-Clause */
/* What is told of a run while it goes on; plain data, made by run/ from what the recorder has. */
#ifndef LIVE_FIGURES_H
#define LIVE_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

#include "db/process.h"
#include "rec/rec.h"

/* What does not change. */
struct live_run {
    int64_t id;
    const char *uuid, *workload_id, *history_key, *wire, *protocol, *version;
    int64_t pid, started_ns; /* Unix */
    uint64_t mono_to_real_ns;
    uint32_t workers;
};

/* Where it stands. */
struct live_phase {
    const char *name, *kind; /* of the job; connect, warmup, measure, drain, close */
    bool measured;
    double offered_per_s;              /* NAN: max, or none */
    uint64_t started_ns, requested_ns; /* CLOCK_MONOTONIC; 0: open */
};

/* Seconds until its time is over at `now_ns`; NAN: no end is planned. */
double live_left_s(const struct live_phase *p, uint64_t now_ns);

#endif
