/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests of all shapes ask: order, repetition, counts, the split, the integral. */
#ifndef TESTS_UNIT_LOAD_FIXTURE_H
#define TESTS_UNIT_LOAD_FIXTURE_H

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/units.h"
#include "load/shapes.h"
#include "tests/lib/check_main.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define START    1700000000123456789ull

/* Times that a replay shall give: 1 ms apart, and 50 at once every 100 ms. */
#define TIMES 6000
static inline const uint64_t *times_to_replay(void)
{
    static uint64_t times[TIMES];
    for (uint64_t i = 0, ns = 0; i < TIMES; i++, ns += i % 100 < 50 ? 2 * NS_PER_MS : 0)
        times[i] = ns;
    return times;
}

/* A shape with the parameters of the table of shapes. */
static inline struct load_spec spec_by_name(const char *name, double rate, uint64_t duration_ns)
{
    const struct load_shape_kind *kind = load_shape_find(name);
    ck_assert_ptr_nonnull(kind);
    return (struct load_spec){
        .shape = kind->shape,
        .rate_per_s = rate,
        .duration_ns = duration_ns,
        .seed = 7,
        .workers = 1,
        .params = {.burst = {10, 5 * NS_PER_S, 15 * NS_PER_S},
                   .ramp = {0, 1, 0, duration_ns},
                   .sine = {0.8, 30 * NS_PER_S},
                   .walk = {0.2, 0.01, 2},
                   .replay = {times_to_replay(), TIMES, 1}},
    };
}

/* All offsets of one worker in order, ended by UINT64_MAX; the caller frees. */
static inline uint64_t *take_list(const struct load_spec *spec, uint64_t *count)
{
    struct schedule *s = malloc(sizeof *s);
    uint64_t *list = NULL, room = 0, n = 0, last = 0;
    schedule_init(s, spec, START);
    for (;; n++) {
        if (n == room)
            list = realloc(list, (room = room * 2 + 1024) * sizeof *list);
        uint64_t at = schedule_take(s);
        list[n] = at == UINT64_MAX ? at : at - START;
        if (at == UINT64_MAX)
            break;
        if (list[n] < last || list[n] >= spec->duration_ns)
            ck_abort_msg("arrival %" PRIu64 " at %" PRIu64 " after %" PRIu64, n, list[n], last);
        last = list[n];
    }
    ck_assert_uint_eq(schedule_take(s), UINT64_MAX);
    free(s);
    *count = n;
    return list;
}

static inline uint64_t take_all(const struct load_spec *spec, uint64_t *hash)
{
    uint64_t count, *list = take_list(spec, &count);
    for (uint64_t i = 0; i < count; i++)
        *hash = *hash * 31 + list[i];
    free(list);
    return count;
}

static inline void assert_repeats(const struct load_spec *spec)
{
    uint64_t first = 0, second = 0, taken = take_all(spec, &first);
    ck_assert_uint_gt(taken, 0);
    ck_assert_uint_eq(take_all(spec, &second), taken);
    ck_assert_uint_eq(first, second);
}

/* schedule_count against the arrivals themselves, every `every_ns` and at each worker's arrivals.
 */
static inline void assert_counts(const struct load_spec *of, uint64_t every_ns)
{
    struct load_spec spec = *of;
    spec.workers = 3;
    for (spec.worker = 0; spec.worker < spec.workers; spec.worker++) {
        uint64_t count, *list = take_list(&spec, &count), taken = 0;
        for (uint64_t until = 0; until < spec.duration_ns + every_ns; until += every_ns) {
            while (taken < count && list[taken] < until)
                taken++;
            ck_assert_uint_eq(schedule_count(&spec, until), taken);
            if (taken == count)
                continue;
            uint64_t with = taken + 1; /* those of the same nanosecond as well */
            while (with < count && list[with] == list[taken])
                with++;
            ck_assert_uint_eq(schedule_count(&spec, list[taken] + 1), with);
        }
        ck_assert_uint_eq(schedule_count(&spec, UINT64_MAX), count);
        free(list);
    }
}

/* The workers' arrivals together are the whole's, to the last nanosecond. */
static inline void assert_split(const struct load_spec *whole, uint32_t workers)
{
    struct load_spec spec = *whole;
    struct schedule *parts = malloc(workers * sizeof *parts);
    uint64_t count, *list = take_list(whole, &count), counted = 0;
    spec.workers = workers;
    for (uint32_t w = 0; w < workers; w++) {
        spec.worker = w;
        schedule_init(&parts[w], &spec, START);
        counted += schedule_count(&spec, UINT64_MAX);
    }
    ck_assert_uint_eq(counted, count);
    for (uint64_t i = 0; i <= count; i++) {
        struct schedule *next = parts;
        for (uint32_t w = 1; w < workers; w++)
            if (parts[w].next_ns < next->next_ns)
                next = &parts[w];
        uint64_t at = schedule_take(next);
        if (at != (i < count ? START + list[i] : UINT64_MAX))
            ck_abort_msg("%u workers, arrival %" PRIu64 ": %" PRIu64, workers, i, at);
    }
    free(list);
    free(parts);
}

/* Worker w owns just the arrivals w, w + n, ... of the whole. */
static inline void assert_dealt_in_turn(const struct load_spec *whole, uint32_t workers)
{
    struct load_spec spec = *whole;
    uint64_t count, *list = take_list(whole, &count), own_count;
    spec.workers = workers;
    for (spec.worker = 0; spec.worker < workers; spec.worker++) {
        uint64_t *own = take_list(&spec, &own_count);
        for (uint64_t i = 0; i < own_count; i++)
            ck_assert_uint_eq(own[i], list[spec.worker + i * workers]);
        free(own);
    }
    free(list);
}

static inline void assert_splits(const struct load_spec *whole)
{
    static const uint32_t workers[] = {1, 2, 3, 7};
    for (unsigned n = 0; n < COUNT(workers); n++)
        assert_split(whole, workers[n]);
}

/* The offset of arrival `index` of the whole, below 2^32 - 1. */
static inline uint64_t offset_of_arrival(const struct load_spec *whole, uint64_t index)
{
    struct load_spec spec = *whole;
    struct schedule s;
    spec.worker = (uint32_t)index;
    spec.workers = UINT32_MAX;
    schedule_init(&s, &spec, 0);
    return s.next_ns;
}

/* At any time: the arrivals counted are before it, the next one is not; and they are in order. */
static inline void assert_counts_anywhere(const struct load_spec *whole, uint64_t seed)
{
    struct load_spec spec = *whole;
    double longest = 2e9 / schedule_peak_per_s(&spec) * 1e9;
    if (longest < (double)spec.duration_ns)
        spec.duration_ns = (uint64_t)longest;
    for (uint64_t k = 0; k < 2000; k++) {
        uint64_t at = rng_mix(seed, k) % (spec.duration_ns - 1) + 1;
        uint64_t n = schedule_count(&spec, at);
        uint64_t last = n ? offset_of_arrival(&spec, n - 1) : 0, next = offset_of_arrival(&spec, n);
        if (last >= at || next < at)
            ck_abort_msg("%g/s: %" PRIu64 " before %" PRIu64 ": at %" PRIu64 " and %" PRIu64,
                         spec.rate_per_s, n, at, last, next);
    }
}

/* Rates of all kinds, up to more than one arrival a nanosecond. */
static inline void assert_counts_at_any_rate(const struct load_spec *whole)
{
    static const double rates[] = {1e-6, 0.1, 1.0 / 3, 997.5, 123456.789, 1e7, 1e9 / 7, 1e9, 1e12};
    for (unsigned i = 0; i < COUNT(rates); i++) {
        struct load_spec spec = *whole;
        spec.rate_per_s = rates[i];
        assert_counts_anywhere(&spec, i);
    }
}

/* The integral of the rate in [0, seconds), by the test's own formula. */
typedef long double integral(const struct load_spec *spec, long double seconds);

/* Arrival i lies in the nanosecond in which the integral reaches i, give or take. */
static inline void assert_lies(const struct load_spec *spec, integral *of, uint64_t i,
                               uint64_t offset_ns, long double give_ns)
{
    long double before = of(spec, fmaxl(0, (long double)offset_ns - give_ns) / NS_PER_S);
    long double after = of(spec, ((long double)offset_ns + 1 + give_ns) / NS_PER_S);
    if ((long double)i < before - 1e-9L || (long double)i > after + 1e-9L)
        ck_abort_msg("arrival %" PRIu64 " at %" PRIu64 " ns: the integral is %.6Lf to %.6Lf", i,
                     offset_ns, before, after);
}

static inline void assert_follows(const struct load_spec *spec, integral *of, long double give_ns)
{
    uint64_t count, *list = take_list(spec, &count);
    for (uint64_t i = 0; i < count; i++)
        assert_lies(spec, of, i, list[i], give_ns);
    long double all = of(spec, (long double)spec->duration_ns / NS_PER_S);
    ck_assert_double_le(fabs((double)(all - (long double)count)), 1);
    ck_assert_double_eq_tol((double)all, spec->shape->sum(spec, spec->duration_ns),
                            1e-9 * (double)all);
    free(list);
}

/* The same far out: one worker of a million sees few arrivals of very many. */
static inline void assert_follows_far(const struct load_spec *whole, integral *of,
                                      long double give_ns)
{
    struct load_spec spec = *whole;
    spec.workers = 1000003;
    spec.worker = 999999;
    uint64_t count, *list = take_list(&spec, &count);
    ck_assert_uint_gt(count, 1000);
    for (uint64_t i = 0; i < count; i++)
        assert_lies(&spec, of, spec.worker + i * spec.workers, list[i], give_ns);
    ck_assert_uint_eq(schedule_count(&spec, UINT64_MAX), count);
    long double all = of(&spec, (long double)spec.duration_ns / NS_PER_S);
    spec.workers = 1;
    spec.worker = 0;
    ck_assert_double_le(fabs((double)(all - (long double)schedule_count(&spec, UINT64_MAX))), 1);
    free(list);
}

#endif
