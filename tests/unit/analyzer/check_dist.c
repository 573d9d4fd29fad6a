/* SPDX-License-Identifier: BSD-3-Clause */
/* Known answers: published tables, exact fractions. */
#include "analyzer/stats/dist.h"

#include <math.h>

#include "base/binomial.h"
#include "tests/lib/check_main.h"

#define NEAR(got, want) ck_assert_double_eq_tol(got, want, 1e-9 * fmax(1, fabs((double)(want))))

START_TEST(t_quantiles_of_the_tables)
{
    NEAR(dist_t_quantile(0.975, 1), 12.706204736174694);
    NEAR(dist_t_quantile(0.975, 2), 4.302652729749464);
    NEAR(dist_t_quantile(0.975, 9), 2.262157162798205);
    NEAR(dist_t_quantile(0.975, 29), 2.045229642132703);
    NEAR(dist_t_quantile(0.025, 9), -2.262157162798205);
    ck_assert_double_eq_tol(dist_t_quantile(0.975, 1e7), 1.959964, 1e-5);
}
END_TEST

START_TEST(t_cdf_of_one_degree_is_an_arctangent)
{
    for (double t = -30; t <= 30; t += 0.37)
        NEAR(dist_t_cdf(t, 1), 0.5 + atan(t) / M_PI);
}
END_TEST

START_TEST(beta_is_exact_where_it_is_a_polynomial)
{
    for (double x = 0; x <= 1; x += 0.01) {
        NEAR(dist_beta(x, 1, 1), x);
        NEAR(dist_beta(x, 3, 1), x * x * x);
        NEAR(dist_beta(x, 1, 4), 1 - pow(1 - x, 4));
    }
}
END_TEST

START_TEST(binomial_by_hand)
{
    NEAR(dist_binomial_cdf(3, 10, 0.5), 176.0 / 1024);
    NEAR(dist_binomial_cdf(0, 20, 0.1), pow(0.9, 20));
    NEAR(dist_binomial_cdf(20, 20, 0.1), 1);
    NEAR(dist_binomial_cdf(-1, 20, 0.1), 0);
}
END_TEST

/* Two ways to the same number: the beta function, and terms summed one by one. */
START_TEST(binomial_agrees_with_its_terms)
{
    for (double n = 1; n < 200; n += 7)
        for (double k = 0; k <= n; k++)
            ck_assert_double_eq_tol(binomial_low(k, n, 0.3), dist_binomial_cdf(k, n, 0.3), 1e-11);
}
END_TEST

CHECK_MAIN("analyzer/dist", t_quantiles_of_the_tables, t_cdf_of_one_degree_is_an_arctangent,
           beta_is_exact_where_it_is_a_polynomial, binomial_by_hand, binomial_agrees_with_its_terms)
