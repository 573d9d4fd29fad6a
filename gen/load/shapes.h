/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The list of shapes, in the order in which people read it. A line BUILT(name, meaning) declares
 * name_shape, which gen/load/name.c defines, and puts it into load_shapes.
 */
#ifndef LOAD_SHAPES_H
#define LOAD_SHAPES_H

#include "load/schedule.h"

/* LATER(name, meaning, what brings it): listed and refused by name. */
#define LOAD_SHAPES(BUILT, LATER)                                                                  \
    BUILT(constant, "rate transactions/s, evenly spaced")                                          \
    BUILT(idle, "no transactions: connections are only held")                                      \
    BUILT(max, "closed loop: each connection keeps depth outstanding")                             \
    LATER(burst, "10 times the rate for 5 s, then the rate for 15 s", LOAD_MODEL)                  \
    LATER(ramp, "from 0 to the rate over the duration", LOAD_MODEL)                                \
    LATER(sine, "rate plus 0.8 of it by a sine of 30 s", LOAD_MODEL)                               \
    LATER(walk, "a seeded random walk in steps of 100 ms", LOAD_MODEL)                             \
    LATER(poisson, "independent exponential gaps", LOAD_MODEL)                                     \
    LATER(replay, "arrival times from a file or an earlier run", LOAD_MODEL)
#define LOAD_MODEL "it comes with the load model"

#define SHAPE_DECLARE(name, meaning) extern const struct load_shape name##_shape;
#define SHAPE_NOTHING(name, meaning, later)
LOAD_SHAPES(SHAPE_DECLARE, SHAPE_NOTHING)
#undef SHAPE_DECLARE
#undef SHAPE_NOTHING

#endif
