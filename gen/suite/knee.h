/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where a curve bends: Kneedle (Satopaa, Albrecht, Irwin, Raghavan 2011, "Finding a 'Kneedle' in a
 * Haystack: Detecting Knee Points in System Behavior"), with sensitivity 1 and without smoothing:
 * the points are the few that were measured. Both axes are brought to 0..1; the knee is where the
 * curve lies farthest from the straight line between its ends.
 */
#ifndef SUITE_KNEE_H
#define SUITE_KNEE_H

#include <stdint.h>

struct knee_point {
    double x, y;
    int32_t trial; /* where it was measured; only handed on */
};

enum knee_shape {
    KNEE_LEVELLING, /* rises, then levels off (throughput over connections): the knee above the line
                     */
    KNEE_RISING,    /* lies low, then rises (latency over rate): the knee below the line */
};

/* The index of the knee among points that may stand in any order, or -1 with `why`. */
int32_t knee_find(const struct knee_point *points, uint32_t n, enum knee_shape shape,
                  const char **why);

#endif
