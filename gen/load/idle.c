/* SPDX-License-Identifier: BSD-3-Clause */
/* Nothing starts: connections are held, opened or replaced, that is all. */
#include "load/shapes.h"

static uint64_t idle_first(struct schedule *s)
{
    (void)s;
    return UINT64_MAX;
}

static uint64_t idle_next(struct schedule *s, uint64_t offset_ns)
{
    (void)s, (void)offset_ns;
    return UINT64_MAX;
}

static uint64_t idle_count(const struct load_spec *spec, uint64_t end_ns)
{
    (void)spec, (void)end_ns;
    return 0;
}

static double idle_sum(const struct load_spec *spec, uint64_t end_ns)
{
    (void)spec, (void)end_ns;
    return 0;
}

static double idle_peak(const struct load_spec *spec)
{
    (void)spec;
    return 0;
}

const struct load_shape idle_shape = {
    .no_rate = true,
    .first = idle_first,
    .next = idle_next,
    .count = idle_count,
    .sum = idle_sum,
    .peak = idle_peak,
};
