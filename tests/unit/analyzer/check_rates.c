/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/rates.h"

#include <errno.h>
#include <math.h>

#include "tests/lib/check_main.h"

#define NEAR(got, want) ck_assert_double_eq_tol(got, want, 1e-9 * fmax(1, fabs((double)(want))))

static struct rate_test compare(double a, double over_a, double b, double over_b)
{
    struct rate_test t;
    struct rate left = {a, over_a}, right = {b, over_b};
    ck_assert_int_eq(rates_compare(&left, &right, 0.95, &t), 0);
    return t;
}

START_TEST(equal_exposure_is_a_coin)
{
    NEAR(compare(10, 60, 20, 60).p, 0.09873714670538904);
    NEAR(compare(20, 60, 10, 60).p, 0.09873714670538904);
    NEAR(compare(0, 60, 5, 60).p, 2.0 / 32);
    NEAR(compare(7, 60, 7, 60).p, 1);
}
END_TEST

/* The interval of poisson.test(c(11, 21), c(800, 3011)) in R. */
START_TEST(ratio_has_the_published_interval)
{
    struct rate_test t = compare(21, 3011, 11, 800);
    ck_assert_double_eq_tol(t.ratio, 1.971488, 5e-7);
    ck_assert_double_eq_tol(t.lo, 0.8584264, 5e-6);
    ck_assert_double_eq_tol(t.hi, 4.277268, 5e-5);
}
END_TEST

START_TEST(zeros_are_no_trouble)
{
    struct rate_test t = compare(0, 60, 0, 60);
    ck_assert(isnan(t.p) && isnan(t.ratio));
    t = compare(0, 60, 8, 60);
    ck_assert(isinf(t.ratio) && isinf(t.hi) && t.lo > 1);
    t = compare(8, 60, 0, 60);
    ck_assert(t.ratio == 0 && t.lo == 0 && t.hi < 1);
    struct rate none = {0, 0}, some = {1, 1};
    ck_assert_int_eq(rates_compare(&none, &some, 0.95, &t), -EDOM);
}
END_TEST

START_TEST(bursts_are_counted_as_bursts)
{
    struct rate even[] = {{10, 1}, {10, 1}, {10, 1}}, bursts[] = {{0, 1}, {30, 1}, {0, 1}};
    NEAR(rates_dispersion(even, 3, even, 3), 1);
    /* by hand: squares 100 + 400 + 100 over a mean of 10, twice, on 4 degrees */
    NEAR(rates_dispersion(bursts, 3, bursts, 3), 30);
    NEAR(rates_dispersion(even, 1, bursts, 1), 1);
    struct rate pooled = rates_pool(bursts, 3, 30);
    NEAR(pooled.events, 1);
    NEAR(pooled.exposure, 3);
}
END_TEST

/* By hand: squares 100 + 400 + 100 over a mean of 10, on 2 degrees: one burst is 30 events. */
START_TEST(earlier_runs_tell_what_a_burst_is)
{
    struct rate bursts[] = {{0, 1}, {30, 1}, {0, 1}}, none[] = {{0, 1}, {0, 1}};
    struct rate a = {0, 1}, b = {30, 1};
    struct rate_spread spread = {0, 0};
    struct rate_test t;
    ck_assert_int_eq(rates_compare_spread(&a, 1, &b, 1, &spread, 0.95, &t), 0);
    ck_assert_double_lt(t.p, 1e-8);
    rates_spread_add(&spread, bursts, 3);
    rates_spread_add(&spread, none, 2);
    rates_spread_add(&spread, &b, 1);
    NEAR(spread.squares, 60);
    NEAR(spread.df, 2);
    ck_assert_int_eq(rates_compare_spread(&a, 1, &b, 1, &spread, 0.95, &t), 0);
    NEAR(t.p, 1);
    ck_assert(isinf(t.hi) && t.lo < 1);
}
END_TEST

START_TEST(runs_count_once_each)
{
    struct rate a[] = {{20, 1}, {24, 1}}, b[] = {{40, 1}, {44, 1}}, wild[] = {{4, 1}, {80, 1}};
    struct rate_test t, pooled = compare(44, 2, 84, 2);
    ck_assert_int_eq(rates_compare_runs(a, 2, b, 2, 0.95, &t), 0);
    NEAR(t.p, pooled.p);
    NEAR(t.hi, pooled.hi);
    ck_assert_int_eq(rates_compare_runs(a, 2, wild, 2, 0.95, &t), 0);
    ck_assert(t.p > 0.2 && t.lo < pooled.lo && t.hi > pooled.hi);
}
END_TEST

CHECK_MAIN("analyzer/rates", equal_exposure_is_a_coin, ratio_has_the_published_interval,
           zeros_are_no_trouble, bursts_are_counted_as_bursts, earlier_runs_tell_what_a_burst_is,
           runs_count_once_each)
