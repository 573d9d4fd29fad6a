/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Evenly spaced: arrival i is at floor(i * 1e9 / r), exact for any i (no accumulated rounding). r
 * is the simplest fraction that reads as rate_per_s: the first convergent of its continued fraction
 * that rounds to the same double. So 0.1 is 1/10 and 100/min is 5/3, as written, not the nearest
 * multiple of a power of two.
 *
 * With r = num/den, arrival i lies at i * 1e9 * den / num ns. A worker steps from one of its
 * arrivals to the next by adding quotient and remainder of workers * 1e9 * den / num: exact, and no
 * division after the start.
 */
#include <assert.h>
#include <math.h>

#include "base/units.h"
#include "load/shapes.h"

typedef unsigned __int128 u128;

struct steps {
    uint64_t step_ns, step_rem, rem, den; /* one step of this worker: step_ns + step_rem / den ns */
};
_Static_assert(sizeof(struct steps) <= SCHEDULE_OWN, "one lies in the other");

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

static uint64_t constant_first(struct schedule *s)
{
    struct steps *steps = (struct steps *)s->own;
    struct fraction rate = rate_of(&s->spec);
    steps->den = rate.num;
    steps->step_ns = arrivals_to_ns(s->spec.workers, rate, &steps->step_rem);
    return arrivals_to_ns(s->spec.worker, rate, &steps->rem);
}

static uint64_t constant_next(struct schedule *s, uint64_t offset_ns)
{
    struct steps *steps = (struct steps *)s->own;
    steps->rem += steps->step_rem;
    bool carry = steps->rem >= steps->den;
    steps->rem -= carry ? steps->den : 0;
    if (__builtin_add_overflow(offset_ns, steps->step_ns, &offset_ns) ||
        __builtin_add_overflow(offset_ns, carry, &offset_ns))
        return UINT64_MAX;
    return offset_ns;
}

/* floor(i * 1e9 / r) < until  <=>  i < until * r / 1e9: the ceiling counts the i from 0. */
static uint64_t arrivals_before(uint64_t until_ns, struct fraction rate)
{
    u128 whole = (u128)NS_PER_S * rate.den;
    return (uint64_t)(((u128)until_ns * rate.num + whole - 1) / whole);
}

static uint64_t constant_count(const struct load_spec *spec, uint64_t end_ns)
{
    return share_of(spec, arrivals_before(end_ns, rate_of(spec)));
}

static double constant_sum(const struct load_spec *spec, uint64_t end_ns)
{
    return spec->rate_per_s * (double)end_ns / NS_PER_S;
}

static double constant_peak(const struct load_spec *spec)
{
    return spec->rate_per_s;
}

const struct load_shape constant_shape = {
    .first = constant_first,
    .next = constant_next,
    .count = constant_count,
    .sum = constant_sum,
    .peak = constant_peak,
};
