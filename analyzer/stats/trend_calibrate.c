/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/trend_calibrate.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/stats/trend_energy.h"
#include "base/trend_series.h"
#include "base/rng.h"

#define DEPENDENT 0.2 /* lag-1 correlation from which runs are permuted in blocks */
#define BLOCK     5
#define WIDEST    64.0 /* deviations: the largest change that is tried */
#define HALVINGS  12

/* The history's noise: residuals of its segments, and room for a permuted copy. */
struct noise {
    const struct trend *found;
    size_t count, block;
    double sigma;
    double *residuals, *permuted;
    struct energy_params energy;
    double margin;
    struct rng rng;
};

static size_t segment_start(const struct noise *n, size_t i)
{
    return i == 0 ? 0 : i > n->found->count ? n->count : n->found->points[i - 1].index;
}

/* Values less the median of their segment. */
static void take_centres(struct noise *n, const double *values)
{
    for (size_t s = 0; s <= n->found->count; s++) {
        size_t from = segment_start(n, s), to = segment_start(n, s + 1);
        series_sort(values + from, to - from, n->permuted);
        double centre = series_median(n->permuted, to - from);
        for (size_t i = from; i < to; i++)
            n->residuals[i] = values[i] - centre;
    }
    double squares = 0;
    for (size_t i = 0; i < n->count; i++)
        squares += n->residuals[i] * n->residuals[i];
    n->sigma = sqrt(squares / (double)n->count);
    n->block = series_lag1_split(n->residuals, n->count, 0) > DEPENDENT ? BLOCK : 1;
}

/* Fisher and Yates over the blocks of one segment; the last, shorter block stays where it is. */
static void permute_segment(struct noise *n, size_t from, size_t to)
{
    for (size_t left = (to - from) / n->block; left > 1; left--) {
        double *a = n->permuted + from + rng_below(&n->rng, left) * n->block;
        double *b = n->permuted + from + (left - 1) * n->block, kept[BLOCK];
        memcpy(kept, a, n->block * sizeof *a);
        memmove(a, b, n->block * sizeof *a);
        memcpy(b, kept, n->block * sizeof *a);
    }
}

static void permute(struct noise *n)
{
    memcpy(n->permuted, n->residuals, n->count * sizeof *n->permuted);
    for (size_t s = 0; s <= n->found->count; s++)
        permute_segment(n, segment_start(n, s), segment_start(n, s + 1));
}

/* Is a change told in these runs? `at` gets its place. */
static bool is_told(const struct noise *n, const double *runs, size_t count, size_t *at)
{
    double left[CALIBRATE_WINDOW], right[CALIBRATE_WINDOW];
    struct energy_test test = energy_test(runs, count, &n->energy);
    *at = test.at;
    if (!energy_tells(&test, &n->energy))
        return false;
    series_sort(runs, test.at, left);
    series_sort(runs + test.at, count - test.at, right);
    return fabs(series_shift(left, test.at, right, count - test.at)) >= n->margin;
}

/* One permuted history, a test after every run; what is told once is not told again, because the
 * next tests begin after it. */
static void cry_wolf(struct noise *n, struct trend_calibration *out)
{
    size_t from = 0;
    permute(n);
    for (size_t now = 2 * ENERGY_MIN_SIDE; now <= n->count; now++) {
        size_t start = now > from + CALIBRATE_WINDOW ? now - CALIBRATE_WINDOW : from, at;
        out->runs++;
        if (!is_told(n, n->permuted + start, now - start, &at))
            continue;
        out->alarms++;
        from = start + at;
    }
}

/* The share of permuted histories in which a shift of the last five runs is told. */
static double power(struct noise *n, double shift, size_t histories)
{
    size_t told = 0, at;
    size_t window = n->count < CALIBRATE_WINDOW ? n->count : CALIBRATE_WINDOW;
    for (size_t h = 0; h < histories; h++) {
        permute(n);
        double *runs = n->permuted + rng_below(&n->rng, n->count - window + 1);
        for (size_t i = window - CALIBRATE_AFTER; i < window; i++)
            runs[i] += shift;
        told += is_told(n, runs, window, &at);
    }
    return (double)told / (double)histories;
}

/* Bisection on a logarithmic scale: power rises with the shift. */
static double detectable(struct noise *n, size_t histories)
{
    double hi = WIDEST * n->sigma, lo = hi / 4096;
    if (power(n, hi, histories) < CALIBRATE_POWER)
        return NAN;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = sqrt(lo * hi);
        if (power(n, middle, histories) >= CALIBRATE_POWER)
            hi = middle;
        else
            lo = middle;
    }
    return hi;
}

/* P(X <= alarms) of a Poisson distribution. */
static double poisson_cdf(size_t alarms, double mean)
{
    double sum = 0;
    for (size_t k = 0; k <= alarms; k++)
        sum += exp((double)k * log(mean) - mean - lgamma((double)k + 1));
    return sum;
}

/* The mean at which so few alarms have a chance of 5 %, by bisection. */
static double poisson_bound(size_t alarms)
{
    double lo = (double)alarms, hi = 3 * (double)alarms + 10;
    for (int i = 0; i < 60; i++) {
        double mean = (lo + hi) / 2;
        if (poisson_cdf(alarms, mean) > 0.05)
            lo = mean;
        else
            hi = mean;
    }
    return hi;
}

int trend_calibrate(const double *values, size_t count, const struct trend *found,
                    const struct trend_params *params, size_t runs, size_t histories,
                    struct trend_calibration *out)
{
    *out = (struct trend_calibration){0, 0, NAN, NAN, NAN};
    if (found->state == TREND_TRENDING || found->state == TREND_SEASONAL)
        return -ENOTSUP;
    if (count < CALIBRATE_MIN || found->state != TREND_SEGMENTED || !runs || !histories)
        return -ENODATA;
    double *room = malloc(2 * count * sizeof *room);
    if (!room)
        return -ENOMEM;
    struct noise n = {
        .found = found,
        .count = count,
        .residuals = room,
        .permuted = room + count,
        .energy = {.alpha = params->alpha, .draws = params->draws, .decide = true, .newest = true},
        .margin = params->margin};
    take_centres(&n, values);
    rng_seed(&n.rng, series_hash(values, count));
    int ret = n.sigma > 0 ? 0 : -ENODATA;
    while (!ret && out->runs < runs)
        cry_wolf(&n, out);
    if (!ret) {
        out->alarms_per_100 = 100 * (double)out->alarms / (double)out->runs;
        out->alarms_hi_per_100 = 100 * poisson_bound(out->alarms) / (double)out->runs;
        out->detectable = detectable(&n, histories);
    }
    free(room);
    return ret;
}
