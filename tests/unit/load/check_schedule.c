/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "load/shapes.h"
#include "tests/unit/load/fixture.h"

/* A rate and the fraction that it stands for: the tests' own truth. */
struct rate {
    double per_s;
    uint64_t num, den;
};

static const struct rate rates[] = {
    {0.5, 1, 2},
    {0.1, 1, 10},
    {1, 1, 1},
    {3, 3, 1},
    {100.0 / 60, 5, 3},
    {33.3, 333, 10},
    {7.7, 77, 10},
    {1000, 1000, 1},
    {60000, 60000, 1},
    {1e6 / 3, 1000000, 3},
    {999983, 999983, 1},
    {1e7, 10000000, 1},
    {123456.789, 123456789, 1000},
    {1e-6, 1, 1000000},
};

static struct load_spec spec_of(double rate, uint64_t duration_ns)
{
    return (struct load_spec){&constant_shape, rate, duration_ns, 1, 0, 1, {{0}}};
}

static uint64_t exact_ns(const struct rate *r, uint64_t i)
{
    return (uint64_t)((unsigned __int128)i * NS_PER_S * r->den / r->num);
}

START_TEST(idle_has_no_arrival)
{
    struct load_spec spec = {.shape = &idle_shape, .duration_ns = NS_PER_S, .workers = 1};
    struct schedule s;
    schedule_init(&s, &spec, START);
    ck_assert_uint_eq(schedule_take(&s), UINT64_MAX);
    ck_assert_uint_eq(schedule_count(&spec, NS_PER_S), 0);
}
END_TEST

START_TEST(what_is_ended_early_keeps_what_was_due)
{
    struct load_spec spec = spec_of(1000, 10 * NS_PER_S);
    struct schedule s;
    schedule_init(&s, &spec, START);
    schedule_end(&s, START + 5 * NS_PER_MS); /* arrivals at 0, 1, 2, 3, 4 ms */
    for (uint64_t i = 0; i < 5; i++)
        ck_assert_uint_eq(schedule_take(&s), START + i * NS_PER_MS);
    ck_assert_uint_eq(schedule_take(&s), UINT64_MAX);
    schedule_init(&s, &spec, START);
    schedule_end(&s, START);
    ck_assert_uint_eq(schedule_take(&s), UINT64_MAX);
}
END_TEST

/* 1 a ms for 5 ms, then 4 a ms up to the end. */
START_TEST(another_load_follows)
{
    struct load_spec spec = spec_of(1000, 10 * NS_PER_MS), next = spec_of(4000, 5 * NS_PER_MS);
    struct schedule s;
    schedule_init(&s, &spec, START);
    ck_assert_uint_eq(schedule_take(&s), START);
    ck_assert(schedule_follow(&s, &next, START + 5 * NS_PER_MS)); /* 4 arrivals before it still wait */
    ck_assert_uint_eq(s.parts_count, 1);
    uint64_t due = schedule_due(&s, START + 7 * NS_PER_MS); /* to be expected: give or take an end */
    ck_assert(due >= 4 + 8 && due <= 4 + 8 + 1);
    for (uint64_t i = 1; i < 5; i++)
        ck_assert_uint_eq(schedule_take(&s), START + i * NS_PER_MS);
    ck_assert_uint_eq(s.parts_count, 0);
    for (uint64_t i = 0; i < 20; i++)
        ck_assert_uint_eq(schedule_take(&s), START + 5 * NS_PER_MS + i * NS_PER_MS / 4);
    ck_assert_uint_eq(schedule_take(&s), UINT64_MAX);
}
END_TEST

START_TEST(follows_at_once_when_nothing_waits)
{
    struct load_spec spec = spec_of(1000, 10 * NS_PER_MS), next = spec_of(2000, NS_PER_S);
    struct schedule s;
    schedule_init(&s, &spec, START);
    for (int i = 0; i < 3; i++)
        schedule_take(&s);
    ck_assert(schedule_follow(&s, &next, START + 2500000));
    ck_assert_uint_eq(s.parts_count, 0);
    ck_assert_uint_eq(schedule_take(&s), START + 2500000);
    ck_assert_uint_eq(schedule_take(&s), START + 3 * NS_PER_MS);
}
END_TEST

/* Changes that nobody has come to: each keeps what was due between it and the next. */
START_TEST(changes_pile_up_and_none_is_lost)
{
    struct load_spec spec = spec_of(1000, NS_PER_S);
    struct schedule s;
    schedule_init(&s, &spec, START);
    for (uint64_t i = 1; i <= SCHEDULE_PARTS; i++)
        ck_assert(schedule_follow(&s, &spec, START + i * 2 * NS_PER_MS));
    ck_assert(!schedule_follow(&s, &spec, START + 99 * NS_PER_MS));
    schedule_end(&s, START + 11 * NS_PER_MS);
    for (uint64_t i = 0; i < 11; i++)
        ck_assert_uint_eq(schedule_take(&s), START + i * NS_PER_MS);
    ck_assert_uint_eq(schedule_take(&s), UINT64_MAX);
}
END_TEST

START_TEST(exact_to_the_index)
{
    for (unsigned k = 0; k < COUNT(rates); k++) {
        struct load_spec spec = spec_of(rates[k].per_s, UINT64_MAX / 4);
        struct schedule s;
        schedule_init(&s, &spec, START);
        for (uint64_t i = 0; i < 300000; i++) {
            uint64_t want = exact_ns(&rates[k], i);
            if (want >= spec.duration_ns)
                break;
            if (s.index != i || schedule_take(&s) != START + want)
                ck_abort_msg("rate %g arrival %" PRIu64, rates[k].per_s, i);
        }
    }
}
END_TEST

/* Worker w of a thousand million begins far out: the same arithmetic at large indexes. */
START_TEST(exact_at_large_indexes)
{
    for (unsigned k = 0; k < COUNT(rates); k++) {
        struct load_spec spec = spec_of(rates[k].per_s, UINT64_MAX);
        spec.workers = 4000000007u;
        spec.worker = 4000000006u;
        struct schedule s;
        schedule_init(&s, &spec, 0);
        for (uint64_t i = spec.worker; i < 1000ull * spec.workers; i += spec.workers) {
            unsigned __int128 want = (unsigned __int128)i * NS_PER_S * rates[k].den / rates[k].num;
            if (want >= UINT64_MAX) {
                ck_assert_uint_eq(schedule_take(&s), UINT64_MAX);
                break;
            }
            ck_assert_uint_eq(schedule_take(&s), (uint64_t)want);
        }
    }
}
END_TEST

START_TEST(repeats_and_counts)
{
    static const uint64_t durations[] = {0, 1, 999999999, NS_PER_S, NS_PER_S + 1, 20 * NS_PER_S};
    for (unsigned k = 0; k < COUNT(rates); k++) {
        for (unsigned d = 0; d < COUNT(durations); d++) {
            struct load_spec spec = spec_of(rates[k].per_s, durations[d]);
            if (rates[k].per_s * (double)durations[d] > 1e6 * 1e9)
                spec.duration_ns = 100 * NS_PER_MS + durations[d] % 1000;
            uint64_t first = 0, second = 0;
            uint64_t taken = take_all(&spec, &first);
            ck_assert_uint_eq(take_all(&spec, &second), taken);
            ck_assert_uint_eq(first, second);
            ck_assert_uint_eq(schedule_count(&spec, UINT64_MAX), taken);
            ck_assert_uint_eq(schedule_count(&spec, spec.duration_ns), taken);
        }
    }
}
END_TEST

START_TEST(counts_are_what_people_expect)
{
    struct load_spec spec = spec_of(0.1, 10 * NS_PER_S);
    ck_assert_uint_eq(schedule_count(&spec, UINT64_MAX), 1); /* not 2: 0.1 is a tenth */
    spec = spec_of(60000, 300 * NS_PER_S);
    ck_assert_uint_eq(schedule_count(&spec, UINT64_MAX), 18000000);
    ck_assert_uint_eq(schedule_count(&spec, NS_PER_S), 60000);
    ck_assert_uint_eq(schedule_count(&spec, 1), 1);
    ck_assert_uint_eq(schedule_count(&spec, 0), 0);
    spec = spec_of(1e7, 3600 * NS_PER_S);
    ck_assert_uint_eq(schedule_count(&spec, UINT64_MAX), 36000000000);
}
END_TEST

START_TEST(count_follows_until)
{
    struct load_spec spec = spec_of(7.7, 100 * NS_PER_S);
    spec.workers = 3;
    for (spec.worker = 0; spec.worker < 3; spec.worker++) {
        struct schedule s;
        uint64_t taken = 0;
        schedule_init(&s, &spec, 0);
        for (uint64_t until = 0; until <= 10 * NS_PER_S; until += 12345678) {
            for (; s.next_ns < until; taken++)
                schedule_take(&s);
            ck_assert_uint_eq(schedule_count(&spec, until), taken);
        }
    }
}
END_TEST

START_TEST(split_over_workers_equals_the_whole)
{
    static const uint32_t workers[] = {1, 2, 3, 7, 64};
    for (unsigned k = 0; k < COUNT(rates); k++) {
        for (unsigned n = 0; n < COUNT(workers); n++) {
            struct load_spec spec = spec_of(rates[k].per_s, 20 * NS_PER_S);
            struct schedule whole, part[64];
            uint64_t counted = 0;
            schedule_init(&whole, &spec, START);
            spec.workers = workers[n];
            for (spec.worker = 0; spec.worker < spec.workers; spec.worker++) {
                schedule_init(&part[spec.worker], &spec, START);
                counted += schedule_count(&spec, UINT64_MAX);
            }
            for (uint64_t i = 0; i < 20000; i++)
                if (schedule_take(&whole) != schedule_take(&part[i % workers[n]]))
                    ck_abort_msg("rate %g arrival %" PRIu64, rates[k].per_s, i);
            spec = spec_of(rates[k].per_s, 20 * NS_PER_S);
            ck_assert_uint_eq(schedule_count(&spec, UINT64_MAX), counted);
        }
    }
}
END_TEST

/* Any double whatever: between neighbours in the definition, never back, counted right. */
START_TEST(awkward_doubles_hold_together)
{
    static const double awkward[] = {3.14159265358979,    2.718281828459045e3, 1.0000000000000002,
                                     0.30000000000000004, 99999.99999999999,   1e12,
                                     123456789.98765432};
    for (unsigned k = 0; k < COUNT(awkward); k++) {
        struct load_spec spec = spec_of(awkward[k], (uint64_t)(1e5 / awkward[k] * 1e9));
        uint64_t hash = 0, taken = take_all(&spec, &hash);
        ck_assert_uint_eq(schedule_count(&spec, UINT64_MAX), taken);
        ck_assert(taken >= 99990 && taken <= 100010);
    }
}
END_TEST

START_TEST(max_is_always_due)
{
    struct load_spec spec = {.shape = &max_shape, .duration_ns = 5, .worker = 1, .workers = 3};
    struct schedule s;
    schedule_init(&s, &spec, START);
    for (uint64_t i = 0; i < 100; i++) {
        ck_assert_uint_eq(s.index, 1 + 3 * i);
        ck_assert_uint_eq(s.next_ns, START);
        ck_assert_uint_eq(schedule_take(&s), START);
    }
    ck_assert_uint_eq(schedule_count(&spec, 5), UINT64_MAX);
}
END_TEST

START_TEST(shapes_are_listed)
{
    for (uint32_t i = 0; i < load_shape_count; i++) {
        const struct load_shape_kind *kind = &load_shapes[i];
        ck_assert(strlen(kind->name) && strlen(kind->meaning));
        ck_assert_ptr_eq(load_shape_find(kind->name), kind);
        ck_assert_ptr_nonnull(kind->shape);
        if (!kind->shape->closed_loop)
            ck_assert(kind->shape->first && kind->shape->next && kind->shape->count &&
                      kind->shape->sum && kind->shape->peak);
    }
    ck_assert_ptr_null(load_shape_find("square"));
}
END_TEST

/* What holds for any shape: the same each time, in order, counted right, split without a rest. */
START_TEST(every_shape_holds_together)
{
    for (uint32_t i = 0; i < load_shape_count; i++) {
        if (load_shapes[i].shape->closed_loop || load_shapes[i].shape->no_rate)
            continue;
        struct load_spec spec = spec_by_name(load_shapes[i].name, 997.5, 3 * NS_PER_S);
        assert_repeats(&spec);
        assert_counts(&spec, 12345677);
        for (uint32_t workers = 1; workers <= 7; workers++)
            assert_split(&spec, workers);
    }
}
END_TEST

/* What is due between the next arrival and now, when none was taken meanwhile. */
START_TEST(what_is_due_follows_the_shape)
{
    for (uint32_t i = 0; i < load_shape_count; i++) {
        if (load_shapes[i].shape->closed_loop || load_shapes[i].shape->no_rate)
            continue;
        struct load_spec spec = spec_by_name(load_shapes[i].name, 1000, 60 * NS_PER_S);
        bool by_chance = load_shapes[i].shape == &poisson_shape;
        spec.workers = 2;
        struct schedule s;
        schedule_init(&s, &spec, START);
        while (s.next_ns < START + 4900 * NS_PER_MS)
            schedule_take(&s);
        uint64_t taken = schedule_count(&spec, s.next_ns - START);
        for (uint64_t later = 0; later < 3 * NS_PER_S; later += 77777777) {
            uint64_t now = s.next_ns + later;
            double due = (double)(schedule_count(&spec, now + 1 - START) - taken);
            ck_assert_double_le(fabs(due - (double)schedule_due(&s, now)),
                                by_chance ? 4 * sqrt(due) + 1 : 1);
        }
        ck_assert_uint_eq(schedule_due(&s, s.next_ns - 1), 0);
        uint64_t end = schedule_due(&s, START + spec.duration_ns);
        ck_assert_uint_eq(schedule_due(&s, START + 2 * spec.duration_ns), end);
    }
}
END_TEST

START_TEST(mean_and_peak_are_the_shapes)
{
    static const struct {
        const char *name;
        double mean, peak;
    } rows[] = {{"constant", 1000, 1000},
                {"burst", 3250, 10000},
                {"ramp", 500, 1000},
                {"sine", 1000, 1800},
                {"poisson", 1000, 1000}};
    for (unsigned i = 0; i < COUNT(rows); i++) {
        struct load_spec spec = spec_by_name(rows[i].name, 1000, 60 * NS_PER_S);
        ck_assert_double_eq_tol(schedule_mean_per_s(&spec), rows[i].mean, 1e-9);
        ck_assert_double_eq_tol(schedule_peak_per_s(&spec), rows[i].peak, 1e-9);
    }
}
END_TEST

CHECK_MAIN("load/schedule", exact_to_the_index, what_is_ended_early_keeps_what_was_due, another_load_follows,
           follows_at_once_when_nothing_waits, changes_pile_up_and_none_is_lost,
           idle_has_no_arrival, exact_at_large_indexes, repeats_and_counts,
           counts_are_what_people_expect, count_follows_until, split_over_workers_equals_the_whole,
           awkward_doubles_hold_together, max_is_always_due, shapes_are_listed,
           every_shape_holds_together, what_is_due_follows_the_shape, mean_and_peak_are_the_shapes)
