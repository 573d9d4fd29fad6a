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
    double rate_per_s;     /* over the whole run; unused with SHAPE_MAX */
    uint64_t duration_ns;
    uint64_t seed;
    uint32_t worker, workers;
};

struct schedule {
    struct load_spec spec;
    uint64_t start_ns;
    uint64_t next_ns;  /* intended time of the next arrival; UINT64_MAX: no more */
    uint64_t index;    /* number of the next arrival over the whole run */
};

void schedule_init(struct schedule *s, const struct load_spec *spec, uint64_t start_ns);
/* Takes the arrival at next_ns and moves on. Arrival i of rate r is at start + floor(i * 1e9 / r),
 * exact for any i (no accumulated rounding); none at or after start + duration. */
uint64_t schedule_take(struct schedule *s);
/* Arrivals of this worker in [start, start + until_ns). */
uint64_t schedule_count(const struct load_spec *spec, uint64_t until_ns);

/* Listed by `gen list`; `later` names what is not built yet. */
struct load_shape_kind {
    const char *name, *meaning, *later;
};
extern const struct load_shape_kind load_shapes[];
extern const uint32_t load_shape_count;

#endif
