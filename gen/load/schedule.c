/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A rate is a fraction num/den of transactions a second, so arrival i lies at i * 1e9 * den / num
 * ns. A worker steps from one of its arrivals to the next by adding quotient and remainder of
 * workers * 1e9 * den / num: exact, and no division after the start.
 */
#include "load/schedule.h"

#include <assert.h>
#include <math.h>

#include "base/units.h"

typedef unsigned __int128 u128;

struct fraction {
    uint64_t num, den;
};

/* The exact value of a double as num/den: 53 bits and a power of two. */
static void split_double(double x, u128 *num, u128 *den)
{
    int exponent;
    double mantissa = frexp(x, &exponent);
    *num = (u128)ldexp(mantissa, 53);
    *den = 1;
    if (exponent >= 53)
        *num <<= exponent - 53;
    else
        *den <<= 53 - exponent;
}

/* The first convergent of the continued fraction that rounds to the same double. It exists and
 * stays below 2^54 / x: the error of a convergent is below 1 / (den * next den). */
static struct fraction simplest_fraction(double x)
{
    struct fraction now = {1, 0}, before = {0, 1};
    u128 num, den;
    split_double(x, &num, &den);
    do {
        uint64_t whole = (uint64_t)(num / den);
        struct fraction next = {whole * now.num + before.num, whole * now.den + before.den};
        u128 rest = num % den;
        num = den;
        den = rest;
        before = now;
        now = next;
    } while (den && (double)now.num / (double)now.den != x);
    return now;
}

static struct fraction rate_of(const struct load_spec *spec)
{
    assert(spec->rate_per_s >= 1e-6 && spec->rate_per_s <= 1e12);
    return simplest_fraction(spec->rate_per_s);
}

/* floor(arrivals * 1e9 * den / num) and the remainder; UINT64_MAX when it does not fit. */
static uint64_t arrivals_to_ns(uint64_t arrivals, struct fraction rate, uint64_t *rem)
{
    u128 total;
    if (__builtin_mul_overflow((u128)arrivals * NS_PER_S, (u128)rate.den, &total))
        return UINT64_MAX;
    *rem = (uint64_t)(total % rate.num);
    u128 ns = total / rate.num;
    return ns < UINT64_MAX ? (uint64_t)ns : UINT64_MAX;
}

/* Places the next arrival `offset_ns` after the start, unless that is beyond the duration. */
static void place_next(struct schedule *s, uint64_t offset_ns)
{
    s->next_ns = offset_ns < s->spec.duration_ns ? s->start_ns + offset_ns : UINT64_MAX;
}

void schedule_init(struct schedule *s, const struct load_spec *spec, uint64_t start_ns)
{
    assert(spec->workers && spec->worker < spec->workers);
    *s = (struct schedule){.spec = *spec, .start_ns = start_ns, .index = spec->worker};
    s->next_ns = start_ns;
    if (spec->shape == SHAPE_MAX)
        return;
    struct fraction rate = rate_of(spec);
    s->den = rate.num;
    s->step_ns = arrivals_to_ns(spec->workers, rate, &s->step_rem);
    place_next(s, arrivals_to_ns(spec->worker, rate, &s->rem));
}

static void step_constant(struct schedule *s)
{
    uint64_t offset_ns = s->next_ns - s->start_ns;
    s->rem += s->step_rem;
    bool carry = s->rem >= s->den;
    s->rem -= carry ? s->den : 0;
    if (__builtin_add_overflow(offset_ns, s->step_ns, &offset_ns) ||
        __builtin_add_overflow(offset_ns, carry, &offset_ns))
        offset_ns = UINT64_MAX;
    place_next(s, offset_ns);
}

uint64_t schedule_take(struct schedule *s)
{
    uint64_t taken = s->next_ns;
    if (taken == UINT64_MAX)
        return taken;
    s->index += s->spec.workers;
    if (s->spec.shape == SHAPE_CONSTANT)
        step_constant(s);
    return taken;
}

/* floor(i * 1e9 / r) < until  <=>  i < until * r / 1e9: the ceiling counts the i from 0. */
static uint64_t arrivals_before(uint64_t until_ns, struct fraction rate)
{
    u128 whole = (u128)NS_PER_S * rate.den;
    return (uint64_t)(((u128)until_ns * rate.num + whole - 1) / whole);
}

uint64_t schedule_count(const struct load_spec *spec, uint64_t until_ns)
{
    if (spec->shape == SHAPE_MAX)
        return UINT64_MAX;
    uint64_t end_ns = until_ns < spec->duration_ns ? until_ns : spec->duration_ns;
    uint64_t all = arrivals_before(end_ns, rate_of(spec));
    return all > spec->worker ? (all - spec->worker - 1) / spec->workers + 1 : 0;
}
