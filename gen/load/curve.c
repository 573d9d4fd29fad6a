/* SPDX-License-Identifier: BSD-3-Clause */
#include "load/curve.h"

#include <math.h>

#include "base/units.h"

/* Where the integral has grown by y > 0: a t + b t^2 / 2 = y, in the form that cancels nowhere. */
static inline double seconds_until(const struct piece *p, double y)
{
    double a = p->rate_per_s, b = p->growth_per_s2;
    return b == 0 ? y / a : 2 * y / (a + sqrt(a * a + 2 * b * y));
}

/* Rounding may ask for a little more than the piece holds, or than a falling line ever reaches (a
 * root of less than 0): that is its end. */
static inline double offset_in(const struct piece *p, double index)
{
    double y = index - p->first;
    if (!(y > 0))
        return p->start_ns;
    double ns = NS_PER_S * seconds_until(p, y);
    return p->start_ns + (ns < p->length_ns ? ns : p->length_ns);
}

static inline uint64_t whole_ns(double ns)
{
    return ns < 0x1p63 ? (uint64_t)(int64_t)ns : UINT64_MAX;
}

static inline uint64_t offset_of(const struct load_spec *spec, struct piece *p, uint64_t index)
{
    double at = (double)(int64_t)index;
    if (at >= p->end)
        spec->shape->find(spec, at, p);
    return whole_ns(offset_in(p, at));
}

uint64_t curve_next(struct schedule *s, uint64_t offset_ns)
{
    (void)offset_ns;
    return offset_of(&s->spec, (struct piece *)s->own, s->index);
}

uint64_t curve_first(struct schedule *s)
{
    return curve_next(s, 0);
}

/* The integral says where to look, to within its rounding and the nanosecond that a shape may be
 * off; the arrivals themselves decide. */
uint64_t curve_count(const struct load_spec *spec, uint64_t end_ns)
{
    struct piece p = {0};
    double sum = spec->shape->sum(spec, end_ns);
    double before = sum - sum * 1e-15 - spec->shape->peak(spec) / NS_PER_S - 2;
    uint64_t i = before > 0 ? (uint64_t)before : 0;
    while (offset_of(spec, &p, i) < end_ns)
        i++;
    return share_of(spec, i);
}
