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

struct load_shape;

struct load_spec {
    const struct load_shape *shape;
    double rate_per_s; /* over the whole run, 1e-6 to 1e12; unused in a closed loop */
    uint64_t duration_ns;
    uint64_t seed;
    uint32_t worker, workers;
};

#define SCHEDULE_OWN 64
struct schedule {
    struct load_spec spec;
    uint64_t start_ns;
    uint64_t next_ns; /* intended time of the next arrival; UINT64_MAX: no more */
    uint64_t index;   /* number of the next arrival over the whole run */
    _Alignas(uint64_t) char own[SCHEDULE_OWN]; /* the shape's, zero before its `first` */
};

/*
 * How the rate moves over time. Offsets are ns from the start of the phase; they never go back, and
 * UINT64_MAX says that there are no more. All randomness comes from spec.seed.
 */
struct load_shape {
    bool no_rate;     /* goes with rate = 0, and only with it */
    bool closed_loop; /* no arithmetic: an arrival is always due. The rest is NULL then */
    uint64_t (*first)(struct schedule *s); /* offset of this worker's first arrival */
    uint64_t (*next)(struct schedule *s, uint64_t offset_ns); /* of the one after `offset_ns`;
                                                               * s->index is its number already */
    uint64_t (*count)(const struct load_spec *spec,
                      uint64_t end_ns); /* of this worker, in [0, end) */
};

/* No arrival is at or after start + duration. In a closed loop one is always due: next_ns stays at
 * start, index counts, and the caller, who has the clock, ends it. */
void schedule_init(struct schedule *s, const struct load_spec *spec, uint64_t start_ns);
/* Takes the arrival at next_ns, returns its time and moves on; UINT64_MAX: there was none. */
uint64_t schedule_take(struct schedule *s);
/* No arrival at or after `end_ns` any more. */
void schedule_end(struct schedule *s, uint64_t end_ns);
/* Arrivals of this worker in [start, start + until_ns), none beyond the duration. UINT64_MAX in a
 * closed loop, which no schedule bounds. */
uint64_t schedule_count(const struct load_spec *spec, uint64_t until_ns);

/* A job's `shape =`, and what `gen list` shows; the list is load/shapes.h. */
struct load_shape_kind {
    const char *name, *meaning;
    const struct load_shape *shape; /* NULL while `later` is not */
    const char *later;              /* NULL, or what brings it: listed and refused by name */
};
extern const struct load_shape_kind load_shapes[];
extern const uint32_t load_shape_count;
const struct load_shape_kind *load_shape_find(const char *name); /* NULL: no such shape */

#endif
