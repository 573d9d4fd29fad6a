/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Probabilities and quantiles beyond those of dist.h and base/binomial.h: normal, beta, F, and the
 * hypergeometric, made of Loader's (2000) binomial probabilities. Tails are summed from the inside
 * out. Pure.
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

/* P(X = k) marked among `drawn` of a population of `marked` + `plain`, without putting back. */
double pmf_hypergeometric(double k, double marked, double plain, double drawn);
double cdf_hypergeometric_low(double k, double marked, double plain, double drawn);
double cdf_hypergeometric_high(double k, double marked, double plain, double drawn);

#endif
