/* SPDX-License-Identifier: BSD-3-Clause */
/* Distribution functions that the statistics need. Pure. */
#ifndef ANALYZER_STATS_DIST_H
#define ANALYZER_STATS_DIST_H

/* Regularized incomplete beta function I_x(a, b), a > 0, b > 0, 0 <= x <= 1 (DLMF 8.17). */
double dist_beta(double x, double a, double b);
/* P(T <= t) of Student's t with `df` > 0 degrees of freedom. */
double dist_t_cdf(double t, double df);
/* The t with P(T <= t) = p, for 0 < p < 1; the error is below 1e-10 of the result. */
double dist_t_quantile(double p, double df);
/* P(X <= k) of the binomial distribution: n trials that succeed with 0 <= p <= 1 each. */
double dist_binomial_cdf(double k, double n, double p);

#endif
