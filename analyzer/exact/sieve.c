/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/exact/sieve.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/vector.h"

#define OVERFLOW HIST_COUNTS /* the bucket behind the last */
#define CHUNK    256u

/* Up to 2^52 a value becomes a double by being its low bits, 2^52 too large. */
static inline uint32_t key_of(uint64_t value)
{
    uint64_t bits = value | 0x4330000000000000ull;
    double d;
    memcpy(&d, &bits, sizeof d);
    d -= 0x1p52;
    memcpy(&bits, &d, sizeof d);
    return (uint32_t)(bits >> 42) & (SIEVE_KEYS - 1);
}

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

/* The range that a wanted rank lies in already, 0: none. */
static uint8_t same_range(const struct sieve *s, const struct sieve_range *r, uint32_t key)
{
    uint8_t i = s->first[key];
    while (i && (s->ranges[i - 1].low != r->low || s->ranges[i - 1].bits != r->bits))
        i = s->ranges[i - 1].next;
    return i;
}

/* What lies beyond the histogram has many keys: they share one list. */
static void set_first(struct sieve *s, uint64_t value, uint8_t range)
{
    if (value <= HIST_MAX_NS)
        s->first[key_of(value)] = range;
    else
        for (unsigned bits = HIST_MAX_BITS; bits < SIEVE_VALUE_BITS; bits++)
            for (uint64_t sub = 1024; sub < 2048; sub++)
                s->first[key_of(sub << (bits - 10))] = range;
}

/* `some`: any value of the range. */
static void put_range(struct sieve *s, size_t w, struct sieve_range r, uint64_t some)
{
    uint32_t key = key_of(some);
    s->range_of[w] = same_range(s, &r, key);
    if (s->range_of[w])
        return;
    r.shift = (uint8_t)(r.bits > SIEVE_PART_BITS ? r.bits - SIEVE_PART_BITS : 0);
    r.next = s->first[key];
    s->ranges[s->count++] = r;
    s->range_of[w] = (uint8_t)s->count;
    set_first(s, some, (uint8_t)s->count);
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
    put_range(s, w, bucket_range(bucket, held, below),
              bucket == OVERFLOW ? HIST_MAX_NS + 1 : hist_lowest_ns(bucket));
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
    *t = (struct tally){.sieve = s, .counters = counters, .min = INT64_MAX};
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

/* Signed, because vectors compare so; above 2^63 nothing is as the histogram has it. */
VECTOR_CLONES
static void add_up(struct tally *t, const uint64_t *values, size_t n)
{
    int64_t min = (int64_t)t->min, max = (int64_t)t->max;
    uint64_t sum = 0; /* of a block: far below 2^64 */
    for (size_t i = 0; i < n; i++) {
        int64_t v = (int64_t)values[i];
        sum += values[i];
        min = v < min ? v : min;
        max = v > max ? v : max;
    }
    t->min = (uint64_t)min;
    t->max = (uint64_t)max;
    t->sum += sum;
    t->n += n;
}

VECTOR_CLONES
static void find_keys(const uint64_t *values, uint16_t *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        keys[i] = (uint16_t)key_of(values[i]);
}

static void count_ranges(const struct tally *t, const uint64_t *values, size_t n)
{
    const uint8_t *first = t->sieve->first;
    uint16_t keys[CHUNK];
    find_keys(values, keys, n);
    for (size_t i = 0; i < n; i++)
        if (__builtin_expect(first[keys[i]], 0))
            count_one(t, values[i], first[keys[i]]);
}

void tally_add(struct tally *t, const uint64_t *values, size_t n)
{
    if (!t->sieve)
        return;
    add_up(t, values, n);
    for (size_t at = 0; at < n; at += CHUNK)
        count_ranges(t, values + at, n - at < CHUNK ? n - at : CHUNK);
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
                  low + ((1ull << r->shift) - 1));
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
