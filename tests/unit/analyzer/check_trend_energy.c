/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/trend_energy.h"

#include "base/trend_series.h"
#include "tests/lib/check_main.h"
#include "tests/unit/analyzer/trend_data.h"

static const struct energy_params usual = {.alpha = 0.01, .draws = 1999};

/* Six runs have one split. By hand: 9 pairs across at distance 1, none within: E = 2, Q = 3/2 2 =
 * 3; the mean distance of the 15 pairs is 9/15, so q = 3 / .6 = 5. Of the 20 arrangements 2 are as
 * far apart: p is near .1. */
START_TEST(six_runs_by_hand)
{
    const double runs[] = {0, 0, 0, 1, 1, 1};
    struct energy_test t = energy_test(runs, 6, &usual);
    ck_assert_uint_eq(t.at, 3);
    ck_assert_double_eq_tol(t.q, 5, 1e-5);
    ck_assert_double_eq_tol(t.p, 0.1, 0.08);
    ck_assert_uint_lt(t.draws, 1999);
}
END_TEST

/* Every Q(t) by the definition, on values that need the padding of the last eight. */
static double q_by_definition(const double *x, size_t n, size_t t)
{
    double across = 0, left = 0, right = 0, all = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double d = fabs(x[i] - x[j]);
            all += d;
            across += i < t && j >= t ? d : 0;
            left += i < t && j < t ? d : 0;
            right += i >= t && j >= t ? d : 0;
        }
    double a = (double)t, b = (double)(n - t), unit = all / ((a + b) * (a + b - 1));
    return a * b / (a + b) * (2 * across / (a * b) - left / (a * a) - right / (b * b)) / unit;
}

START_TEST(scan_is_the_definition)
{
    struct rng r;
    rng_seed(&r, 3);
    double x[61], best = 0;
    for (size_t n = 6; n <= 61; n += 5) {
        draw_noise(&r, x, n, 0);
        add_step(x, n / 2, n, 2);
        size_t at = energy_split(x, n);
        best = 0;
        for (size_t t = 3; t + 3 <= n; t++)
            best = fmax(best, q_by_definition(x, n, t));
        ck_assert_double_eq_tol(q_by_definition(x, n, at), best, 1e-4 * best);
        struct energy_test test = energy_test(x, n, &usual);
        if (test.phi <= 0)
            ck_assert_double_eq_tol(test.q, best, 1e-4 * best);
    }
}
END_TEST

/* Noise of many kinds with steps from none to clear: t with 3 degrees, whole numbers with ties,
 * correlated runs. */
static size_t draw_any(struct rng *r, unsigned kind, double *x)
{
    static const double heights[] = {0, 1, 1.5, 2, 3, 5, 20};
    size_t n = 6 + (size_t)rng_below(r, kind % 2 ? 395 : 60);
    draw_noise(r, x, n, kind % 5 == 0 ? 0.5 : 0);
    for (size_t i = 0; i < n; i++) {
        double chi = pow(draw_normal(r), 2) + pow(draw_normal(r), 2) + pow(draw_normal(r), 2);
        x[i] = kind % 3 == 1 ? x[i] / sqrt(chi / 3) : kind % 3 == 2 ? round(2 * x[i]) : x[i];
    }
    add_step(x, (size_t)rng_below(r, n), n, heights[kind % 7]);
    return n;
}

/* Permutations that are ruled out without a scan are those that do not reach q: every figure is the
 * same to the last bit when all are scanned. */
START_TEST(the_bound_changes_nothing)
{
    struct energy_params fast = {.alpha = 0.001, .draws = 1999};
    struct energy_params plain = {.alpha = 0.001, .draws = 1999, .plain = true};
    struct rng r;
    rng_seed(&r, 4);
    double x[ENERGY_MAX];
    int certain = 0;
    for (unsigned kind = 0; kind < 420; kind++) {
        size_t n = draw_any(&r, kind, x);
        fast.newest = plain.newest = kind % 4 == 3;
        struct energy_test a = energy_test(x, n, &fast), b = energy_test(x, n, &plain);
        ck_assert_double_eq(a.p, b.p);
        ck_assert_double_eq(a.q, b.q);
        ck_assert_uint_eq(a.at, b.at);
        ck_assert_uint_eq(a.draws, b.draws);
        certain += a.p <= 0.001;
    }
    ck_assert_int_ge(certain, 100);
}
END_TEST

START_TEST(nothing_to_split)
{
    const double five[] = {1, 2, 3, 4, 5}, same[] = {7, 7, 7, 7, 7, 7, 7};
    ck_assert(isnan(energy_test(five, 5, &usual).p));
    ck_assert(isnan(energy_test(same, 7, &usual).p));
    ck_assert_uint_eq(energy_split(same, 7), 0);
}
END_TEST

/* A verdict repeats, also in another unit; the mirror image gives the mirrored place. */
START_TEST(repeats_in_any_unit)
{
    struct rng r;
    rng_seed(&r, 5);
    double x[50], scaled[50], mirrored[50];
    draw_noise(&r, x, 50, 0);
    add_step(x, 30, 50, 1);
    for (int i = 0; i < 50; i++) {
        scaled[i] = 1e6 * x[i] + 3e8;
        mirrored[i] = -x[49 - i];
    }
    struct energy_test a = energy_test(x, 50, &usual), b = energy_test(scaled, 50, &usual);
    ck_assert_double_eq(a.p, energy_test(x, 50, &usual).p);
    ck_assert_double_eq(a.p, b.p);
    ck_assert_uint_eq(a.at, b.at);
    ck_assert_uint_eq(energy_test(mirrored, 50, &usual).at, 50 - a.at);
}
END_TEST

/* One wild run is no change: each side of a split has three. */
START_TEST(one_outlier_is_no_change)
{
    struct rng r;
    rng_seed(&r, 6);
    double x[60];
    draw_noise(&r, x, 60, 0);
    x[40] += 50;
    ck_assert_double_gt(energy_test(x, 60, &usual).p, 0.01);
}
END_TEST

/* Correlated runs: the alarm share stays near alpha, where plain permutation raises it tenfold. */
START_TEST(correlation_is_allowed_for)
{
    struct rng r;
    rng_seed(&r, 7);
    double x[100];
    int alarms = 0, step_found = 0;
    for (int s = 0; s < 400; s++) {
        draw_noise(&r, x, 100, 0.6);
        alarms += energy_test(x, 100, &usual).p <= 0.01;
        add_step(x, 50, 100, 4);
        step_found += energy_test(x, 100, &usual).p <= 0.01;
    }
    ck_assert_int_le(alarms, 20);
    ck_assert_int_ge(step_found, 395);
}
END_TEST

/* Of 6 to 12 runs the rarest arrangement comes up once in 10 to 462 times: nothing is told at .001,
 * whatever correlation so few runs seem to have. */
START_TEST(few_runs_tell_nothing)
{
    static const struct energy_params daily = {.alpha = 0.001, .draws = 1999, .newest = true};
    struct rng r;
    rng_seed(&r, 9);
    double x[12];
    for (int s = 0; s < 3000; s++) {
        draw_noise(&r, x, 12, 0);
        struct energy_test t = energy_test(x, 6 + (size_t)s % 7, &daily);
        ck_assert(!energy_tells(&t, &daily));
    }
}
END_TEST

/* A step of the newest runs is told sooner when they are known to be the newest; one with five runs
 * before it is then no news. */
START_TEST(newest_runs_come_first)
{
    struct energy_params newest = usual;
    newest.newest = true;
    struct rng r;
    rng_seed(&r, 10);
    double x[60];
    int told[2] = {0, 0}, old[2] = {0, 0};
    for (int s = 0; s < 400; s++) {
        for (int late = 0; late < 2; late++) {
            draw_noise(&r, x, 60, 0);
            add_step(x, late ? 57 : 5, 60, 2.5);
            struct energy_test a = energy_test(x, 60, &newest), b = energy_test(x, 60, &usual);
            (late ? told : old)[0] += energy_tells(&a, &newest);
            (late ? told : old)[1] += energy_tells(&b, &usual);
            ck_assert(a.at == 0 || a.at >= 10);
        }
    }
    ck_assert_int_ge(told[0], told[1] + 40);
    ck_assert_int_le(2 * old[0], old[1]);
}
END_TEST

/* 20 of 2000 arrangements are .01 exactly: an equal p tells nothing. */
START_TEST(an_equal_p_does_not_tell)
{
    struct energy_test t = {.p = (1.0 + 19) / (1.0 + 1999)};
    ck_assert(!energy_tells(&t, &usual));
    t.p = (1.0 + 18) / (1.0 + 1999);
    ck_assert(energy_tells(&t, &usual));
    t.p = NAN;
    ck_assert(!energy_tells(&t, &usual));
}
END_TEST

START_TEST(shift_is_the_median_difference)
{
    const double x[] = {1, 2, 4}, y[] = {3, 7}; /* 2 6 1 5 -1 3, sorted -1 1 2 3 5 6 */
    ck_assert_double_eq_tol(series_shift(x, 3, y, 2), 2.5, 1e-12);
    ck_assert_double_eq_tol(series_shift(y, 2, x, 3), -2.5, 1e-12);
    ck_assert_double_eq_tol(series_shift(x, 3, y, 1), 1, 1e-12);
    ck_assert_double_eq(series_mean_distance(x, 3), 2);
}
END_TEST

/* Who asks for the decision only gets the same one, and the same p where it is yes. */
START_TEST(the_decision_alone_is_the_same)
{
    struct rng r;
    rng_seed(&r, 17);
    double x[40];
    struct energy_params decide = usual;
    decide.decide = true;
    int yes = 0;
    for (int i = 0; i < 60; i++) {
        draw_noise(&r, x, 40, 0);
        add_step(x, 20, 40, 0.04 * i);
        struct energy_test whole = energy_test(x, 40, &usual), quick = energy_test(x, 40, &decide);
        ck_assert_int_eq(energy_tells(&whole, &usual), energy_tells(&quick, &usual));
        if (energy_tells(&whole, &usual))
            ck_assert_double_eq(whole.p, quick.p);
        ck_assert_uint_le(quick.draws, whole.draws);
        yes += energy_tells(&whole, &usual);
    }
    ck_assert_int_gt(yes, 10);
    ck_assert_int_lt(yes, 50);
}
END_TEST

CHECK_MAIN("analyzer/trend_energy", six_runs_by_hand, scan_is_the_definition,
           the_bound_changes_nothing, nothing_to_split, repeats_in_any_unit,
           one_outlier_is_no_change, correlation_is_allowed_for, few_runs_tell_nothing,
           newest_runs_come_first, an_equal_p_does_not_tell, shift_is_the_median_difference,
           the_decision_alone_is_the_same)
