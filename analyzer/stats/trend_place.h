/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a change may have happened: an interval for its place. Pure. */
#ifndef ANALYZER_STATS_TREND_PLACE_H
#define ANALYZER_STATS_TREND_PLACE_H

#include <stddef.h>

/* First indexes of the new segment that the runs do not rule out, both ends included. */
struct trend_place {
    size_t lo, hi;
};

/* 95 % interval of a change at `at` (0 < at < count) in a stretch with this one change. All t whose
 * normal log-likelihood, with both means fitted, lies within 3.68 of the best one's: the two-sided
 * walk of log-likelihoods around the true place exceeds x with probability at most
 * 1 - (1 - e^-x)^2 (Siegmund 1988). Values are first clipped at three deviations from their
 * side's median, and the bound is widened by (1 + rho) / (1 - rho) for correlated runs.
 * -ENOMEM. */
int trend_place(const double *values, size_t count, size_t at, struct trend_place *out);

#endif
