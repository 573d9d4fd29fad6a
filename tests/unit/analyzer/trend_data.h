/* SPDX-License-Identifier: BSD-3-Clause */
/* Seeded histories for the tests of the trend methods. */
#ifndef TESTS_UNIT_ANALYZER_TREND_DATA_H
#define TESTS_UNIT_ANALYZER_TREND_DATA_H

#include <math.h>
#include <stddef.h>

#include "base/rng.h"

/* Box and Muller 1958. */
static inline double draw_normal(struct rng *r)
{
    double u = 1 - rng_f64(r), v = rng_f64(r);
    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

/* Standard normal runs, each correlated with the one before by phi. */
static inline void draw_noise(struct rng *r, double *out, size_t count, double phi)
{
    double now = draw_normal(r);
    for (size_t i = 0; i < count; i++) {
        out[i] = now;
        now = phi * now + sqrt(1 - phi * phi) * draw_normal(r);
    }
}

static inline void add_step(double *values, size_t from, size_t to, double height)
{
    for (size_t i = from; i < to; i++)
        values[i] += height;
}

#endif
