/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/mser.h"

#include <errno.h>

#include "tests/lib/check_main.h"
#include "tests/unit/analyzer/trend_data.h"

/* Three batches at 10 and then seventeen that alternate 0, 1: by hand the score is least where the
 * first three are cut (17 batches: 17/4 - 1/68 over 289); one batch at 10 more costs far more. */
START_TEST(cuts_the_ramp_by_hand)
{
    double x[100];
    for (int i = 0; i < 100; i++)
        x[i] = i < 15 ? 10 : i / 5 % 2;
    struct mser m;
    ck_assert_int_eq(mser_find(x, 100, &m), 0);
    ck_assert_uint_eq(m.cut, 15);
    ck_assert_double_eq_tol(m.mean, 9 / 17.0, 1e-12);
    ck_assert(m.steady);
}
END_TEST

START_TEST(warm_up_that_fades)
{
    struct rng r;
    rng_seed(&r, 21);
    double x[600];
    draw_noise(&r, x, 600, 0);
    for (int i = 0; i < 600; i++)
        x[i] += 1000 + 20 * exp(-i / 20.0);
    struct mser m;
    ck_assert_int_eq(mser_find(x, 600, &m), 0);
    ck_assert_uint_ge(m.cut, 30);
    ck_assert_uint_le(m.cut, 200);
    ck_assert_double_eq_tol(m.mean, 1000, 0.3);
    ck_assert(m.steady);
}
END_TEST

/* A phase that climbs to its end is not steady, and its drift says how fast. */
START_TEST(never_settles)
{
    struct rng r;
    rng_seed(&r, 22);
    double x[300];
    draw_noise(&r, x, 300, 0);
    for (int i = 0; i < 300; i++)
        x[i] += 0.1 * i;
    struct mser m;
    ck_assert_int_eq(mser_find(x, 300, &m), 0);
    ck_assert(!m.steady);
    ck_assert_double_eq_tol(m.drift.slope, 0.5, 0.05);
    for (int i = 0; i < 300; i++)
        x[i] = i < 250 ? x[i] - 0.1 * i : 50 + x[i] - 0.1 * i;
    ck_assert_int_eq(mser_find(x, 300, &m), 0);
    ck_assert(!m.steady);
    ck_assert_uint_eq(m.cut, 0);
}
END_TEST

START_TEST(steady_noise_and_constants_stay)
{
    struct rng r;
    double x[400];
    int steady = 0;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct mser m;
        rng_seed(&r, seed);
        draw_noise(&r, x, 400, 0);
        ck_assert_int_eq(mser_find(x, 400, &m), 0);
        steady += m.steady;
    }
    ck_assert_int_ge(steady, 170);
    for (int i = 0; i < 400; i++)
        x[i] = 3;
    struct mser m;
    ck_assert_int_eq(mser_find(x, 400, &m), 0);
    ck_assert_uint_eq(m.cut, 0);
    ck_assert(m.steady);
    ck_assert_double_eq(m.mean, 3);
}
END_TEST

START_TEST(too_short_or_not_finite)
{
    double x[60] = {0};
    struct mser m;
    ck_assert_int_eq(mser_find(x, 49, &m), -ENODATA);
    x[7] = INFINITY;
    ck_assert_int_eq(mser_find(x, 60, &m), -EINVAL);
}
END_TEST

CHECK_MAIN("base/mser", cuts_the_ramp_by_hand, warm_up_that_fades, never_settles,
           steady_noise_and_constants_stay, too_short_or_not_finite)
