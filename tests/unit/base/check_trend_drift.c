/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/trend_drift.h"

#include "tests/lib/check_main.h"
#include "tests/unit/analyzer/trend_data.h"

/* By hand: ten rising runs have S = 45, Var = 10 9 25 / 18 = 125, z = 44 / sqrt(125). */
START_TEST(rising_by_hand)
{
    double x[10];
    for (int i = 0; i < 10; i++)
        x[i] = 5 + 0.5 * i;
    struct trend_drift d;
    ck_assert_int_eq(trend_drift(x, 10, &d), 0);
    ck_assert_double_eq(d.score, 45);
    ck_assert_double_eq_tol(d.slope, 0.5, 1e-12);
    ck_assert_double_eq_tol(d.change, 4.5, 1e-12);
    ck_assert_double_eq_tol(d.p, erfc(44 / sqrt(125.0) / sqrt(2.0)), 1e-12);
}
END_TEST

/* With ties, by hand: {1,1,2,2,2,3,1,3}. Var = (8 7 21 - 3 2 11 - 3 2 11 - 2 1 9) / 18 = 57. */
START_TEST(ties_by_hand)
{
    const double x[] = {1, 1, 2, 2, 2, 3, 1, 3};
    double scratch[8];
    struct kendall k = trend_kendall(x, 8, scratch);
    ck_assert_double_eq_tol(k.variance, (1176.0 - 66 - 66 - 18) / 18, 1e-12);
    /* rising: 5 + 5 + 2 + 2 + 2 + 0 + 1; falling: the 2s and the 3 before the late 1: 4 */
    ck_assert_double_eq(k.score, 17 - 4);
}
END_TEST

START_TEST(too_few_or_constant_has_no_p)
{
    const double same[9] = {4, 4, 4, 4, 4, 4, 4, 4, 4};
    struct trend_drift d;
    ck_assert_int_eq(trend_drift(same, 7, &d), 0);
    ck_assert_uint_eq(d.count, 0);
    ck_assert(isnan(d.p) && isnan(d.slope));
    ck_assert_int_eq(trend_drift(same, 9, &d), 0);
    ck_assert(isnan(d.p));
    ck_assert_double_eq(d.slope, 0);
}
END_TEST

static double alarm_share(size_t n, double phi, double slope, uint64_t seed)
{
    struct rng r;
    rng_seed(&r, seed);
    double x[200];
    int alarms = 0;
    for (int s = 0; s < 500; s++) {
        draw_noise(&r, x, n, phi);
        for (size_t i = 0; i < n; i++)
            x[i] += slope * (double)i;
        struct trend_drift d;
        ck_assert_int_eq(trend_drift(x, n, &d), 0);
        alarms += d.p <= 0.05;
    }
    return alarms / 500.0;
}

START_TEST(type_one_and_power)
{
    ck_assert_double_le(alarm_share(50, 0, 0, 1), 0.075);
    ck_assert_double_le(alarm_share(50, 0.3, 0, 2), 0.10);
    ck_assert_double_le(alarm_share(100, 0.6, 0, 3), 0.13);
    ck_assert_double_ge(alarm_share(50, 0, 0.04, 4), 0.9);
}
END_TEST

/* Only the last 400 runs of a long stretch count. */
START_TEST(looks_at_the_last_runs)
{
    double x[500];
    for (int i = 0; i < 500; i++)
        x[i] = i < 100 ? 1000 - i : i % 3;
    struct trend_drift d;
    ck_assert_int_eq(trend_drift(x, 500, &d), 0);
    ck_assert_uint_eq(d.count, 400);
    ck_assert_double_gt(d.p, 0.5);
}
END_TEST

CHECK_MAIN("base/trend_drift", rising_by_hand, ties_by_hand, too_few_or_constant_has_no_p,
           type_one_and_power, looks_at_the_last_runs)
