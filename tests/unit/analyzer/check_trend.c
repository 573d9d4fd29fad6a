/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/trend.h"

#include <errno.h>
#include <string.h>

#include "tests/lib/check_main.h"
#include "tests/unit/analyzer/trend_data.h"

static const struct trend_params usual = {.alpha = 0.001, .draws = 1999, .margin = 0.03};

static struct trend find(const double *x, size_t n)
{
    struct trend t;
    ck_assert_int_eq(trend_find(x, n, &usual, &t), 0);
    return t;
}

/* Annual flow of the Nile at Aswan, 1871 to 1970, 10^8 m^3 (Cobb 1978, The problem of the Nile). */
static const double nile[100] = {
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960,
    1180, 799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694,
    940, 833, 701, 916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764,
    821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897, 822,
    1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050,
    918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
};

/* The flow of the Nile fell once, in 1899 (index 28); in logarithms as well. */
START_TEST(nile_has_one_change)
{
    double x[100];
    memcpy(x, nile, sizeof x);
    for (int pass = 0; pass < 2; pass++) {
        struct trend t = find(x, 100);
        ck_assert_int_eq(t.state, TREND_SEGMENTED);
        ck_assert_uint_eq(t.count, 1);
        ck_assert_uint_eq(t.points[0].index, 28);
        ck_assert_uint_le(t.points[0].place.lo, 28);
        ck_assert_uint_ge(t.points[0].place.hi, 28);
        ck_assert_uint_le(t.points[0].place.hi - t.points[0].place.lo, 12);
        ck_assert_double_lt(t.points[0].shift, 0);
        trend_free(&t);
        for (int i = 0; i < 100; i++)
            x[i] = log(x[i]);
    }
}
END_TEST

START_TEST(two_steps_and_their_centres)
{
    struct rng r;
    rng_seed(&r, 11);
    double x[120];
    draw_noise(&r, x, 120, 0);
    for (int i = 0; i < 120; i++)
        x[i] *= 0.01;
    add_step(x, 40, 90, 0.05);
    struct trend t = find(x, 120);
    ck_assert_uint_eq(t.count, 2);
    ck_assert_uint_eq(t.points[0].index, 40);
    ck_assert_uint_eq(t.points[1].index, 90);
    ck_assert_double_eq_tol(t.points[0].shift, 0.05, 0.006);
    ck_assert_double_eq_tol(t.points[1].shift, -0.05, 0.006);
    ck_assert_double_eq_tol(t.points[0].after - t.points[0].before, 0.05, 0.008);
    ck_assert_uint_eq(trend_last_segment(&t), 90);
    ck_assert_uint_eq(t.drift.count, 30);
    trend_free(&t);
}
END_TEST

START_TEST(below_the_margin_is_not_told)
{
    struct rng r;
    rng_seed(&r, 12);
    double x[100];
    draw_noise(&r, x, 100, 0);
    for (int i = 0; i < 100; i++)
        x[i] *= 0.004;
    add_step(x, 50, 100, 0.02);
    struct trend t = find(x, 100);
    ck_assert_int_eq(t.state, TREND_SEGMENTED);
    ck_assert_uint_eq(t.count, 0);
    trend_free(&t);
}
END_TEST

START_TEST(constant_short_and_wrong)
{
    double x[20] = {0};
    struct trend t = find(x, 20);
    ck_assert_int_eq(t.state, TREND_CONSTANT);
    ck_assert_uint_eq(t.count, 0);
    trend_free(&t);
    t = find(x, 5);
    ck_assert_int_eq(t.state, TREND_TOO_SHORT);
    ck_assert_str_eq(trend_state_name(t.state), "too_short");
    trend_free(&t);
    x[3] = NAN;
    ck_assert_int_eq(trend_find(x, 20, &usual, &t), -EINVAL);
}
END_TEST

/* No season and no ramp is cut into steps. */
START_TEST(ramps_and_seasons_are_not_segmented)
{
    struct rng r;
    rng_seed(&r, 13);
    double x[240];
    for (int shape = 0; shape < 4; shape++) {
        draw_noise(&r, x, 240, 0);
        for (int i = 0; i < 240; i++)
            x[i] += shape == 0   ? 0.05 * i
                    : shape == 1 ? 3e-4 * i * i
                    : shape == 2 ? 2 * sin(2 * M_PI * i / 7)
                                 : 0.03 * i + 4 * sin(2 * M_PI * i / 12);
        struct trend t = find(x, 240);
        ck_assert_int_eq(t.state, shape < 2 ? TREND_TRENDING : TREND_SEASONAL);
        ck_assert_uint_eq(t.count, 0);
        if (shape == 3)
            ck_assert_double_eq_tol(t.period, 12, 1e-9);
        if (shape < 2)
            ck_assert_double_lt(t.drift.p, 1e-6);
        trend_free(&t);
    }
}
END_TEST

/* Steps that rise like a staircase are steps. */
START_TEST(a_staircase_is_segmented)
{
    struct rng r;
    rng_seed(&r, 14);
    double x[200];
    draw_noise(&r, x, 200, 0);
    for (size_t s = 1; s < 4; s++)
        add_step(x, 50 * s, 200, 4);
    struct trend t = find(x, 200);
    ck_assert_int_eq(t.state, TREND_SEGMENTED);
    ck_assert_uint_eq(t.count, 3);
    trend_free(&t);
}
END_TEST

/* Over several windows every step is found once, wherever it lies between them. */
START_TEST(windows_lose_and_double_nothing)
{
    static double x[3000];
    struct rng r;
    rng_seed(&r, 15);
    draw_noise(&r, x, 3000, 0);
    const size_t steps[] = {195, 398, 401 + 200, 805, 1300, 1356, 2990};
    double height = 5;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++, height = -height)
        add_step(x, steps[i], 3000, height);
    struct trend t = find(x, 3000);
    ck_assert_int_eq(t.state, TREND_SEGMENTED);
    ck_assert_uint_eq(t.count, sizeof steps / sizeof *steps);
    for (size_t i = 0; i < t.count; i++) {
        ck_assert_uint_le(t.points[i].place.lo, steps[i]);
        ck_assert_uint_ge(t.points[i].place.hi, steps[i]);
    }
    trend_free(&t);
}
END_TEST

/* The interval holds the true place for at least 92 of 100 steps that were found. */
START_TEST(the_place_is_covered)
{
    SIMULATION();
    struct rng r;
    rng_seed(&r, 16);
    double x[80];
    int found = 0, held = 0;
    for (int s = 0; s < 500; s++) {
        draw_noise(&r, x, 80, 0);
        add_step(x, 50, 80, 1.5);
        struct trend t = find(x, 80);
        found += t.count == 1;
        held += t.count == 1 && t.points[0].place.lo <= 50 && t.points[0].place.hi >= 50;
        trend_free(&t);
    }
    ck_assert_int_ge(found, 350);
    ck_assert_int_ge(100 * held, 92 * found);
}
END_TEST

CHECK_MAIN("analyzer/trend", nile_has_one_change, two_steps_and_their_centres,
           below_the_margin_is_not_told, constant_short_and_wrong,
           ramps_and_seasons_are_not_segmented, a_staircase_is_segmented,
           windows_lose_and_double_nothing, the_place_is_covered)
