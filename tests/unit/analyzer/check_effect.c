/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/effect.h"

#include <math.h>
#include <stdlib.h>

#include "tests/lib/check_main.h"

START_TEST(cliffs_delta_by_hand)
{
    const double a[] = {1, 2, 3}, b[] = {2, 3, 4};
    ck_assert_double_eq_tol(effect_cliff(a, 3, b, 3), 5.0 / 9,
                            1e-15); /* 6 above, 1 below, 2 equal */
    ck_assert_double_eq_tol(effect_cliff(b, 3, a, 3), -5.0 / 9, 1e-15);
    ck_assert_double_eq(effect_cliff(a, 3, a, 3), 0);
    ck_assert(isnan(effect_cliff(a, 0, b, 3)));
}
END_TEST

START_TEST(shift_of_ranks_in_order)
{
    double a[1000], b[1000];
    for (size_t i = 0; i < 1000; i++) {
        a[i] = (double)i + 1;
        b[i] = 2 * a[i];
    }
    struct shift_point out[EFFECT_SHIFTS];
    effect_shift_sorted(a, 1000, b, 1000, out);
    for (size_t i = 0; i + 1 < EFFECT_SHIFTS; i++) {
        ck_assert_double_eq(out[i].a, 1000.0 * (double)out[i].num / (double)out[i].den);
        ck_assert_double_eq(out[i].b, 2 * out[i].a);
    }
    ck_assert(isnan(out[EFFECT_SHIFTS - 1].a)); /* p99.9 of 1000: one sample beyond */
}
END_TEST

START_TEST(histograms_agree_with_samples)
{
    struct hist *h = malloc(sizeof *h);
    struct hist_sum *a = malloc(sizeof *a), *b = malloc(sizeof *b);
    double *x = malloc(20000 * sizeof *x), *y = malloc(20000 * sizeof *y);
    hist_sum_reset(a);
    hist_sum_reset(b);
    hist_reset(h);
    for (size_t i = 0; i < 20000; i++)
        hist_record(h, (uint64_t)(x[i] = (double)(1000 + 7 * i)));
    hist_sum_add(a, h);
    hist_reset(h);
    for (size_t i = 0; i < 20000; i++)
        hist_record(h, (uint64_t)(y[i] = (double)(1500 + 9 * i)));
    hist_sum_add(b, h);
    struct shift_point exact[EFFECT_SHIFTS], rough[EFFECT_SHIFTS];
    effect_shift_sorted(x, 20000, y, 20000, exact);
    effect_shift_hist(a, b, rough);
    for (size_t i = 0; i < EFFECT_SHIFTS; i++) {
        ck_assert_double_eq_tol(rough[i].a / exact[i].a, 1, 1e-3);
        ck_assert_double_eq_tol(rough[i].b / exact[i].b, 1, 1e-3);
    }
    free(h);
    free(a);
    free(b);
    free(x);
    free(y);
}
END_TEST

CHECK_MAIN("analyzer/effect", cliffs_delta_by_hand, shift_of_ranks_in_order,
           histograms_agree_with_samples)
