/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/trend_calibrate.h"

#include <errno.h>

#include "tests/lib/check_main.h"
#include "tests/unit/analyzer/trend_data.h"

static const struct trend_params usual = {.alpha = 0.001, .draws = 1999, .margin = 0.03};

static struct trend_calibration calibrate(const double *x, size_t n, uint32_t tests,
                                          uint32_t histories)
{
    struct trend t;
    struct trend_calibration c;
    ck_assert_int_eq(trend_find(x, n, &usual, &t), 0);
    ck_assert_int_eq(trend_calibrate(x, n, &t, &usual, tests, histories, &c), 0);
    trend_free(&t);
    return c;
}

/* Normal noise: three deviations are found in five runs nearly always, one hardly ever; a step in
 * the history changes nothing, ten times the noise needs ten times the shift. */
START_TEST(sees_what_the_noise_lets_it_see)
{
    SIMULATION();
    struct rng r;
    rng_seed(&r, 41);
    double x[120], stepped[120], loud[120];
    draw_noise(&r, x, 120, 0);
    for (int i = 0; i < 120; i++) {
        stepped[i] = x[i] + (i >= 70 ? 8 : 0);
        loud[i] = 10 * x[i];
    }
    struct trend_calibration a = calibrate(x, 120, 4000, 100), b = calibrate(stepped, 120, 100, 100);
    ck_assert_double_ge(a.detectable, 1.5);
    ck_assert_double_le(a.detectable, 3.5);
    ck_assert_double_eq_tol(b.detectable, a.detectable, 0.5);
    ck_assert_double_eq_tol(calibrate(loud, 120, 100, 100).detectable, 10 * a.detectable, 2);
    ck_assert_double_le(a.alarms_per_100, 0.15);
    ck_assert_double_gt(a.alarms_hi_per_100, a.alarms_per_100);
    ck_assert_uint_ge(a.runs, 4000);
}
END_TEST

START_TEST(repeats)
{
    struct rng r;
    rng_seed(&r, 42);
    double x[60];
    draw_noise(&r, x, 60, 0.4);
    struct trend_calibration a = calibrate(x, 60, 500, 20), b = calibrate(x, 60, 500, 20);
    ck_assert_double_gt(a.detectable, 0);
    ck_assert_double_eq(a.detectable, b.detectable);
    ck_assert_uint_eq(a.alarms, b.alarms);
}
END_TEST

/* No alarm in n runs bounds the rate by 3 / n: -ln(.05) = 2.9957. */
START_TEST(no_alarm_proves_so_much)
{
    struct rng r;
    rng_seed(&r, 43);
    double x[30];
    draw_noise(&r, x, 30, 0);
    struct trend t;
    struct trend_calibration c;
    const struct trend_params deaf = {.alpha = 0.001, .draws = 1999, .margin = 1e9};
    ck_assert_int_eq(trend_find(x, 30, &deaf, &t), 0);
    ck_assert_int_eq(trend_calibrate(x, 30, &t, &deaf, 250, 20, &c), 0);
    ck_assert_uint_eq(c.alarms, 0);
    ck_assert_double_eq_tol(c.alarms_hi_per_100, 100 * 2.995732 / (double)c.runs, 1e-5);
    ck_assert(isnan(c.detectable));
    trend_free(&t);
}
END_TEST

START_TEST(refuses_what_it_cannot_know)
{
    struct rng r;
    rng_seed(&r, 44);
    double x[40] = {0};
    struct trend t;
    struct trend_calibration c;
    ck_assert_int_eq(trend_find(x, 40, &usual, &t), 0);
    ck_assert_int_eq(trend_calibrate(x, 40, &t, &usual, 100, 10, &c), -ENODATA);
    trend_free(&t);
    for (int i = 0; i < 40; i++)
        x[i] = i + draw_normal(&r);
    ck_assert_int_eq(trend_find(x, 40, &usual, &t), 0);
    ck_assert_int_eq(t.state, TREND_TRENDING);
    ck_assert_int_eq(trend_calibrate(x, 40, &t, &usual, 100, 10, &c), -ENOTSUP);
    ck_assert(isnan(c.detectable));
    trend_free(&t);
}
END_TEST

CHECK_MAIN("analyzer/trend_calibrate", sees_what_the_noise_lets_it_see, repeats,
           no_alarm_proves_so_much, refuses_what_it_cannot_know)
