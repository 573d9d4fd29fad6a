/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is there a change in a stretch of runs, and after which run? The energy statistic (Szekely and
 * Rizzo 2004; Matteson and James 2014 for its scan) compares whole distributions:
 * Q(t) = t (n - t) / n (2 mean|X - Y| - mean|X - X'| - mean|Y - Y'|), X the first t runs and Y the
 * others. Its maximum over t is judged by permuting the runs and taking the maximum anew each
 * time, so that choosing the best split is paid for. Where neighbouring runs are correlated, the
 * observed Q(t) is first divided by the inflation of an AR(1) process of that correlation, and the
 * runs less the change are permuted, which destroys the correlation (docs/STATISTICS_TREND.md
 * compares this with permuting blocks: fewer changes found, more false alarms). Where the last run
 * is the newest there is (`newest`) and a test follows every run, a split with few runs before it
 * is no news, and one with many after it was tested before: Q(t) counts from 10 runs before t on,
 * and fades by the fourth root of the runs after it, from 6 to 30. The seed is a hash
 * of the ranks: a verdict repeats, also after a change of unit. Pure; all memory is on the stack
 * (50 KiB).
 */
#ifndef ANALYZER_STATS_TREND_ENERGY_H
#define ANALYZER_STATS_TREND_ENERGY_H

#include <stdbool.h>
#include <stddef.h>

#define ENERGY_MIN_SIDE 3   /* runs on each side of a split, at least */
#define ENERGY_MAX      400 /* runs in one scan, at most */

struct energy_params {
    double alpha;   /* 0 < alpha < 1: draws stop once p > alpha is certain */
    unsigned draws; /* B: permutations, at most */
    bool decide;    /* draw no further than the decision: a p that tells nothing is a lower bound */
    bool newest;    /* the last run is the newest there is, and a test follows every run */
    bool plain;     /* scan every permutation in full: the same answer, slower (for tests) */
};

struct energy_test {
    size_t at;      /* runs before the best split: the index of the first run after it */
    double q;       /* Q there, in units of the mean distance between two runs */
    double p;       /* NAN when the runs are all the same or fewer than 6 */
    double lag1;    /* correlation of neighbours once the change is taken out, less its bias */
    unsigned draws; /* permutations made; fewer than B when p was certain early */
    double phi;     /* correlation that Q allows for: lag1, or 0 where chance explains it */
};

/* p < alpha: a change is told. An equal p does not tell one. */
bool energy_tells(const struct energy_test *test, const struct energy_params *params);

/* The best split of `count` <= ENERGY_MAX finite values. Without a split (too few, all the same)
 * `at` is 0 and p is NAN. */
struct energy_test energy_test(const double *values, size_t count,
                               const struct energy_params *params);

/* The place of the best split alone, 0 without one. */
size_t energy_split(const double *values, size_t count);

#endif
