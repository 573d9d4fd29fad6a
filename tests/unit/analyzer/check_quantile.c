/* SPDX-License-Identifier: BSD-3-Clause */
/* Published tables, exact fractions, and identities between distributions. */
#include "analyzer/stats/quantile.h"

#include <math.h>

#include "analyzer/stats/dist.h"
#include "tests/lib/check_main.h"

#define NEAR(got, want) ck_assert_double_eq_tol(got, want, 1e-10 * fabs((double)(want)))

START_TEST(normal_quantiles_of_the_tables)
{
    NEAR(quantile_normal(0.9), 1.2815515655446004);
    NEAR(quantile_normal(0.975), 1.9599639845400545);
    NEAR(quantile_normal(0.99), 2.3263478740408408);
    NEAR(quantile_normal(0.995), 2.5758293035489004);
    NEAR(quantile_normal(0.001), -3.0902323061678132);
    ck_assert_double_eq_tol(quantile_normal(0.5), 0, 1e-15);
}
END_TEST

START_TEST(normal_goes_there_and_back)
{
    for (double z = -8; z <= 8; z += 0.13)
        ck_assert_double_eq_tol(quantile_normal(cdf_normal(z)), z, z < 5 ? 1e-9 : 0.1);
}
END_TEST

START_TEST(f_quantiles_of_the_tables)
{
    ck_assert_double_eq_tol(quantile_f(0.95, 5, 10), 3.3258, 5e-5);
    ck_assert_double_eq_tol(quantile_f(0.95, 1, 10), 4.9646, 5e-5);
    ck_assert_double_eq_tol(quantile_f(0.99, 3, 20), 4.9382, 5e-5);
    ck_assert_double_eq_tol(quantile_f(0.95, 10, 5), 4.7351, 5e-5);
}
END_TEST

START_TEST(f_of_one_degree_is_t_squared)
{
    for (double df = 1; df < 40; df += 3) {
        double t = dist_t_quantile(0.975, df);
        NEAR(quantile_f(0.95, 1, df), t * t);
        NEAR(cdf_f(quantile_f(0.3, 4, df), 4, df), 0.3);
        NEAR(quantile_f(0.3, 4, df) * quantile_f(0.7, df, 4), 1);
    }
}
END_TEST

START_TEST(beta_quantile_inverts_beta)
{
    NEAR(quantile_beta(0.05, 20, 1), pow(0.05, 1.0 / 20));
    NEAR(quantile_beta(1e-12, 1, 1), 1e-12);
    for (double p = 0.01; p < 1; p += 0.07)
        NEAR(dist_beta(quantile_beta(p, 3.5, 12), 3.5, 12), p);
}
END_TEST

START_TEST(hypergeometric_by_hand)
{
    NEAR(pmf_hypergeometric(6, 6, 43, 6), 1 / 13983816.0); /* six out of forty-nine */
    NEAR(pmf_hypergeometric(5, 20, 30, 10), 0.21508500718492518);
    NEAR(cdf_hypergeometric_low(2, 20, 30, 10), 0.13903865738090695);
    for (double k = 0; k <= 10; k++)
        ck_assert_double_eq_tol(cdf_hypergeometric_low(k, 20, 30, 10) +
                                    cdf_hypergeometric_high(k + 1, 20, 30, 10),
                                1, 1e-12);
}
END_TEST

CHECK_MAIN("analyzer/quantile", normal_quantiles_of_the_tables, normal_goes_there_and_back,
           f_quantiles_of_the_tables, f_of_one_degree_is_t_squared, beta_quantile_inverts_beta,
           hypergeometric_by_hand)
