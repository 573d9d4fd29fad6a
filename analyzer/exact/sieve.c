/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/exact/sieve.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define OVERFLOW HIST_COUNTS /* the bucket behind the last */

void sieve_init(struct sieve *s, const struct hist_sum *hist)
{
    memset(s, 0, sizeof *s);
    s->hist = hist;
}

size_t sieve_want(struct sieve *s, uint64_t rank)
{
    assert(s->wanted < SIEVE_RANKS_MAX && rank <= s->hist->count && !s->begun);
    s->ranks[s->wanted] = rank;
    return s->wanted++;
}

/* --- ranges ---------------------------------------------------------------------------- */

static void put_range(struct sieve *s, size_t w, struct sieve_range r, uint32_t bucket)
{
    for (uint8_t i = s->first[bucket]; i; i = s->ranges[i - 1].next)
        if (s->ranges[i - 1].low == r.low) {
            s->range_of[w] = i;
            return;
        }
    r.shift = (uint8_t)(r.bits > SIEVE_PART_BITS ? r.bits - SIEVE_PART_BITS : 0);
    r.next = s->first[bucket];
    s->ranges[s->count++] = r;
    s->range_of[w] = s->first[bucket] = (uint8_t)s->count;
}

static struct sieve_range bucket_range(uint32_t bucket, uint64_t held, uint64_t below)
{
    struct sieve_range r = {.held = held, .below = below, .bits = SIEVE_VALUE_BITS};
    if (bucket == OVERFLOW)
        return r; /* from 0 on, so that its parts are of equal width; only what overflows comes here */
    r.low = hist_lowest_ns(bucket);
    r.bits = (uint8_t)(64 - __builtin_clzll(hist_highest_ns(bucket) - r.low + 1) - 1);
    return r;
}

/* The bucket that holds a rank. */
static void first_range(struct sieve *s, size_t w)
{
    uint64_t below = 0;
    uint32_t bucket = 0;
    for (; bucket < OVERFLOW && below + s->hist->counts[bucket] < s->ranks[w]; bucket++)
        below += s->hist->counts[bucket];
    uint64_t held = bucket == OVERFLOW ? s->hist->overflow : s->hist->counts[bucket];
    put_range(s, w, bucket_range(bucket, held, below), bucket);
}

static uint32_t bucket_of(uint64_t value)
{
    return value > HIST_MAX_NS ? OVERFLOW : hist_index(value);
}

static size_t parts(const struct sieve_range *r)
{
    return (size_t)1 << (r->bits - r->shift);
}

static size_t lay_out(struct sieve *s)
{
    size_t at = 0;
    for (size_t i = 0; i < s->count; i++) {
        s->ranges[i].at = at;
        at += parts(&s->ranges[i]);
    }
    return at ? at : 1;
}

size_t sieve_begin(struct sieve *s)
{
    if (s->begun)
        return s->count && !s->refuted ? lay_out(s) : 0;
    s->begun = true;
    for (size_t w = 0; w < s->wanted; w++)
        if (s->ranks[w])
            first_range(s, w);
    return lay_out(s);
}

/* --- counting -------------------------------------------------------------------------- */

void tally_begin(struct tally *t, const struct sieve *s, uint64_t *counters, size_t count)
{
    *t = (struct tally){.sieve = s, .counters = counters, .min = UINT64_MAX};
    memset(counters, 0, count * sizeof *counters);
}

static void count_one(const struct tally *t, uint64_t value, uint8_t range)
{
    for (; range; range = t->sieve->ranges[range - 1].next) {
        const struct sieve_range *r = &t->sieve->ranges[range - 1];
        uint64_t from_low = value - r->low;
        if (from_low >> r->bits == 0)
            t->counters[r->at + (from_low >> r->shift)]++;
    }
}

void tally_add(struct tally *t, const uint64_t *values, size_t n)
{
    if (!t->sieve)
        return;
    const uint8_t *first = t->sieve->first;
    uint64_t min = t->min, max = t->max, sum = 0; /* of a block: far below 2^64 */
    for (size_t i = 0; i < n; i++) {
        uint64_t v = values[i];
        sum += v;
        min = v < min ? v : min;
        max = v > max ? v : max;
        uint8_t range = first[bucket_of(v)];
        if (__builtin_expect(range, 0))
            count_one(t, v, range);
    }
    t->min = min;
    t->max = max;
    t->sum += sum;
    t->n += n;
}

void tally_merge(struct tally *into, const struct tally *other, size_t count)
{
    into->n += other->n;
    into->sum += other->sum;
    into->min = other->min < into->min ? other->min : into->min;
    into->max = other->max > into->max ? other->max : into->max;
    for (size_t i = 0; i < count; i++)
        into->counters[i] += other->counters[i];
}

/* --- what was counted ------------------------------------------------------------------ */

/* The histogram adds up doubles, and rounds each interval's mean. */
static bool same_sum(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fabs(b) + 1;
}

static bool agrees(const struct sieve *s, const struct tally *all)
{
    const struct hist_sum *h = s->hist;
    if (all->n != h->count || (h->count && (all->min != h->min_ns || all->max != h->max_ns)))
        return false;
    if (!same_sum((double)all->sum, h->sum_ns) || (h->count && h->max_ns >> SIEVE_VALUE_BITS))
        return false;
    for (size_t i = 0; i < s->count; i++) {
        const struct sieve_range *r = &s->ranges[i];
        uint64_t held = 0;
        for (size_t part = 0; part < parts(r); part++)
            held += all->counters[r->at + part];
        if (held != r->held)
            return false;
    }
    return true;
}

/* The part of its range that holds a rank: a value, or a range of the next pass. */
static void narrow(struct sieve *s, size_t w, const struct sieve_range *from,
                   const uint64_t *counters)
{
    const struct sieve_range *r = &from[s->range_of[w] - 1];
    uint64_t below = r->below, part = 0;
    while (below + counters[r->at + part] < s->ranks[w])
        below += counters[r->at + part++];
    uint64_t low = r->low + (part << r->shift), held = counters[r->at + part];
    s->range_of[w] = 0;
    s->values[w] = low;
    if (r->shift)
        put_range(s, w, (struct sieve_range){.low = low, .held = held, .below = below, .bits = r->shift},
                  bucket_of(low + ((1ull << r->shift) - 1)));
}

void sieve_end(struct sieve *s, const struct tally *all)
{
    s->refuted = !agrees(s, all);
    if (s->refuted)
        return;
    struct sieve_range from[SIEVE_RANKS_MAX];
    memcpy(from, s->ranges, sizeof from);
    memset(s->first, 0, sizeof s->first);
    s->count = 0;
    s->mean_ns = all->n ? (double)((long double)all->sum / (long double)all->n) : NAN;
    for (size_t w = 0; w < s->wanted; w++)
        if (s->range_of[w])
            narrow(s, w, from, all->counters);
}
