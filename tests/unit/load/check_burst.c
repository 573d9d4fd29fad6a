/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"
#include "tests/unit/load/fixture.h"

static long double burst_integral(const struct load_spec *spec, long double t)
{
    long double high_s = (long double)spec->params.burst.high_ns / NS_PER_S;
    long double low_s = (long double)spec->params.burst.low_ns / NS_PER_S;
    long double cycles = floorl(t / (high_s + low_s)), rest = t - cycles * (high_s + low_s);
    long double high = spec->params.burst.factor * spec->rate_per_s;
    long double sum = cycles * (high * high_s + spec->rate_per_s * low_s);
    return sum + (rest < high_s ? rest * high : high_s * high + (rest - high_s) * spec->rate_per_s);
}

/* 10 r for 5 s, then r for 15 s. */
START_TEST(as_the_table_says)
{
    struct load_spec spec = spec_by_name("burst", 100, 60 * NS_PER_S);
    static const uint64_t seconds[] = {0, 1, 4, 5, 6, 19, 20, 21, 25, 26, 59};
    static const uint64_t starts[] = {1000, 1000, 1000, 100, 100, 100, 1000, 1000, 100, 100, 100};
    for (unsigned i = 0; i < COUNT(seconds); i++) {
        uint64_t from = seconds[i] * NS_PER_S;
        ck_assert_uint_eq(schedule_count(&spec, from + NS_PER_S) - schedule_count(&spec, from),
                          starts[i]);
    }
    ck_assert_uint_eq(schedule_count(&spec, UINT64_MAX), 3 * (5 * 1000 + 15 * 100));
}
END_TEST

START_TEST(follows_its_integral)
{
    static const double rates[] = {1, 7.7, 997.5, 20000.0 / 3};
    for (unsigned i = 0; i < COUNT(rates); i++) {
        struct load_spec spec = spec_by_name("burst", rates[i], 47 * NS_PER_S);
        assert_follows(&spec, burst_integral, 1);
    }
}
END_TEST

/* Down as well as up, and cycles that hold less than one arrival. */
START_TEST(any_factor_and_times)
{
    static const double factors[] = {0.1, 1, 2.5, 1000};
    for (unsigned i = 0; i < COUNT(factors); i++) {
        struct load_spec spec = spec_by_name("burst", 33.3, 20 * NS_PER_S);
        spec.params.burst.factor = factors[i];
        spec.params.burst.high_ns = 3 * NS_PER_MS;
        spec.params.burst.low_ns = 11 * NS_PER_MS;
        assert_follows(&spec, burst_integral, 1);
        assert_counts(&spec, 777777777);
    }
}
END_TEST

START_TEST(nothing_adds_up_over_half_an_hour)
{
    struct load_spec spec = spec_by_name("burst", 1e7, 1800 * NS_PER_S);
    assert_follows_far(&spec, burst_integral, 1);
    spec.rate_per_s = 1e-6;
    ck_assert_uint_eq(schedule_count(&spec, UINT64_MAX), 1);
    spec.duration_ns = 30 * 86400 * NS_PER_S; /* 3.25e-6 a second in the mean: 8.4 */
    ck_assert_uint_eq(schedule_count(&spec, UINT64_MAX), 9);
}
END_TEST

START_TEST(counts_at_any_rate)
{
    struct load_spec spec = spec_by_name("burst", 1, 1800 * NS_PER_S);
    assert_counts_at_any_rate(&spec);
    spec.params.burst.high_ns = spec.params.burst.low_ns = NS_PER_MS;
    assert_counts_at_any_rate(&spec);
}
END_TEST

/* A cycle holds a whole number of arrivals but for rounding: its last one, or the next one's first.
 */
START_TEST(cycles_that_end_with_an_arrival)
{
    for (uint32_t k = 1; k < 2000; k += 3) {
        struct load_spec spec = spec_by_name("burst", 1 / 3.0 + k / 30.0, 3600 * NS_PER_S);
        spec.params.burst.factor = 0.1 * k;
        struct schedule s;
        uint64_t last = 0;
        schedule_init(&s, &spec, 0);
        for (uint64_t i = 0; i < 1000; i++) {
            uint64_t at = schedule_take(&s);
            if (at == UINT64_MAX)
                break;
            ck_assert_uint_le(last, at);
            assert_lies(&spec, burst_integral, i, at, 2);
            last = at;
        }
    }
}
END_TEST

START_TEST(repeats_and_splits)
{
    struct load_spec spec = spec_by_name("burst", 997.5, 23 * NS_PER_S);
    assert_repeats(&spec);
    assert_counts(&spec, 123456789);
    assert_splits(&spec);
    assert_dealt_in_turn(&spec, 7);
}
END_TEST

CHECK_MAIN("load/burst", as_the_table_says, follows_its_integral, any_factor_and_times,
           nothing_adds_up_over_half_an_hour, counts_at_any_rate, cycles_that_end_with_an_arrival,
           repeats_and_splits)
