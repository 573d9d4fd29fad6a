/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether steps are the right picture of a history at all. A ramp or a season is found by any scan
 * for steps, again and again, and each of the steps would be an invention. Pure.
 */
#ifndef ANALYZER_STATS_TREND_SHAPE_H
#define ANALYZER_STATS_TREND_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

/* Steps as proposed: starts[0] = 0 < starts[1] < ..., `segments` of them. */
struct trend_steps {
    const size_t *starts;
    size_t segments;
};

/* The runs climb (or fall) within the segments the way the segments climb: Kendall's score over
 * all pairs within segments, signed by the direction of the neighbouring segments, p < 0.001,
 * and either a straight line or a parabola has the better BIC by 6, or the pooled tau is 0.4.
 * -ENOMEM, else 0 or 1. */
int trend_is_ramp(const double *values, size_t count, const struct trend_steps *steps);

/* The period in runs of a season seen at least four times in the last 2048 runs, 0 without one:
 * Fisher's 1929 test of the largest periodogram ordinate (p < 0.001) that also holds 30 % of the
 * variance, of the runs less the segments' means or, where that has the better BIC than the
 * steps, of the runs less a line. -ENOMEM. */
int trend_season(const double *values, size_t count, const struct trend_steps *steps,
                 double *period);

#endif
