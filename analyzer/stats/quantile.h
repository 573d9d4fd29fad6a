/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Probabilities and quantiles beyond those of dist.h: normal, beta, F, and the exact discrete
 * ones. The probability functions of the discrete distributions are Loader's (2000, "Fast and
 * accurate computation of binomial probabilities"): no difference of large logarithms, so that a
 * billion trials keep all digits. Tails are summed from the inside out. Pure.
 */
#ifndef ANALYZER_STATS_QUANTILE_H
#define ANALYZER_STATS_QUANTILE_H

/* P(Z <= z) of the standard normal distribution. */
double cdf_normal(double z);
/* The z with P(Z <= z) = p, 0 < p < 1; a start by Hastings, then steps of Halley, full double. */
double quantile_normal(double p);

/* P(F <= f), f >= 0, of Fisher's F with df1 and df2 > 0 degrees of freedom (DLMF 8.17). */
double cdf_f(double f, double df1, double df2);
/* The f with P(F <= f) = p, 0 < p < 1. */
double quantile_f(double p, double df1, double df2);
/* The x with I_x(a, b) = p, 0 <= p <= 1, by bisection. */
double quantile_beta(double p, double a, double b);

/* P(X = k) of n trials that succeed with probability p each; whole numbers as doubles. */
double pmf_binomial(double k, double n, double p);
/* P(X <= k) and P(X >= k). */
double cdf_binomial_low(double k, double n, double p);
double cdf_binomial_high(double k, double n, double p);

/* P(X = k) marked among `drawn` of a population of `marked` + `plain`, without putting back. */
double pmf_hypergeometric(double k, double marked, double plain, double drawn);
double cdf_hypergeometric_low(double k, double marked, double plain, double drawn);
double cdf_hypergeometric_high(double k, double marked, double plain, double drawn);

#endif
