/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"
#include "tests/unit/load/fixture.h"

/* The rate at t, as people would draw it. */
static long double ramp_rate(const struct load_spec *spec, long double t)
{
    long double from = spec->params.ramp.from, to = spec->params.ramp.to;
    long double done = t * NS_PER_S / spec->params.ramp.time_ns, n = spec->params.ramp.steps;
    if (done >= 1)
        return spec->rate_per_s * to;
    if (n > 0)
        done = (to > from ? floorl(done * n) + 1 : floorl(done * n)) / n;
    return spec->rate_per_s * (from + (to - from) * done);
}

/* Its integral, step by step: exact for lines and for levels. */
static long double ramp_integral(const struct load_spec *spec, long double t)
{
    uint32_t n = spec->params.ramp.steps ? spec->params.ramp.steps : 1;
    long double T = (long double)spec->params.ramp.time_ns / NS_PER_S, sum = 0;
    for (uint32_t k = 0; k < n && T * k / n < t; k++) {
        long double a = T * k / n, b = fminl(T * (k + 1) / n, t), middle = (a + b) / 2;
        sum += (b - a) * ramp_rate(spec, middle);
    }
    return t > T ? sum + (t - T) * ramp_rate(spec, T) : sum;
}

static struct load_spec ramp(double rate, double from, double to, uint32_t steps)
{
    struct load_spec spec = spec_by_name("ramp", rate, 20 * NS_PER_S);
    spec.params.ramp.from = from;
    spec.params.ramp.to = to;
    spec.params.ramp.steps = steps;
    return spec;
}

static void assert_each_second(const struct load_spec *spec, const uint64_t *starts, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        ck_assert_uint_eq(schedule_count(spec, (i + 1) * NS_PER_S) -
                              schedule_count(spec, i * NS_PER_S),
                          starts[i]);
}

/* r t / T: i at T sqrt(2 i / (r T)). */
START_TEST(from_nothing_to_the_rate)
{
    struct load_spec spec = ramp(20000, 0, 1, 0);
    struct schedule s;
    schedule_init(&s, &spec, START);
    for (uint64_t i = 0; i < 200000; i++) {
        double want = 20 * sqrt((double)i / 200000) * 1e9;
        ck_assert_double_eq_tol((double)(schedule_take(&s) - START), want, 1.001);
    }
    ck_assert_uint_eq(schedule_take(&s), UINT64_MAX);
}
END_TEST

START_TEST(steps_up_and_down)
{
    static const uint64_t up[] = {100, 200, 300, 400, 500, 500}, down[] = {500, 400, 300, 200, 100};
    struct load_spec spec = ramp(500, 0, 1, 5);
    spec.params.ramp.time_ns = 5 * NS_PER_S;
    assert_each_second(&spec, up, 6);
    spec.params.ramp.from = 1;
    spec.params.ramp.to = 0;
    assert_each_second(&spec, down, 5);
    ck_assert_uint_eq(schedule_count(&spec, UINT64_MAX), 1500); /* and then nothing */
}
END_TEST

START_TEST(follows_its_integral)
{
    static const struct {
        double rate, from, to;
        uint32_t steps;
        uint64_t time_s;
    } rows[] = {{5000, 0, 1, 0, 20},     {5000, 1, 0, 0, 20},   {4999.9, 0.25, 1.5, 0, 20},
                {997.5, 2, 0.5, 0, 7},   {997.5, 0, 1, 0, 7},   {3, 0, 1, 0, 60},
                {1000, 0, 1, 10, 20},    {1000, 1, 0, 10, 20},  {997.5, 0.1, 0.9, 7, 13},
                {997.5, 3, 1, 1000, 19}, {0.7, 0, 1, 1000, 20}, {100, 1, 0, 3, 10},
                {100, 1, 0, 0, 10},      {100, 0.5, 0.5, 4, 10}};
    for (unsigned i = 0; i < COUNT(rows); i++) {
        struct load_spec spec = ramp(rows[i].rate, rows[i].from, rows[i].to, rows[i].steps);
        spec.params.ramp.time_ns = rows[i].time_s * NS_PER_S;
        assert_follows(&spec, ramp_integral, 1);
        assert_counts(&spec, 1234567890);
    }
}
END_TEST

START_TEST(nothing_adds_up_over_half_an_hour)
{
    static const uint32_t steps[] = {0, 100};
    for (unsigned i = 0; i < COUNT(steps); i++) {
        struct load_spec spec = ramp(1e7, 0, 1, steps[i]);
        spec.duration_ns = spec.params.ramp.time_ns = 1800 * NS_PER_S;
        assert_follows_far(&spec, ramp_integral, 1);
        spec.params.ramp.from = 1;
        spec.params.ramp.to = 0.01;
        assert_follows_far(&spec, ramp_integral, 1);
        spec.rate_per_s = 1e-6;
        ck_assert_uint_eq(schedule_count(&spec, UINT64_MAX), 1);
    }
}
END_TEST

START_TEST(counts_at_any_rate)
{
    static const double ends[][2] = {{0, 1}, {1, 0.001}, {1, 2}};
    for (unsigned i = 0; i < COUNT(ends); i++)
        for (uint32_t steps = 0; steps <= 1000; steps += 500) {
            struct load_spec spec = ramp(1, ends[i][0], ends[i][1], steps);
            assert_counts_at_any_rate(&spec);
        }
}
END_TEST

/* Down to nothing the last arrival is where rounding may take it beyond the end: it still comes. */
START_TEST(the_last_arrival_of_a_ramp_down)
{
    for (uint32_t k = 1; k < 20000; k++) {
        struct load_spec spec = ramp(0.1 * k, 1, 0, 0);
        spec.duration_ns = 40 * NS_PER_S;
        uint64_t all = (uint64_t)ceil(spec.shape->sum(&spec, spec.duration_ns));
        uint64_t last = offset_of_arrival(&spec, all - 1);
        ck_assert_uint_le(last, 20 * NS_PER_S);
        ck_assert_uint_eq(schedule_count(&spec, UINT64_MAX), all);
    }
}
END_TEST

START_TEST(repeats_and_splits)
{
    struct load_spec up = ramp(2000, 0, 1, 0), down = ramp(2000, 1, 0, 0),
                     steps = ramp(997, 0, 1, 9);
    const struct load_spec *const all[] = {&up, &down, &steps};
    for (unsigned i = 0; i < COUNT(all); i++) {
        assert_repeats(all[i]);
        assert_splits(all[i]);
        assert_dealt_in_turn(all[i], 7);
    }
}
END_TEST

CHECK_MAIN("load/ramp", from_nothing_to_the_rate, steps_up_and_down, follows_its_integral,
           nothing_adds_up_over_half_an_hour, counts_at_any_rate, the_last_arrival_of_a_ramp_down,
           repeats_and_splits)
