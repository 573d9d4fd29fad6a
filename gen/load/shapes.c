/* SPDX-License-Identifier: BSD-3-Clause */
#include <stddef.h>

#include "load/schedule.h"

const struct load_shape_kind load_shapes[] = {
    {"constant", "rate transactions/s, evenly spaced", NULL},
    {"max", "closed loop: each connection keeps depth outstanding", NULL},
    {"burst", "10 times the rate for 5 s, then the rate for 15 s", "the shapes issue"},
    {"ramp", "from 0 to the rate over the duration", "the shapes issue"},
    {"sine", "rate plus 0.8 of it by a sine of 30 s", "the shapes issue"},
    {"walk", "a seeded random walk in steps of 100 ms", "the shapes issue"},
    {"poisson", "independent exponential gaps", "the shapes issue"},
    {"replay", "arrival times from a file or an earlier run", "the shapes issue"},
};
const uint32_t load_shape_count = sizeof load_shapes / sizeof *load_shapes;
