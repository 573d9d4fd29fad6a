/* SPDX-License-Identifier: BSD-3-Clause */
#include "load/mix.h"

#include <assert.h>

void mix_compile(struct mix *m, const uint32_t weight[OPERATION_COUNT])
{
    double weights[OPERATION_COUNT];
    uint32_t several = 0;
    for (int i = 0; i < OPERATION_COUNT; i++) {
        weights[i] = weight[i];
        several += weight[i] > 0;
        if (weight[i])
            m->only = (enum operation)i;
    }
    assert(several);
    if (several > 1)
        m->only = OPERATION_COUNT;
    alias_build(m->columns, weights, OPERATION_COUNT);
}

double mix_mean(const uint32_t weight[OPERATION_COUNT], const double value[OPERATION_COUNT])
{
    double sum = 0, weights = 0;
    for (int i = 0; i < OPERATION_COUNT; i++) {
        sum += value[i] * weight[i];
        weights += weight[i];
    }
    return sum / weights;
}
