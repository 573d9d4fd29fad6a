/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/trend_place.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/trend_series.h"

#define WALK_BOUND 3.6763 /* -ln(1 - sqrt(0.95)) */
#define CLIP       3.0    /* deviations */
#define TO_SIGMA   1.4826 /* median absolute deviation of a normal sample to its sigma */

/* Median absolute deviation from each side's median, as a sigma; `scratch` holds count values. */
static double spread(const double *values, size_t count, size_t at, const double centre[2],
                     double *scratch)
{
    for (size_t i = 0; i < count; i++)
        scratch[i] = fabs(values[i] - centre[i >= at]);
    series_sort(scratch, count, scratch);
    return TO_SIGMA * series_median(scratch, count);
}

/* Clips the values, so that one wild run does not decide where the change is. */
static void clip(const double *values, size_t count, size_t at, double *out)
{
    double centre[2];
    series_sort(values, at, out);
    centre[0] = series_median(out, at);
    series_sort(values + at, count - at, out);
    centre[1] = series_median(out, count - at);
    double far = CLIP * spread(values, count, at, centre, out);
    double lo = fmin(centre[0], centre[1]) - far, hi = fmax(centre[0], centre[1]) + far;
    for (size_t i = 0; i < count; i++)
        out[i] = (far > 0 ? fmin(fmax(values[i], lo), hi) : values[i]) - centre[0];
}

/* The sum of squares that a split at t explains, given the sums before it and of all. */
static double explained(double before, double all, double t, double n)
{
    double apart = before / t - (all - before) / (n - t);
    return t * (n - t) / n * apart * apart;
}

/* The hull of all places that explain within `slack` of the best one, and of `at`. */
static void hull(const double *x, size_t count, double all, double least, struct trend_place *out)
{
    double before = 0;
    for (size_t t = 1; t < count; t++) {
        before += x[t - 1];
        if (explained(before, all, (double)t, (double)count) < least)
            continue;
        out->lo = t < out->lo ? t : out->lo;
        out->hi = t > out->hi ? t : out->hi;
    }
}

int trend_place(const double *values, size_t count, size_t at, struct trend_place *out)
{
    *out = (struct trend_place){at, at};
    double *x = malloc(count * sizeof *x);
    if (!x)
        return -ENOMEM;
    clip(values, count, at, x);
    double all = 0, squares = 0, before = 0, best = 0;
    for (size_t i = 0; i < count; i++)
        all += x[i];
    for (size_t i = 0; i < count; i++)
        squares += (x[i] - all / (double)count) * (x[i] - all / (double)count);
    for (size_t t = 1; t < count; t++) {
        before += x[t - 1];
        best = fmax(best, explained(before, all, (double)t, (double)count));
    }
    double lag1 = series_lag1_split(x, count, at);
    /* less its bias beside two fitted means (Kendall 1954: 1 + 3 rho over n for one) */
    double rho = fmin(0.9, fmax(0, lag1 + (2 + 4 * lag1) / (double)count));
    double variance = fmax(0, squares - best) / fmax(1, (double)count - 2);
    hull(x, count, all, best - 2 * variance * WALK_BOUND * (1 + rho) / (1 - rho), out);
    free(x);
    return 0;
}
