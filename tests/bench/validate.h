/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What `validate-stats` simulates, part by part, and the table that all of them print. A part takes a
 * number of series a row and a seed, and returns how many bars it missed.
 */
#ifndef TESTS_BENCH_VALIDATE_H
#define TESTS_BENCH_VALIDATE_H

#include <stdint.h>

#define ALPHA 0.05
#define SIGMA 0.03 /* between runs, on the logarithm */

/* What is counted over the series of a row of comparisons. */
enum asks {
    ASK_P,     /* adjusted p <= alpha */
    ASK_RANKS, /* exact Mann-Whitney p <= alpha */
    ASK_WELCH, /* Welch's t, for comparison: p <= alpha */
    ASK_GATE,  /* p of the gate over METRICS metrics <= alpha */
    ASK_COVER, /* the 95 % interval holds the truth */
    ASK_SAME,  /* verdict: same */
    ASK_WORSE, /* verdict: regression */
};

/* What the bar says of the share: within the 99 % band of `bar`, at most, at least (bands on the
 * lenient side), or shown without a bar. */
enum bar { BAR_BAND, BAR_MOST, BAR_LEAST, BAR_NONE };

/* A line of the table; 1: its bar was missed. */
int validate_row(const char *what, const char *noise, const char *runs, double share, enum bar bar,
                 double value, uint32_t series);

/* Comparisons of runs with noise. */
int validate_runs(uint32_t series, uint64_t seed);
/* Comparisons of runs in which something happens so and so often. */
int validate_counts(uint32_t series, uint64_t seed);
/* Intervals of the p99 of one run. */
int validate_drifts(uint32_t series, uint64_t seed);

#endif
