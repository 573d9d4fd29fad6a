/* SPDX-License-Identifier: BSD-3-Clause */
/* Small robust figures of a series of runs, shared by the trend methods. Pure; values are finite.
 */
#ifndef BASE_TREND_SERIES_H
#define BASE_TREND_SERIES_H

#include <stddef.h>
#include <stdint.h>

void series_sort(const double *values, size_t count, double *sorted);
/* Of sorted values; 0 of none. */
double series_median(const double *sorted, size_t count);
/* Mean |x - y| over all pairs of sorted values, 0 of fewer than two. */
double series_mean_distance(const double *sorted, size_t count);
/* Hodges and Lehmann 1963: the median of all differences y - x, both sides sorted and not empty.
 * Found by bisection over the differences in O((m + n) log(range / precision)), no m x n table. */
double series_shift(const double *x, size_t count_x, const double *y, size_t count_y);
/* Correlation of neighbours once the mean of each side of a split is taken out (the pair across
 * the split is left out); 0 when nothing varies. `at` = 0: one side. */
double series_lag1_split(const double *values, size_t count, size_t at);
/* Of the ranks: the same for any increasing change of unit. */
uint64_t series_hash(const double *values, size_t count);

#endif
