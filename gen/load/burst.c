/* SPDX-License-Identifier: BSD-3-Clause */
/* factor * r for high_ns, r for low_ns, and again. Which cycle an arrival at its very end belongs
 * to is a matter of rounding; its time is the same. */
#include <math.h>

#include "base/units.h"
#include "load/curve.h"

struct cycle {
    double high, all; /* arrivals in its first part, and in all of it */
    double high_ns, all_ns;
};

static struct cycle cycle_of(const struct load_spec *spec)
{
    double r = spec->rate_per_s, high = r * spec->params.burst.factor;
    double high_ns = (double)spec->params.burst.high_ns, low_ns = (double)spec->params.burst.low_ns;
    high *= high_ns / NS_PER_S;
    return (struct cycle){high, high + r * (low_ns / NS_PER_S), high_ns, high_ns + low_ns};
}

static void burst_find(const struct load_spec *spec, double index, struct piece *p)
{
    struct cycle c = cycle_of(spec);
    double k = floor(index / c.all), first = k * c.all, high_end = first + c.high;
    if (index < high_end)
        *p = (struct piece){first, high_end, k * c.all_ns, c.high_ns,
                            spec->rate_per_s * spec->params.burst.factor};
    else
        *p = (struct piece){high_end, (k + 1) * c.all, k * c.all_ns + c.high_ns,
                            c.all_ns - c.high_ns, spec->rate_per_s};
}

static double burst_sum(const struct load_spec *spec, uint64_t end_ns)
{
    struct cycle c = cycle_of(spec);
    double k = floor((double)end_ns / c.all_ns), rest_ns = (double)end_ns - k * c.all_ns;
    double high_ns = fmin(rest_ns, c.high_ns);
    return k * c.all + c.high * (high_ns / c.high_ns) +
           spec->rate_per_s * ((rest_ns - high_ns) / NS_PER_S);
}

static double burst_peak(const struct load_spec *spec)
{
    return spec->rate_per_s * fmax(1, spec->params.burst.factor);
}

const struct load_shape burst_shape = {
    .first = curve_first,
    .next = curve_next,
    .count = curve_count,
    .sum = burst_sum,
    .peak = burst_peak,
    .find = burst_find,
};
