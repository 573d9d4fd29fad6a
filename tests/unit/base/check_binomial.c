/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/binomial.h"

#include <math.h>

#include "tests/lib/check_main.h"

#define NEAR(got, want) ck_assert_double_eq_tol(got, want, 1e-10 * fabs((double)(want)))

START_TEST(binomial_by_exact_fractions)
{
    NEAR(binomial_pmf(7, 50, 0.1), 0.10762807459509881);
    NEAR(binomial_low(2, 50, 0.1), 0.11172875634634714);
    NEAR(binomial_high(12, 50, 0.1), 0.003219921135909912);
    NEAR(binomial_pmf(500000, 1000000, 0.5), 0.0007978843613317501);
    NEAR(binomial_low(500000, 1000000, 0.5) - 0.5, 0.0007978843613317501 / 2);
}
END_TEST

START_TEST(binomial_tails_meet)
{
    for (double n = 1; n < 200; n += 7)
        for (double k = 0; k <= n; k++) {
            double low = binomial_low(k, n, 0.3), high = binomial_high(k + 1, n, 0.3);
            ck_assert_double_eq_tol(low + high, 1, 1e-12);
        }
    ck_assert_double_eq(binomial_low(-1, 10, 0.3), 0);
    ck_assert_double_eq(binomial_high(11, 10, 0.3), 0);
    ck_assert_double_eq(binomial_low(3, 10, 0), 1);
}
END_TEST

START_TEST(a_billion_trials_keep_their_digits)
{
    double n = 1e9, p = 1e-6; /* nearly Poisson with mean 1000: exp(-1000) 1000^k / k! */
    double poisson = exp(1000 * log(1000.0) - 1000 - lgamma(1001));
    ck_assert_double_eq_tol(binomial_pmf(1000, n, p) / poisson, 1, 1e-5);
    ck_assert_double_eq_tol(binomial_low(1000, n, p) + binomial_high(1001, n, p), 1, 1e-12);
}
END_TEST

START_TEST(percentile_rules_on_few_samples)
{
    ck_assert_int_eq(binomial_rule(58, 0, 0.95, 0.05), RULING_OPEN);      /* 0.95^58 = 0.0510 */
    ck_assert_int_eq(binomial_rule(59, 0, 0.95, 0.05), RULING_SUPPORTED); /* 0.95^59 = 0.0485 */
    ck_assert_int_eq(binomial_rule(20, 3, 0.95, 0.05), RULING_OPEN);      /* P(X >= 3) = 0.0755 */
    ck_assert_int_eq(binomial_rule(20, 4, 0.95, 0.05), RULING_REFUTED);   /* P(X >= 4) = 0.0159 */
    ck_assert_int_eq(binomial_rule(0, 0, 0.95, 0.05), RULING_OPEN);
    ck_assert_int_eq(binomial_rule(1e8, 4.99e6, 0.95, 0.05), RULING_SUPPORTED);
    NEAR(binomial_rule_needs(0.95, 0.05), 59);
    NEAR(binomial_rule_needs(0.99, 0.05), 299);
    NEAR(binomial_rule_needs(0.5, 0.5), 1);
}
END_TEST

CHECK_MAIN("base/binomial", binomial_by_exact_fractions, binomial_tails_meet,
           a_billion_trials_keep_their_digits, percentile_rules_on_few_samples)
