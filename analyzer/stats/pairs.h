/* SPDX-License-Identifier: BSD-3-Clause */
/* All pairs of values, whose order statistics give the Hodges-Lehmann shift and its interval. */
#ifndef ANALYZER_STATS_PAIRS_H
#define ANALYZER_STATS_PAIRS_H

#include <stddef.h>

/* The n m differences b - a, ascending; NULL without memory. The caller frees. */
double *pairs_between(const double *a, size_t n, const double *b, size_t m);
/* The n (n + 1) / 2 averages of d_i and d_j, i <= j, ascending (Walsh). */
double *pairs_within(const double *d, size_t n);

#endif
