/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which operation an arrival is: a weighted list, made ready for drawing. Like a size, a draw is a
 * function of the seed and the arrival's number alone.
 */
#ifndef LOAD_MIX_H
#define LOAD_MIX_H

#include "base/measure.h"
#include "base/rng.h"
#include "load/alias.h"

struct mix {
    enum operation only; /* OPERATION_COUNT: there are several */
    struct alias_column columns[OPERATION_COUNT];
};

/* Weights not all 0. */
void mix_compile(struct mix *m, const uint32_t weight[OPERATION_COUNT]);

/* What is to be expected of `value` at one draw. */
double mix_mean(const uint32_t weight[OPERATION_COUNT], const double value[OPERATION_COUNT]);

static inline enum operation mix_draw(const struct mix *m, uint64_t seed, uint64_t arrival)
{
    if (m->only != OPERATION_COUNT)
        return m->only;
    uint32_t random = (uint32_t)(rng_mix(seed, arrival) >> 32);
    return (enum operation)alias_draw(m->columns, OPERATION_COUNT, random);
}

#endif
