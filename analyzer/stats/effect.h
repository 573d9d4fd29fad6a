/* SPDX-License-Identifier: BSD-3-Clause */
/* How large a difference is, apart from whether it is one. Pure. */
#ifndef ANALYZER_STATS_EFFECT_H
#define ANALYZER_STATS_EFFECT_H

#include <stddef.h>
#include <stdint.h>

#include "base/hist.h"

/* P(b > a) - P(b < a) over all pairs, -1 ... 1 (Cliff 1993); NAN when a side is empty.
 * Compares every pair. */
double effect_cliff(const double *a, size_t n, const double *b, size_t m);

/* The quantiles of the shift function: p10, p20 ... p90, p95, p99, p99.9. */
#define EFFECT_SHIFTS 12
struct shift_point {
    uint64_t num, den; /* the quantile is num / den */
    double a, b;       /* its values, nearest rank; NAN with fewer than ten samples beyond it */
};

/* Doksum 1974, Wilcox 1995: how each part of the distribution moved. From sorted samples, or from
 * histograms (values in ns, +- 0.1 %). */
void effect_shift_sorted(const double *a, size_t n, const double *b, size_t m,
                         struct shift_point out[EFFECT_SHIFTS]);
void effect_shift_hist(const struct hist_sum *a, const struct hist_sum *b,
                       struct shift_point out[EFFECT_SHIFTS]);

#endif
