/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A Poisson process: independent exponential gaps with mean 1/r, the same process however many
 * workers share it. A worker that had to add up all gaps to find its own would do the work of all.
 * Instead the time is cut into slots of 32 expected arrivals. How many arrivals a slot has is drawn
 * from Poisson(32), and each of them lies anywhere in it: that is the same process (Kingman 1993,
 * Poisson Processes, 2.4). Every worker draws the counts; where arrival j of a slot lies is a
 * function of the seed, the slot and j, so that a worker draws no others than its own, and sorts
 * them: by counting how many are less, which takes no branch.
 *
 * Arrivals lie on a grid of 2^-24 of a slot: two millionths of the mean gap, at least 1 ns.
 */
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "base/units.h"
#include "load/alias.h"
#include "load/shapes.h"

#define SLOT_MEAN 32.0
#define SLOT_MAX  128 /* arrivals in a slot, below: more have a chance of 1e-36 */
#define GRID_BITS 24
#define TIE_BITS  7           /* no two keys are equal */
#define STREAM    0x706f6973u /* "pois": other draws of the same seed are others */

typedef unsigned __int128 u128;
typedef int32_t lanes __attribute__((vector_size(16)));
#define LANES 4
#define BLOCK (2 * LANES) /* keys that are ranked together */

struct slots {
    u128 start, length; /* of the next slot, in 2^-64 ns */
    double grid_ns;
    uint64_t stream;
    uint64_t number;  /* of the next slot */
    uint64_t before;  /* arrivals of the whole before it */
    uint64_t own;     /* number of this worker's next arrival that is not drawn yet */
    uint64_t slot_ns; /* where the slot began whose arrivals these are: */
    uint64_t inverse; /* of the number of workers, in 2^-32, rounded up: exact below 2^16 */
    uint32_t at, count;
    int32_t places[SLOT_MAX]; /* on its grid, in order */
    struct alias_column counts[SLOT_MAX];
};
_Static_assert(sizeof(struct slots) <= SCHEDULE_OWN, "one lies in the other");
_Static_assert(SLOT_MAX % BLOCK == 0, "a block fits");
_Static_assert(GRID_BITS + TIE_BITS < 32 && SLOT_MAX <= 1 << TIE_BITS, "a key is an int32_t");

static void count_table(struct alias_column *counts)
{
    double chance[SLOT_MAX] = {exp(-SLOT_MEAN)};
    for (uint32_t k = 1; k < SLOT_MAX; k++)
        chance[k] = chance[k - 1] * SLOT_MEAN / k;
    alias_build(counts, chance, SLOT_MAX);
}

static void slots_init(struct slots *s, const struct load_spec *spec)
{
    long double slot_ns = SLOT_MEAN * NS_PER_S / (long double)spec->rate_per_s;
    memset(s, 0, sizeof *s);
    s->length = (u128)ldexpl(slot_ns, 64);
    s->grid_ns = ldexp((double)slot_ns, -GRID_BITS);
    s->stream = rng_mix(spec->seed, STREAM);
    s->own = spec->worker;
    s->inverse = ((1ull << 32) + spec->workers - 1) / spec->workers;
    count_table(s->counts);
}

/* The next slot is over: so many arrivals of the whole. Returns what the places are drawn from. */
static uint64_t slot_pass(struct slots *s)
{
    uint64_t random = rng_mix(s->stream, s->number++);
    s->before += alias_draw(s->counts, SLOT_MAX, (uint32_t)random);
    s->start += s->length;
    return random;
}

/* Keys of this worker's arrivals, every `workers`-th from `first` on; what fills up the last block
 * comes after all of them. */
static void draw_keys(int32_t *keys, uint64_t random, uint64_t first, uint32_t count,
                      uint32_t workers)
{
    for (uint32_t i = 0; i < count; i += BLOCK)
        for (uint32_t j = i; j < i + BLOCK; j++, first += workers) {
            uint64_t place = rng_mix(random, first) >> (64 - GRID_BITS);
            uint64_t last = (1u << GRID_BITS) - 1;
            keys[j] = (int32_t)((j < count ? place : last) << TIE_BITS | j);
        }
}

static void put_at(int32_t *places, lanes ranks, lanes keys)
{
    for (uint32_t i = 0; i < LANES; i++)
        places[ranks[i]] = keys[i] >> TIE_BITS;
}

/* A key's rank is how many are less: a comparison is -1 in the lanes where it holds. */
static void sort_places(int32_t *places, const int32_t *keys, uint32_t count)
{
    for (uint32_t i = 0; i < count; i += BLOCK) {
        lanes one, two, one_rank = {0}, two_rank = {0};
        memcpy(&one, keys + i, sizeof one);
        memcpy(&two, keys + i + LANES, sizeof two);
        for (uint32_t j = 0; j < count; j += BLOCK)
            for (uint32_t k = j; k < j + BLOCK; k++) {
                lanes key = {keys[k], keys[k], keys[k], keys[k]};
                one_rank -= key < one;
                two_rank -= key < two;
            }
        put_at(places, one_rank, one);
        put_at(places, two_rank, two);
    }
}

static void slot_draw(struct slots *s, uint32_t workers)
{
    int32_t keys[SLOT_MAX];
    uint64_t first = s->own - s->before; /* the number in the slot of the first of ours */
    s->slot_ns = (uint64_t)(s->start >> 64);
    uint64_t random = slot_pass(s);
    uint64_t left = s->before > s->own ? s->before - s->own + workers - 1 : 0;
    s->at = 0;
    s->count = (uint32_t)(left * s->inverse >> 32);
    s->own += (uint64_t)s->count * workers;
    draw_keys(keys, random, first, s->count, workers);
    sort_places(s->places, keys, s->count);
}

/* The floors keep order: what one slot's end and the next one's start have in common is a whole
 * nanosecond. */
static uint64_t place_ns(const struct slots *s, uint32_t at)
{
    return s->slot_ns + (uint64_t)(int64_t)(s->places[at] * s->grid_ns);
}

static uint64_t poisson_next(struct schedule *schedule, uint64_t offset_ns)
{
    struct slots *s = (struct slots *)schedule->own;
    (void)offset_ns;
    while (s->at == s->count) {
        if (s->start >> 64 >= schedule->spec.duration_ns)
            return UINT64_MAX;
        slot_draw(s, schedule->spec.workers);
    }
    return place_ns(s, s->at++);
}

static uint64_t poisson_first(struct schedule *s)
{
    slots_init((struct slots *)s->own, &s->spec);
    return poisson_next(s, 0);
}

/* All slots that end before, by their counts alone (some cycles for 32 arrivals); then the rest. */
static uint64_t poisson_count(const struct load_spec *spec, uint64_t end_ns)
{
    struct slots s;
    slots_init(&s, spec);
    while ((s.start + s.length) >> 64 < end_ns)
        slot_pass(&s);
    uint64_t count = share_of(spec, s.before);
    s.own = spec->worker + count * spec->workers;
    while (s.start >> 64 < end_ns) {
        slot_draw(&s, spec->workers);
        for (uint32_t i = 0; i < s.count && place_ns(&s, i) < end_ns; i++)
            count++;
    }
    return count;
}

static double poisson_sum(const struct load_spec *spec, uint64_t end_ns)
{
    return spec->rate_per_s * (double)end_ns / NS_PER_S;
}

static double poisson_peak(const struct load_spec *spec)
{
    return spec->rate_per_s;
}

const struct load_shape poisson_shape = {
    .first = poisson_first,
    .next = poisson_next,
    .count = poisson_count,
    .sum = poisson_sum,
    .peak = poisson_peak,
};
