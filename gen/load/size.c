/* SPDX-License-Identifier: BSD-3-Clause */
#include "load/size.h"

#include <assert.h>
#include <math.h>

#define ONE (1ull << 32) /* 1 in the logarithms */

/* 2^(i / 32), in 2^-30. */
static const uint32_t powers[32] = {
    1073741824u, 1097253708u, 1121280436u, 1145833280u, 1170923762u, 1196563654u, 1222764986u,
    1249540052u, 1276901417u, 1304861917u, 1333434672u, 1362633090u, 1392470869u, 1422962010u,
    1454120821u, 1485961921u, 1518500250u, 1551751076u, 1585730000u, 1620452965u, 1655936265u,
    1692196547u, 1729250827u, 1767116489u, 1805811301u, 1845353420u, 1885761398u, 1927054196u,
    1969251188u, 2012372174u, 2056437387u, 2101467502u,
};
#define POWERS_BITS 5
#define LN2         2977044472ull /* in 2^-32 */
#define LN2_2       1031764991ull /* half its square, in 2^-32 */

/* 2^(log2 / 2^32), rounded down: the table, and two terms of the series for the rest, which is
 * below 1/32; 2 millionths off at most. log2 < 31. */
static uint64_t power_of_2(uint64_t log2)
{
    uint32_t fraction = (uint32_t)log2, rest = fraction & (UINT32_MAX >> POWERS_BITS);
    uint64_t series = ONE + (rest * LN2 >> 32) + ((uint64_t)rest * rest >> 32) * LN2_2 / ONE;
    uint64_t mantissa = powers[fraction >> (32 - POWERS_BITS)] * (series >> 1) >> 31; /* 2^-30 */
    return mantissa << (log2 >> 32) >> 30;
}

/* The upper half chooses the part, the lower one the size in it. */
uint32_t size_of(const struct size_dist *d, uint64_t random)
{
    uint32_t chosen = alias_draw(d->columns, d->count, (uint32_t)(random >> 32));
    const struct size_slot *s = &d->slots[chosen];
    uint64_t share = (uint32_t)random;
    if (!s->log2_span)
        return (uint32_t)(s->low + (share * s->span >> 32));
    /* log2_span < 2^37: without its last 5 bits the product fits. */
    uint64_t size = power_of_2(s->log2_low + (share * (s->log2_span >> 5) >> 27));
    return (uint32_t)(size < s->low ? s->low : size > s->high ? s->high : size);
}

static struct size_slot slot_of(const struct size_part *part)
{
    struct size_slot s = {
        .low = part->low, .span = (uint64_t)part->high - part->low + 1, .high = part->high};
    if (part->even_ratio && part->low < part->high) {
        s.log2_low = (uint64_t)llround(log2(part->low) * ONE);
        s.log2_span = (uint64_t)llround(log2((part->high + 1.0) / part->low) * ONE);
    }
    return s;
}

void size_compile(struct size_dist *d, const struct size_part *parts, uint32_t count)
{
    double weights[SIZE_PARTS];
    assert(count && count <= SIZE_PARTS);
    *d = (struct size_dist){.count = count, .smallest = UINT32_MAX};
    for (uint32_t i = 0; i < count; i++) {
        assert(parts[i].low && parts[i].low <= parts[i].high && parts[i].high < 1u << 31);
        weights[i] = parts[i].weight;
        d->slots[i] = slot_of(&parts[i]);
        if (parts[i].weight && parts[i].low < d->smallest)
            d->smallest = parts[i].low;
        if (parts[i].weight && parts[i].high > d->largest)
            d->largest = parts[i].high;
    }
    alias_build(d->columns, weights, count);
}

/* The sum over s of s ln((s + 1) / s), over ln of the ratio: the integral of 1 less the half that
 * rounding down takes off. */
double size_part_mean(const struct size_part *part)
{
    double low = part->low, high = part->high;
    if (!part->even_ratio || part->low == part->high)
        return (low + high) / 2;
    return (high + 1 - low) / log((high + 1) / low) - 0.5;
}

double size_mean(const struct size_part *parts, uint32_t count)
{
    double sum = 0, weights = 0;
    for (uint32_t i = 0; i < count; i++) {
        sum += size_part_mean(&parts[i]) * parts[i].weight;
        weights += parts[i].weight;
    }
    return sum / weights;
}
