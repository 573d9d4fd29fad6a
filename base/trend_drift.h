/* SPDX-License-Identifier: BSD-3-Clause */
/* Slow drift within a stretch of runs that no change point divides. Pure. */
#ifndef BASE_TREND_DRIFT_H
#define BASE_TREND_DRIFT_H

#include <stddef.h>

#define DRIFT_MIN 8   /* runs: below, the normal approximation of Mann-Kendall does not hold */
#define DRIFT_MAX 400 /* only the last so many runs are looked at */

struct trend_drift {
    size_t count;  /* runs looked at; 0: too few, the figures below are NAN */
    double slope;  /* Theil 1950, Sen 1968: the median of all pairwise slopes, a run */
    double change; /* slope * (count - 1) */
    double score;  /* Mann-Kendall S: rising pairs less falling pairs */
    double p;      /* two-sided; NAN when all runs are the same */
    double lag1;   /* of the runs less the slope */
};

/* The variance of S is that of Kendall 1975 with ties, times n / n* of Yue and Wang 2004 for the
 * lag-1 correlation of the detrended runs (never below 1). -ENOMEM. */
int trend_drift(const double *values, size_t count, struct trend_drift *out);

/* S and its variance for independent runs. */
struct kendall {
    double score, variance;
};
struct kendall trend_kendall(const double *values, size_t count, double *scratch);

#endif
