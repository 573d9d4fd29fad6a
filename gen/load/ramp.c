/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From `from` to `to` of the rate over time_ns, up or down, and from then on at `to`. With steps
 * the time is cut into so many equal parts; each holds the higher of the two rates that the even
 * ramp has at its ends: up from 0 in four steps is 25, 50, 75, 100 %, down to 0 the same backwards.
 */
#include <math.h>

#include "base/units.h"
#include "load/curve.h"

static double time_s(const struct load_spec *spec)
{
    return (double)spec->params.ramp.time_ns / NS_PER_S;
}

/* The integral of the even ramp at t <= time_s. */
static double even_sum(const struct load_spec *spec, double t)
{
    double from = spec->params.ramp.from, to = spec->params.ramp.to;
    return spec->rate_per_s * (from * t + (to - from) * t * t / (2 * time_s(spec)));
}

/* The rate of step k, and the integral at its start: k of them, a sum of whole numbers. */
static double step_rate(const struct load_spec *spec, double k)
{
    double from = spec->params.ramp.from, to = spec->params.ramp.to;
    double done = (k + (to > from)) / spec->params.ramp.steps;
    return spec->rate_per_s * (from + (to - from) * done);
}

static double step_sum(const struct load_spec *spec, double k)
{
    double from = spec->params.ramp.from, to = spec->params.ramp.to;
    double n = spec->params.ramp.steps, whole = k * (k + (to > from ? 1 : -1)) / 2;
    return spec->rate_per_s * (time_s(spec) / n) * (from * k + (to - from) * whole / n);
}

static double ramp_total(const struct load_spec *spec)
{
    uint32_t steps = spec->params.ramp.steps;
    return steps ? step_sum(spec, steps) : even_sum(spec, time_s(spec));
}

static void find_step(const struct load_spec *spec, double index, struct piece *p)
{
    uint64_t k = p->number;
    while (step_sum(spec, (double)k + 1) <= index)
        k++;
    double ns = (double)spec->params.ramp.time_ns / spec->params.ramp.steps;
    *p = (struct piece){.first = step_sum(spec, (double)k),
                        .end = step_sum(spec, (double)k + 1),
                        .start_ns = (double)k * ns,
                        .length_ns = ns,
                        .rate_per_s = step_rate(spec, (double)k),
                        .number = k};
}

static void ramp_find(const struct load_spec *spec, double index, struct piece *p)
{
    double r = spec->rate_per_s, from = spec->params.ramp.from, to = spec->params.ramp.to;
    double total = ramp_total(spec), ns = (double)spec->params.ramp.time_ns;
    if (index >= total) /* at a rate of 0 there is no more */
        *p = (struct piece){total, INFINITY, to > 0 ? ns : INFINITY, INFINITY, r * to};
    else if (spec->params.ramp.steps)
        find_step(spec, index, p);
    else
        *p = (struct piece){0, total, 0, ns, r * from, r * (to - from) / time_s(spec)};
}

static double ramp_sum(const struct load_spec *spec, uint64_t end_ns)
{
    double n = spec->params.ramp.steps, t = (double)end_ns / NS_PER_S;
    if (end_ns >= spec->params.ramp.time_ns)
        return ramp_total(spec) + spec->rate_per_s * spec->params.ramp.to * (t - time_s(spec));
    if (n == 0)
        return even_sum(spec, t);
    double k = floor(t * n / time_s(spec));
    return step_sum(spec, k) + step_rate(spec, k) * (t - k * time_s(spec) / n);
}

static double ramp_peak(const struct load_spec *spec)
{
    return spec->rate_per_s * fmax(spec->params.ramp.from, spec->params.ramp.to);
}

const struct load_shape ramp_shape = {
    .first = curve_first,
    .next = curve_next,
    .count = curve_count,
    .sum = ramp_sum,
    .peak = ramp_peak,
    .find = ramp_find,
};
