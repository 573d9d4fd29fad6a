/* SPDX-License-Identifier: BSD-3-Clause */
/* What a machine does to code that wants its cores alone. Real measurements, each on threads of
 * its own that are bound to a CPU. */
#ifndef RUN_NOISE_H
#define RUN_NOISE_H

#include <stdint.h>

#include "base/hist.h"

struct clock;
struct err;

#define NOISE_CPUS_MAX 256
#define NOISE_GAP_NS   1000 /* a step of the spin loop that takes so long was interrupted */
#define NOISE_LONG_NS  100000
#define NOISE_SLICE_NS 100000
#define NOISE_ROUNDS   11

/* The CPUs that this process may use, in order; how many. */
uint32_t noise_cpus(int cpus[NOISE_CPUS_MAX]);

struct stolen {
    int cpu;
    uint64_t took_ns, steps;
    uint64_t long_gaps;  /* over NOISE_LONG_NS */
    struct hist gaps;    /* those of NOISE_GAP_NS and more */
    struct hist longest; /* the longest step that reaches into each NOISE_SLICE_NS */
};

/* Bare loops that read the clock for `ns`, on all `n` CPUs at once. out[i].cpu is set by the
 * caller. 0 or -errno. */
int noise_stolen(const struct clock *clock, uint64_t ns, struct stolen *out, uint32_t n,
                 struct err *e);

/* Time of a one-way hand-over: half a round trip, of NOISE_ROUNDS rounds. */
struct handover {
    double median_ns, fastest_ns;
};

/* Hands `batch` 8-byte entries (1 to 64) through a ring from one CPU to the other and as many
 * back, for about `ns` in all. 0 or -errno. */
int noise_handover(const struct clock *clock, const int cpu[2], uint32_t batch, uint64_t ns,
                   struct handover *out, struct err *e);

#endif
