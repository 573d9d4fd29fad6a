/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/moderated.h"

#include <errno.h>
#include <math.h>

#include "analyzer/stats/dist.h"
#include "base/rng.h"
#include "tests/lib/check_main.h"

#define NEAR(got, want) ck_assert_double_eq_tol(got, want, 1e-12 * fmax(1, fabs((double)(want))))

static const struct prior none = {0, 0};

START_TEST(gamma_derivatives_at_known_points)
{
    NEAR(digamma(1), -0.57721566490153286);
    NEAR(digamma(0.5), -0.57721566490153286 - 2 * M_LN2);
    NEAR(trigamma(1), M_PI * M_PI / 6);
    NEAR(trigamma(0.5), M_PI * M_PI / 2);
    for (double x = 0.01; x < 1e4; x *= 1.7)
        ck_assert_double_eq_tol(trigamma_inverse(trigamma(x)) / x, 1, 1e-6);
}
END_TEST

/* Without history it is Student's t on the pooled variance. Student's sleep data (1908): group 1
 * against group 2, pooled t = 1.8608 on 18 degrees, p = 0.07919. */
START_TEST(without_history_it_is_students)
{
    const double one[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
    const double two[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
    struct moderated m;
    ck_assert_int_eq(
        moderated_compare(&(struct side){one, 10, 0}, &(struct side){two, 10, 0}, &none, &m), 0);
    ck_assert_double_eq_tol(m.t, 1.8608, 5e-5);
    ck_assert_double_eq_tol(m.p, 0.07919, 5e-6);
    NEAR(m.df, 18);
    NEAR(m.shift, 1.58);
}
END_TEST

/* By hand: squares 2 + 2 on 4 degrees, 6 of history at variance 2: (12 + 4) / 10 = 1.6. */
START_TEST(variance_is_shared_with_history)
{
    const double a[] = {1, 2, 3}, b[] = {4, 5, 6};
    struct prior prior = {6, M_SQRT2};
    struct moderated m;
    ck_assert_int_eq(
        moderated_compare(&(struct side){a, 3, 0}, &(struct side){b, 3, 0}, &prior, &m), 0);
    NEAR(m.sd, sqrt(1.6));
    NEAR(m.t, 3 / sqrt(1.6 * 2 / 3));
    NEAR(m.df, 10);
    NEAR(m.p, 2 * dist_t_cdf(-m.t, 10));
    NEAR(moderated_half_width(&m, 0.95), dist_t_quantile(0.975, 10) * m.se);
}
END_TEST

START_TEST(one_against_several)
{
    const double a[] = {1, 2, 3}, b[] = {7};
    struct moderated m;
    ck_assert_int_eq(moderated_compare(&(struct side){a, 3, 0}, &(struct side){b, 1, 0}, &none, &m),
                     0);
    NEAR(m.t, 5 / sqrt(1 + 1.0 / 3));
    NEAR(m.df, 2);
}
END_TEST

START_TEST(one_against_one_needs_history)
{
    const double a[] = {1}, b[] = {2};
    struct side left = {a, 1, 0.3}, right = {b, 1, 0.4};
    struct moderated m;
    ck_assert_int_eq(moderated_compare(&left, &right, &none, &m), -ENODATA);
    ck_assert_int_eq(moderated_compare(&left, &right, &(struct prior){7.9, 1}, &m), -ENODATA);
    ck_assert_int_eq(moderated_compare(&left, &right, &(struct prior){8, 0.5}, &m), 0);
    NEAR(m.t, 1 / sqrt(2 * 0.25 + 0.09 + 0.16));
    NEAR(m.df, 8);
}
END_TEST

START_TEST(no_spread_no_p)
{
    const double a[] = {1, 1}, b[] = {2, 2};
    struct moderated m;
    ck_assert_int_eq(moderated_compare(&(struct side){a, 2, 0}, &(struct side){b, 2, 0}, &none, &m),
                     -EDOM);
    ck_assert(isnan(m.p));
}
END_TEST

static double normal(struct rng *rng)
{
    return sqrt(-2 * log(1 - rng_f64(rng))) * cos(2 * M_PI * rng_f64(rng));
}

static double chi_squared(struct rng *rng, int df)
{
    double sum = 0;
    for (int i = 0; i < df; i++)
        sum += pow(normal(rng), 2);
    return sum;
}

/* Variances drawn as Smyth's model has them: 1/s^2 of a stretch is chi-squared(d0) / (d0 s0^2). */
START_TEST(prior_is_found_again)
{
    static struct variance history[4000];
    struct rng rng;
    rng_seed(&rng, 11);
    for (size_t i = 0; i < 4000; i++) {
        double truth = 10 * 0.03 * 0.03 / chi_squared(&rng, 10);
        history[i] = (struct variance){truth * chi_squared(&rng, 5) / 5, 5};
    }
    struct prior p = moderated_prior(history, 4000);
    ck_assert_double_eq_tol(p.d0, 10, 1);
    ck_assert_double_eq_tol(p.s0, 0.03, 0.001);
}
END_TEST

START_TEST(short_history_is_pooled)
{
    struct variance two[] = {{4, 3}, {1, 9}, {0, 5}, {7, 0}};
    struct prior p = moderated_prior(two, 4);
    NEAR(p.d0, 12);
    NEAR(p.s0, sqrt((12 + 9) / 12.0));
    p = moderated_prior(two, 0);
    NEAR(p.d0, 0);
}
END_TEST

START_TEST(history_is_never_worth_more_than_its_runs)
{
    struct variance alike[8];
    for (size_t i = 0; i < 8; i++)
        alike[i] = (struct variance){2 + (double)i / 100, 3};
    struct prior p = moderated_prior(alike, 8);
    NEAR(p.d0, 24);
    ck_assert_double_eq_tol(p.s0 * p.s0, 2.035, 1e-9);
}
END_TEST

CHECK_MAIN("analyzer/moderated", gamma_derivatives_at_known_points, without_history_it_is_students,
           variance_is_shared_with_history, one_against_several, one_against_one_needs_history,
           no_spread_no_p, prior_is_found_again, short_history_is_pooled,
           history_is_never_worth_more_than_its_runs)
