/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When transactions are meant to start: pure arithmetic on time and seed, no clock.
 *
 * The schedule of a phase is one sequence of intended times over the whole run; worker w of n owns
 * arrivals w, w + n, w + 2n, ... so that the split over workers equals the whole exactly.
 */
#ifndef LOAD_SCHEDULE_H
#define LOAD_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

enum load_shape { SHAPE_CONSTANT, SHAPE_MAX };

struct load_spec {
    enum load_shape shape;
    double rate_per_s;     /* over the whole run, 1e-6 to 1e12; unused with SHAPE_MAX */
    uint64_t duration_ns;
    uint64_t seed;
    uint32_t worker, workers;
};

struct schedule {
    struct load_spec spec;
    uint64_t start_ns;
    uint64_t next_ns;  /* intended time of the next arrival; UINT64_MAX: no more */
    uint64_t index;    /* number of the next arrival over the whole run */
    uint64_t step_ns, step_rem, rem, den; /* one step of this worker: step_ns + step_rem / den ns */
};

/* SHAPE_CONSTANT: arrival i is at start + floor(i * 1e9 / r), exact for any i (no accumulated
 * rounding); none at or after start + duration. r is the simplest fraction that reads as
 * rate_per_s: the first convergent of its continued fraction that rounds to the same double. So
 * 0.1 is 1/10 and 100/min is 5/3, as written, not the nearest multiple of a power of two.
 *
 * SHAPE_MAX (closed loop): an arrival is always due; next_ns stays at start, index counts, and
 * the caller, who has the clock, ends it. */
void schedule_init(struct schedule *s, const struct load_spec *spec, uint64_t start_ns);
/* Takes the arrival at next_ns, returns its time and moves on; UINT64_MAX: there was none. */
uint64_t schedule_take(struct schedule *s);
/* Arrivals of this worker in [start, start + until_ns), none beyond the duration. UINT64_MAX with
 * SHAPE_MAX, which no schedule bounds. */
uint64_t schedule_count(const struct load_spec *spec, uint64_t until_ns);

/* Listed by `gen list`; `later` names what is not built yet. */
struct load_shape_kind {
    const char *name, *meaning, *later;
};
extern const struct load_shape_kind load_shapes[];
extern const uint32_t load_shape_count;

#endif
