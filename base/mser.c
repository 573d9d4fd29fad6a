/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/mser.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define DRIFTS 0.01

/* Means of five, less the first of them so that squares lose no digits; returns that first one. */
static double batch(const double *values, size_t batches, double *out)
{
    double first = 0;
    for (size_t b = 0; b < batches; b++) {
        double sum = 0;
        for (size_t i = 0; i < MSER_BATCH; i++)
            sum += values[b * MSER_BATCH + i];
        out[b] = sum / MSER_BATCH - first;
        first = b == 0 ? out[0] : first;
    }
    out[0] = 0;
    return first;
}

/* The number of batches to cut; at least the last five are kept, since fewer look alike by
 * chance. From the end forward, by Welford's update. */
static size_t best_cut(const double *x, size_t batches)
{
    double mean = 0, squares = 0, least = INFINITY;
    size_t cut = 0;
    for (size_t kept = 1; kept <= batches; kept++) {
        double value = x[batches - kept], apart = value - mean;
        mean += apart / (double)kept;
        squares += apart * (value - mean);
        double score = squares / ((double)kept * (double)kept);
        if (kept < MSER_BATCH || score > least)
            continue;
        least = score;
        cut = batches - kept;
    }
    return cut;
}

static double mean_of(const double *x, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += x[i];
    return sum / (double)count;
}

static double deviation(const double *x, size_t count)
{
    double mean = mean_of(x, count), squares = 0;
    for (size_t i = 0; i < count; i++)
        squares += (x[i] - mean) * (x[i] - mean);
    return sqrt(squares / (double)count);
}

/* Surely, and by more than the batches scatter: the last traces of a warm-up are no drift. */
static bool drifts(const struct trend_drift *drift, const double *x, size_t count)
{
    return drift->p < DRIFTS && fabs(drift->change) > deviation(x, count);
}

int mser_find(const double *values, size_t count, struct mser *out)
{
    size_t batches = count / MSER_BATCH;
    *out = (struct mser){0};
    if (batches < MSER_MIN)
        return -ENODATA;
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return -EINVAL;
    double *x = malloc(batches * sizeof *x);
    if (!x)
        return -ENOMEM;
    double first = batch(values, batches, x);
    size_t cut = best_cut(x, batches);
    bool settled = 2 * cut <= batches;
    cut = settled ? cut : 0;
    int ret = trend_drift(x + cut, batches - cut, &out->drift);
    out->cut = cut * MSER_BATCH;
    out->mean = first + mean_of(x + cut, batches - cut);
    out->steady = settled && !drifts(&out->drift, x + cut, batches - cut);
    free(x);
    return ret;
}
