/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The list of shapes, in the order in which people read it. A line BUILT(name, meaning) declares
 * name_shape, which gen/load/name.c defines, and puts it into load_shapes.
 */
#ifndef LOAD_SHAPES_H
#define LOAD_SHAPES_H

#include "load/schedule.h"

#define LOAD_SHAPES(BUILT)                                                                         \
    BUILT(constant, "rate transactions/s, evenly spaced")                                          \
    BUILT(idle, "no transactions: connections are only held")                                      \
    BUILT(max, "closed loop: each connection keeps depth outstanding")                             \
    BUILT(burst, "burst_factor times the rate for burst_high, the rate for burst_low, repeated")   \
    BUILT(ramp, "from ramp_from to ramp_to of the rate over ramp_time, evenly or in ramp_steps")   \
    BUILT(sine, "the rate and sine_depth of it by a sine of sine_period")                          \
    BUILT(walk, "a seeded random walk: every 100 ms up or down by walk_step of the rate")          \
    BUILT(poisson, "independent exponential gaps with mean 1/rate")                                \
    BUILT(replay, "at the arrival times of a file or of an earlier run, divided by rate_scale")

#define SHAPE_DECLARE(name, meaning) extern const struct load_shape name##_shape;
LOAD_SHAPES(SHAPE_DECLARE)
#undef SHAPE_DECLARE

/* How many of the first `all` arrivals are this worker's. */
static inline uint64_t share_of(const struct load_spec *spec, uint64_t all)
{
    return all > spec->worker ? (all - spec->worker - 1) / spec->workers + 1 : 0;
}

#endif
