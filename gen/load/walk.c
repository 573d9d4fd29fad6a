/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rate holds for 100 ms, then moves by a uniform draw from [-step r, step r) and stays within
 * [low r, high r]; it begins at r. The draw of each step is a function of the seed and its number.
 */
#include <math.h>

#include "base/rng.h"
#include "base/units.h"
#include "load/curve.h"

#define HOLD_NS 100000000.0
#define STREAM  0x77616c6bu /* "walk": other draws of the same seed are others */

static double within(const struct load_spec *spec, double rate_per_s)
{
    double r = spec->rate_per_s;
    return fmin(fmax(rate_per_s, spec->params.walk.low * r), spec->params.walk.high * r);
}

/* Uniform in [-1, 1). */
static double draw(const struct load_spec *spec, uint64_t number)
{
    return (double)(int64_t)rng_mix(rng_mix(spec->seed, STREAM), number) * 0x1p-63;
}

static void begin(const struct load_spec *spec, struct piece *p)
{
    *p = (struct piece){.length_ns = HOLD_NS, .rate_per_s = within(spec, spec->rate_per_s)};
    p->end = p->rate_per_s * (HOLD_NS / NS_PER_S);
}

static void step(const struct load_spec *spec, struct piece *p)
{
    double move = spec->params.walk.step * spec->rate_per_s * draw(spec, p->number);
    p->rate_per_s = within(spec, p->rate_per_s + move);
    p->number++;
    p->start_ns = (double)p->number * HOLD_NS;
    p->first = p->end;
    p->end += p->rate_per_s * (HOLD_NS / NS_PER_S);
}

static void walk_find(const struct load_spec *spec, double index, struct piece *p)
{
    if (p->end == 0)
        begin(spec, p);
    while (p->end <= index && p->start_ns < (double)spec->duration_ns)
        step(spec, p);
    if (p->end <= index) /* not in this phase */
        *p = (struct piece){.first = index, .end = INFINITY, .start_ns = INFINITY};
}

/* The integral at `end_ns`, stepping on from piece `p`. */
static double sum_from(const struct load_spec *spec, struct piece p, uint64_t end_ns)
{
    while (p.start_ns + HOLD_NS <= (double)end_ns)
        step(spec, &p);
    return p.first + p.rate_per_s * (((double)end_ns - p.start_ns) / NS_PER_S);
}

static double walk_sum(const struct load_spec *spec, uint64_t end_ns)
{
    struct piece p;
    begin(spec, &p);
    return sum_from(spec, p, end_ns);
}

static double walk_ahead(const struct schedule *s, uint64_t end_ns)
{
    return sum_from(&s->spec, *(const struct piece *)s->own, end_ns) - (double)s->index;
}

static double walk_peak(const struct load_spec *spec)
{
    return spec->rate_per_s * spec->params.walk.high;
}

const struct load_shape walk_shape = {
    .first = curve_first,
    .next = curve_next,
    .count = curve_count,
    .sum = walk_sum,
    .peak = walk_peak,
    .ahead = walk_ahead,
    .find = walk_find,
};
