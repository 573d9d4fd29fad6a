/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/trend_ratchet.h"

#include <errno.h>

#include "tests/lib/check_main.h"
#include "tests/unit/analyzer/trend_data.h"

static const struct trend_params usual = {.alpha = 0.05, .draws = 1999, .margin = 0.5};

/* 3 against 4, all apart: 35 arrangements; 5 + 6 + 7 is 6 above the expected 12, as far as
 * 1 + 2 + 3 is below it: p = 2 / 35. */
START_TEST(exact_by_hand)
{
    const double pinned[] = {1, 2, 3, 4}, runs[] = {9, 9, 5, 6, 7};
    struct trend_ratchet t;
    ck_assert_int_eq(trend_ratchet(pinned, 4, runs, 5, 2, &usual, &t), 0);
    ck_assert_uint_eq(t.runs, 3);
    ck_assert_double_eq_tol(t.p, 2 / 35.0, 1e-12);
    ck_assert_double_eq_tol(t.shift, 3.5, 1e-12);
    ck_assert(!t.moved);
}
END_TEST

/* A slow drift that no step explains: the newest runs lie beyond the pinned ones. */
START_TEST(slow_drift_is_told)
{
    struct rng r;
    rng_seed(&r, 31);
    double x[200], mirrored[200];
    draw_noise(&r, x, 200, 0);
    for (int i = 0; i < 200; i++) {
        x[i] += 0.01 * i;
        mirrored[i] = -x[i];
    }
    struct trend_ratchet up, down;
    ck_assert_int_eq(trend_ratchet(x, 20, x, 200, 0, &usual, &up), 0);
    ck_assert(up.moved);
    ck_assert_uint_eq(up.runs, 20);
    ck_assert_double_gt(up.shift, 1);
    ck_assert_int_eq(trend_ratchet(mirrored, 20, mirrored, 200, 0, &usual, &down), 0);
    ck_assert(down.moved);
    ck_assert_double_eq_tol(down.shift, -up.shift, 1e-9);
}
END_TEST

/* Independent noise: p <= .05 in about one of twenty. */
START_TEST(type_one)
{
    struct rng r;
    rng_seed(&r, 32);
    double x[40];
    int alarms = 0;
    for (int s = 0; s < 1000; s++) {
        struct trend_ratchet t;
        draw_noise(&r, x, 40, 0);
        ck_assert_int_eq(trend_ratchet(x, 10, x, 40, 10, &usual, &t), 0);
        alarms += t.p <= 0.05;
    }
    ck_assert_int_ge(alarms, 30);
    ck_assert_int_le(alarms, 72);
}
END_TEST

START_TEST(too_few_says_so)
{
    const double pinned[] = {1, 2, 3}, runs[] = {5, 6, 7};
    const struct trend_params strict = {.alpha = 0.001, .draws = 1999, .margin = 0.5};
    struct trend_ratchet t;
    ck_assert_int_eq(trend_ratchet(pinned, 2, runs, 3, 0, &usual, &t), -ENODATA);
    ck_assert(isnan(t.p) && isnan(t.shift));
    ck_assert_int_eq(trend_ratchet(pinned, 3, runs, 3, 0, &strict, &t), -ERANGE);
    ck_assert_double_eq_tol(t.shift, 4, 1e-12);
    ck_assert(!t.moved);
}
END_TEST

CHECK_MAIN("analyzer/trend_ratchet", exact_by_hand, slow_drift_is_told, type_one, too_few_says_so)
