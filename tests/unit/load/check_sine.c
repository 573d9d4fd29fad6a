/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"
#include "tests/unit/load/fixture.h"

static long double sine_integral(const struct load_spec *spec, long double t)
{
    long double period = (long double)spec->params.sine.period_ns / NS_PER_S;
    long double w = 2 * M_PIl / period, rest = fmodl(t, period);
    return spec->rate_per_s * (t + spec->params.sine.depth * (1 - cosl(w * rest)) / w);
}

static struct load_spec sine(double rate, double depth, uint64_t period_ns, uint64_t duration_ns)
{
    struct load_spec spec = spec_by_name("sine", rate, duration_ns);
    spec.params.sine.depth = depth;
    spec.params.sine.period_ns = period_ns;
    return spec;
}

/* r + 0.8 r sin(2 pi t / 30 s): each second's starts, to within one. */
START_TEST(as_the_table_says)
{
    struct load_spec spec = spec_by_name("sine", 1000, 90 * NS_PER_S);
    for (unsigned i = 0; i < 90; i++) {
        double from = cos(2 * M_PI * i / 30), to = cos(2 * M_PI * (i + 1) / 30);
        double want = 1000 + 800 * 30 / (2 * M_PI) * (from - to);
        double got = (double)(schedule_count(&spec, (i + 1) * NS_PER_S) -
                              schedule_count(&spec, i * NS_PER_S));
        ck_assert_double_eq_tol(got, want, 1);
    }
    ck_assert_uint_eq(schedule_count(&spec, UINT64_MAX), 90000);
}
END_TEST

START_TEST(to_a_nanosecond)
{
    static const double rates[] = {2, 100, 997.5, 10000.0 / 3};
    for (unsigned i = 0; i < COUNT(rates); i++) {
        struct load_spec spec = sine(rates[i], 0.8, 30 * NS_PER_S, 61 * NS_PER_S);
        assert_follows(&spec, sine_integral, 1);
    }
}
END_TEST

/* Few arrivals a period and many; a period of 100 ms and of an hour; a trough of nothing. */
START_TEST(any_depth_and_period)
{
    static const struct {
        double rate, depth;
        uint64_t period_ns, duration_ns;
        long double give_ns;
    } rows[] = {{1000, 0, NS_PER_S, 5 * NS_PER_S, 1},
                {1000, 0.5, 100 * NS_PER_MS, 5 * NS_PER_S, 1},
                {3, 0.8, 100 * NS_PER_MS, 100 * NS_PER_S, 1},
                {20, 0.9, 3600 * NS_PER_S, 4000 * NS_PER_S, 3},
                {1000, 1, 10 * NS_PER_S, 25 * NS_PER_S, 50}};
    for (unsigned i = 0; i < COUNT(rows); i++) {
        struct load_spec spec =
            sine(rows[i].rate, rows[i].depth, rows[i].period_ns, rows[i].duration_ns);
        assert_follows(&spec, sine_integral, rows[i].give_ns);
        assert_counts(&spec, rows[i].duration_ns / 23);
        assert_split(&spec, 3);
    }
}
END_TEST

START_TEST(nothing_adds_up_over_half_an_hour)
{
    struct load_spec spec = sine(1e7, 0.8, 30 * NS_PER_S, 1800 * NS_PER_S);
    assert_follows_far(&spec, sine_integral, 2);
    spec.rate_per_s = 1e-6;
    ck_assert_uint_eq(schedule_count(&spec, UINT64_MAX), 1);
    spec.duration_ns = 30 * 86400 * NS_PER_S;
    ck_assert_uint_eq(schedule_count(&spec, UINT64_MAX), 3);
}
END_TEST

START_TEST(counts_at_any_rate)
{
    static const double depths[] = {0, 0.8, 1};
    for (unsigned i = 0; i < COUNT(depths); i++) {
        struct load_spec spec = sine(1, depths[i], 30 * NS_PER_S, 1800 * NS_PER_S);
        assert_counts_at_any_rate(&spec);
        spec.params.sine.period_ns = 100 * NS_PER_MS;
        assert_counts_at_any_rate(&spec);
    }
}
END_TEST

/* Through the trough of depth 1, where the rate is 0 for a moment: in order, and none is lost. */
START_TEST(a_trough_of_nothing)
{
    struct load_spec spec = sine(1e12, 1, 100 * NS_PER_MS, NS_PER_S);
    uint64_t from = schedule_count(&spec, 74900000), to = schedule_count(&spec, 75100000), last = 0;
    ck_assert_uint_gt(to, from);
    spec.workers = 1;
    for (uint64_t i = from - 5; i < to + 5; i += (to - from) / 1000 + 1) {
        struct load_spec one = spec;
        struct schedule s;
        one.worker = (uint32_t)(i % 1000003);
        one.workers = 1000003;
        schedule_init(&s, &one, 0);
        s.index = i;
        uint64_t at = spec.shape->next(&s, 0);
        ck_assert_uint_le(last, at);
        ck_assert(at >= 74800000 && at < 75200000);
        assert_lies(&spec, sine_integral, i, at, 100000);
        last = at;
    }
}
END_TEST

START_TEST(repeats_and_splits)
{
    struct load_spec spec = spec_by_name("sine", 2997.5, 33 * NS_PER_S);
    assert_repeats(&spec);
    assert_counts(&spec, 123456789);
    assert_splits(&spec);
    assert_dealt_in_turn(&spec, 7);
}
END_TEST

CHECK_MAIN("load/sine", as_the_table_says, to_a_nanosecond, any_depth_and_period,
           nothing_adds_up_over_half_an_hour, counts_at_any_rate, a_trough_of_nothing,
           repeats_and_splits)
