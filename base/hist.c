/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/hist.h"

#include <assert.h>
#include <math.h>
#include <string.h>

void hist_reset(struct hist *h)
{
    memset(h, 0, sizeof *h);
    h->min_ns = UINT64_MAX;
}

/* The inverse of hist_index: 2048 buckets of width 1, then halves of 1024 of doubling width. */
static uint32_t bucket_shift(uint32_t index)
{
    uint32_t half = index >> (HIST_SUB_BITS - 1);
    return half < 2 ? 0 : half - 1;
}

uint64_t hist_lowest_ns(uint32_t index)
{
    assert(index < HIST_COUNTS);
    uint32_t shift = bucket_shift(index);
    return (uint64_t)(index - (shift << (HIST_SUB_BITS - 1))) << shift;
}

uint64_t hist_highest_ns(uint32_t index)
{
    return hist_lowest_ns(index) + (1ull << bucket_shift(index)) - 1;
}

double hist_mean_ns(const struct hist *h)
{
    return h->count ? (double)h->sum_ns / (double)h->count : NAN;
}

/* ceil(count * num / den), at least 1, at most count. */
static uint64_t nearest_rank(uint64_t count, uint64_t num, uint64_t den)
{
    assert(den && num <= den);
    uint64_t rank = (uint64_t)(((unsigned __int128)count * num + den - 1) / den);
    return rank ? rank : 1;
}

/* What a rank beyond the last bucket means: it lies in the overflow, of which max is known. */
static uint64_t bucket_value(uint32_t index, uint64_t max_ns)
{
    if (index == HIST_COUNTS)
        return max_ns;
    uint64_t highest = hist_highest_ns(index);
    return highest < max_ns ? highest : max_ns;
}

uint64_t hist_percentile_ns(const struct hist *h, uint64_t num, uint64_t den)
{
    if (!h->count)
        return UINT64_MAX;
    uint64_t rank = nearest_rank(h->count, num, den), seen = 0;
    uint32_t i = 0;
    while (i < HIST_COUNTS && (seen += h->counts[i]) < rank)
        i++;
    return bucket_value(i, h->max_ns);
}

void hist_sum_reset(struct hist_sum *s)
{
    memset(s, 0, sizeof *s);
    s->min_ns = UINT64_MAX;
}

static void sum_totals(struct hist_sum *s, uint64_t count, uint64_t overflow, double sum_ns)
{
    s->count += count;
    s->overflow += overflow;
    s->sum_ns += sum_ns;
}

static void sum_extremes(struct hist_sum *s, uint64_t min_ns, uint64_t max_ns)
{
    s->min_ns = min_ns < s->min_ns ? min_ns : s->min_ns;
    s->max_ns = max_ns > s->max_ns ? max_ns : s->max_ns;
}

void hist_sum_add(struct hist_sum *s, const struct hist *h)
{
    sum_totals(s, h->count, h->overflow, (double)h->sum_ns);
    sum_extremes(s, h->min_ns, h->max_ns);
    for (uint32_t i = 0; i < HIST_COUNTS; i++)
        s->counts[i] += h->counts[i];
}

void hist_sum_merge(struct hist_sum *s, const struct hist_sum *other)
{
    sum_totals(s, other->count, other->overflow, other->sum_ns);
    sum_extremes(s, other->min_ns, other->max_ns);
    for (uint32_t i = 0; i < HIST_COUNTS; i++)
        s->counts[i] += other->counts[i];
}

uint64_t hist_sum_percentile_ns(const struct hist_sum *s, uint64_t num, uint64_t den)
{
    if (!s->count)
        return UINT64_MAX;
    uint64_t rank = nearest_rank(s->count, num, den), seen = 0;
    uint32_t i = 0;
    while (i < HIST_COUNTS && (seen += s->counts[i]) < rank)
        i++;
    return bucket_value(i, s->max_ns);
}

double hist_sum_mean_ns(const struct hist_sum *s)
{
    return s->count ? s->sum_ns / (double)s->count : NAN;
}
