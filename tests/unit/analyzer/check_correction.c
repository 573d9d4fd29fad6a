/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/correction.h"

#include <errno.h>
#include <math.h>

#include "analyzer/stats/ranks.h"
#include "base/rng.h"
#include "tests/lib/check_main.h"

#define NEAR(got, want) ck_assert_double_eq_tol(got, want, 1e-12)

START_TEST(holm_by_hand)
{
    const double p[] = {0.01, 0.04, NAN, 0.03, 0.005};
    double adjusted[5];
    ck_assert_int_eq(correction_holm(p, 5, adjusted), 0);
    NEAR(adjusted[0], 0.03);
    NEAR(adjusted[1], 0.06);
    ck_assert(isnan(adjusted[2]));
    NEAR(adjusted[3], 0.06);
    NEAR(adjusted[4], 0.02);
}
END_TEST

/* Benjamini and Hochberg 1995, 4.1: fifteen p-values, four found at 5 %. */
START_TEST(benjamini_and_hochberg_of_the_paper)
{
    const double p[] = {0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                        0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000};
    double adjusted[15], holm[15];
    ck_assert_int_eq(correction_bh(p, 15, adjusted), 0);
    ck_assert_int_eq(correction_holm(p, 15, holm), 0);
    size_t found = 0, family = 0;
    for (size_t i = 0; i < 15; i++) {
        found += adjusted[i] <= 0.05;
        family += holm[i] <= 0.05;
    }
    ck_assert_uint_eq(found, 4);
    ck_assert_uint_eq(family, 3);
    NEAR(adjusted[3], 0.0095 * 15 / 4);
    NEAR(adjusted[14], 1);
}
END_TEST

static struct maxt run(const double *values, size_t a, size_t b, size_t metrics, double *adjusted)
{
    struct maxt out;
    struct maxt_input in = {values, a, b, metrics, .seed = 5, .draws = 4000};
    ck_assert_int_eq(correction_maxt(&in, adjusted, &out), 0);
    return out;
}

/* Sides apart: the labelling and its mirror image are the only two so far out. */
START_TEST(gate_of_separate_sides)
{
    const double values[] = {1, 2, 3, 4, 5, 11, 12, 13, 14, 15};
    double adjusted;
    struct maxt out = run(values, 5, 5, 1, &adjusted);
    ck_assert(out.exact);
    NEAR(out.labellings, 252);
    NEAR(out.p_min, 2.0 / 252);
    NEAR(adjusted, 2.0 / 252);
}
END_TEST

/* Zeros and ones: the mean is the rank sum, so that max-T of one metric is Mann-Whitney's p. */
START_TEST(one_metric_is_its_permutation_test)
{
    const double values[] = {0, 0, 1, 0, 0, 1, 1, 0, 1, 1};
    double adjusted;
    struct rank_test t;
    run(values, 5, 5, 1, &adjusted);
    ranks_two_sample(values, 5, values + 5, 5, &(struct rank_draws){0}, &t);
    NEAR(adjusted, t.p);
}
END_TEST

/* A metric told twice, in another unit, costs nothing: that is what Holm cannot know. */
START_TEST(a_repeated_metric_is_free)
{
    const double once[] = {1, 4, 2, 3, 6, 5, 7, 9, 8, 10};
    double values[30], alone, adjusted[3];
    for (size_t i = 0; i < 10; i++) {
        values[3 * i] = once[i];
        values[3 * i + 1] = -2 * once[i] + 7;
        values[3 * i + 2] = 4; /* never varies */
    }
    run(once, 5, 5, 1, &alone);
    run(values, 5, 5, 3, adjusted);
    NEAR(adjusted[0], alone);
    NEAR(adjusted[1], alone);
    ck_assert(isnan(adjusted[2]));
}
END_TEST

START_TEST(adjusted_p_grow_with_the_metrics)
{
    double values[10 * 20], one[10], alone, adjusted[20];
    struct rng rng;
    rng_seed(&rng, 2);
    for (size_t i = 0; i < 200; i++)
        values[i] = rng_f64(&rng) + (i % 20 == 0 && i >= 100 ? 0.9 : 0);
    for (size_t i = 0; i < 10; i++)
        one[i] = values[20 * i];
    run(one, 5, 5, 1, &alone);
    run(values, 5, 5, 20, adjusted);
    ck_assert_double_gt(adjusted[0], alone);
    for (size_t j = 0; j < 20; j++)
        ck_assert(adjusted[j] > 0 && adjusted[j] <= 1);
}
END_TEST

START_TEST(drawing_agrees_with_trying_all)
{
    double values[22], counted, drawn, again;
    struct rng rng;
    rng_seed(&rng, 9);
    for (size_t i = 0; i < 22; i++)
        values[i] = rng_f64(&rng) + (i < 11 ? 0 : 0.25);
    ck_assert(run(values + 1, 10, 10, 1, &counted).exact);
    ck_assert(!run(values, 11, 11, 1, &drawn).exact);
    run(values, 11, 11, 1, &again);
    ck_assert_double_eq(drawn, again);
    ck_assert_double_eq_tol(drawn, counted, 0.1);
}
END_TEST

START_TEST(missing_values_are_left_out)
{
    const double values[] = {1, NAN, 2, 1, 3, NAN, 4, 7, 11, NAN, 12, NAN, 13, NAN, 14, NAN};
    double adjusted[2];
    run(values, 4, 4, 2, adjusted);
    ck_assert_double_lt(adjusted[0], 0.06);
    ck_assert(isnan(adjusted[1]));
    struct maxt out;
    ck_assert_int_eq(correction_maxt(&(struct maxt_input){values, 0, 4, 2, 0, 0}, adjusted, &out),
                     -ERANGE);
}
END_TEST

/* Four pairs, sixteen flips. Metric 0 differs by 1 each time: only the flips of none and of all
 * reach |sum| 4. Metric 1 (3, -1, 1, 1) has the sum 4: with 3 on one side, 4 of the 8 signs of the
 * others reach it (6 once, 4 three times), and so do their mirror images. */
START_TEST(signs_flip_jointly)
{
    double d[] = {1, 3, NAN, 0, 1, -1, NAN, 0, 1, 1, 5, 0, 1, 1, 1, 0};
    struct maxt maxt;
    double p[4];
    struct signs_input in = {d, 4, 4, 1, 0};
    ck_assert_int_eq(correction_signs(&in, p, &maxt), 0);
    ck_assert(maxt.exact);
    ck_assert_double_eq(maxt.labellings, 16);
    ck_assert_double_eq(maxt.p_min, 2.0 / 16);
    ck_assert_double_eq(p[0], 2.0 / 16);
    ck_assert_double_eq(p[1], 8.0 / 16);
    ck_assert(isnan(p[2])); /* half of its pairs are missing */
    ck_assert(isnan(p[3])); /* never differs */
}
END_TEST

/* Many pairs are drawn, with the same draws for the same seed. */
START_TEST(many_signs_are_drawn)
{
    double d[40], p, again;
    struct maxt maxt;
    for (int i = 0; i < 40; i++)
        d[i] = i % 8 ? 1 : -1;
    struct signs_input in = {d, 40, 1, 9, 2000};
    ck_assert_int_eq(correction_signs(&in, &p, &maxt), 0);
    ck_assert_int_eq(correction_signs(&in, &again, &maxt), 0);
    ck_assert(!maxt.exact);
    ck_assert_double_eq(p, again);
    ck_assert_double_lt(p, 0.01);
    ck_assert_double_ge(p, 1.0 / 2001);
}
END_TEST

CHECK_MAIN("analyzer/correction", holm_by_hand, benjamini_and_hochberg_of_the_paper,
           gate_of_separate_sides, one_metric_is_its_permutation_test, a_repeated_metric_is_free,
           adjusted_p_grow_with_the_metrics, drawing_agrees_with_trying_all,
           missing_values_are_left_out, signs_flip_jointly, many_signs_are_drawn)
