/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counts that can be 0 (errors, drops, retransmissions): exact binomial, no logarithm. Pure.
 */
#ifndef ANALYZER_STATS_RATES_H
#define ANALYZER_STATS_RATES_H

#include <stddef.h>

/* Events of one side: how many, over how much (seconds, transactions), in how many runs. */
struct rate {
    double events, exposure;
};

struct rate_test {
    double p; /* two-sided: counts at least as far from their mean; NAN: no event */
    double ratio, lo,
        hi; /* rate of b by rate of a, Clopper-Pearson at `level`; hi may be INFINITY;
               ratio NAN when there is no event at all, INFINITY when only b has any */
};

/* Given n events in all, those of b are binomial with b's share of the exposure when the rates are
 * equal (Przyborowski and Wilenski 1940). 0; -EDOM: an exposure is not above 0. */
int rates_compare(const struct rate *a, const struct rate *b, double level, struct rate_test *out);

/* How much more the runs of both sides vary than a Poisson count does: Pearson's chi-squared over
 * its degrees of freedom within the sides, never below 1; 1 when there is one run a side. */
double rates_dispersion(const struct rate *a, size_t n, const struct rate *b, size_t m);

/* The sum of a side's runs, with the events divided by `dispersion` and rounded down: a count of
 * bursts, which is what happened independently (quasi-Poisson, McCullagh and Nelder 1989, 6.2). */
struct rate rates_pool(const struct rate *runs, size_t n, double dispersion);

/* What earlier runs tell of that: Pearson's chi-squared within their stretches with its degrees of
 * freedom. Stretches without an event say nothing of the dispersion and are not in it. */
struct rate_spread {
    double squares, df;
};
/* Adds one stretch of runs without a change. */
void rates_spread_add(struct rate_spread *spread, const struct rate *runs, size_t n);

/* rates_compare_runs with the dispersion of earlier runs pooled in. */
int rates_compare_spread(const struct rate *a, size_t n, const struct rate *b, size_t m,
                         const struct rate_spread *spread, double level, struct rate_test *out);

/* rates_compare of the pooled runs of both sides. Runs that vary more than Poisson counts do are
 * pooled by bursts, and because the dispersion is itself estimated on n + m - 2 degrees of freedom,
 * normal quantiles give way to those of t. */
int rates_compare_runs(const struct rate *a, size_t n, const struct rate *b, size_t m, double level,
                       struct rate_test *out);

#endif
