/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/trend_drift.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/trend_series.h"

/* Kendall 1975: (n (n-1) (2n+5) - sum over ties of t (t-1) (2t+5)) / 18; `sorted` values. */
static double variance_of_score(const double *sorted, size_t count)
{
    double n = (double)count, sum = n * (n - 1) * (2 * n + 5);
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && !(sorted[next] > sorted[i]); next++)
            ;
        double t = (double)(next - i);
        sum -= t * (t - 1) * (2 * t + 5);
    }
    return sum / 18;
}

struct kendall trend_kendall(const double *values, size_t count, double *scratch)
{
    struct kendall out = {0, 0};
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            out.score += (values[j] > values[i]) - (values[j] < values[i]);
    series_sort(values, count, scratch);
    out.variance = variance_of_score(scratch, count);
    return out;
}

/* n / n* for an AR(1) process (Yue and Wang 2004, eq. 11): how much the variance of S grows. */
static double inflation(double rho, size_t count)
{
    double n = (double)count, r = fmin(rho, 0.95);
    if (!(r > 0))
        return 1;
    return 1 + 2 * (pow(r, n + 1) - n * r * r + (n - 1) * r) / (n * (r - 1) * (r - 1));
}

static double median_slope(const double *values, size_t count, double *slopes)
{
    size_t pairs = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            slopes[pairs++] = (values[j] - values[i]) / (double)(j - i);
    series_sort(slopes, pairs, slopes);
    return series_median(slopes, pairs);
}

int trend_drift(const double *values, size_t count, struct trend_drift *out)
{
    *out = (struct trend_drift){0, NAN, NAN, NAN, NAN, NAN};
    if (count < DRIFT_MIN)
        return 0;
    values += count > DRIFT_MAX ? count - DRIFT_MAX : 0;
    count = count > DRIFT_MAX ? DRIFT_MAX : count;
    double *scratch = malloc(count * (count - 1) / 2 * sizeof *scratch), flat[DRIFT_MAX];
    if (!scratch)
        return -ENOMEM;
    out->count = count;
    out->slope = median_slope(values, count, scratch);
    out->change = out->slope * (double)(count - 1);
    for (size_t i = 0; i < count; i++)
        flat[i] = values[i] - out->slope * (double)i;
    out->lag1 = series_lag1_split(flat, count, 0);
    struct kendall k = trend_kendall(values, count, scratch);
    out->score = k.score;
    double z = fmax(0, fabs(k.score) - 1) / sqrt(k.variance * inflation(out->lag1, count));
    out->p = k.variance > 0 ? erfc(z / M_SQRT2) : NAN;
    free(scratch);
    return 0;
}
