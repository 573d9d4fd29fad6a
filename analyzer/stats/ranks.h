/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rank tests that stay exact with ties.
 *
 * The null distribution is that of the midranks at hand (doubled, so that they are whole), counted
 * by dynamic programming over all arrangements; beyond RANKS_EXACT_MAX values a seeded sample of
 * arrangements stands in for all of them. A two-sided p counts the arrangements whose rank sum is
 * at least as far from its mean as the observed one. Intervals belong to the Hodges-Lehmann shift
 * and come from the distribution without ties, whose level ties can only raise.
 * Sources: Wilcoxon 1945; Mann and Whitney 1947; Hodges and Lehmann 1963; Hollander, Wolfe and
 * Chicken 2014, 3.1-3.3, 4.1-4.3. Pure; allocates scratch memory and frees it.
 */
#ifndef ANALYZER_STATS_RANKS_H
#define ANALYZER_STATS_RANKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RANKS_EXACT_MAX 60     /* values of both sides, or pairs */
#define RANKS_DRAWS     100000 /* arrangements drawn beyond */

/* How a test draws when it cannot count. draws 0: RANKS_DRAWS. */
struct rank_draws {
    uint64_t seed;
    uint32_t draws;
};

struct rank_test {
    double p;     /* two-sided; NAN: nothing varies */
    double p_min; /* the smallest that any data with these ties could reach; NAN when drawn */
    bool exact;   /* p counted, not drawn */
    double shift; /* Hodges-Lehmann: median of the differences b - a (of the pair averages) */
    size_t n;     /* values that count: of both sides; of pairs those that differ */
};

/* Shift of b against a. 0; -ERANGE: a side is empty; -ENOMEM. */
int ranks_two_sample(const double *a, size_t n, const double *b, size_t m,
                     const struct rank_draws *draws, struct rank_test *out);
/* Shift of paired differences d = b - a from 0 by signed ranks. Zero differences are left out of
 * the test (Wilcoxon 1945) and kept for the shift. */
int ranks_paired(const double *d, size_t n, const struct rank_draws *draws, struct rank_test *out);

struct rank_interval {
    double lo, hi;
    double level; /* exact coverage, at least what was asked for; normal beyond the exact limit */
};
/* Interval of the shift at `level`, 0 < level < 1. -ERANGE: so few values cannot give that level;
 * out->level is then the highest that they reach. -ENOMEM. */
int ranks_two_sample_interval(const double *a, size_t n, const double *b, size_t m, double level,
                              struct rank_interval *out);
int ranks_paired_interval(const double *d, size_t n, double level, struct rank_interval *out);

/* Doubled midranks of n values: 2 x rank, ties share the sum of their places. `order` is scratch
 * for n indexes. */
void ranks_double(const double *x, size_t n, uint32_t *order, uint32_t *rank2);

#endif
