/* SPDX-License-Identifier: BSD-3-Clause */
/* The interval of a p99, of runs of seconds whose level drifts. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/stats/percentile.h"
#include "analyzer/stats/quantile.h"
#include "analyzer/stats/rates.h"
#include "tests/bench/noise.h"
#include "tests/bench/validate.h"

/* The p99 of a run of seconds whose level drifts: a fifth of the variance of a sample's logarithm
 * is the second's, which follows the one before with correlation phi. */
struct drift_row {
    size_t seconds;
    double phi;
    double runs;    /* in units of the series: more where few have an interval, fewer where each is long */
    double printed; /* of so many runs at least an interval is printed; 0: no matter */
};

static const struct drift_row drift_rows[] = {
    {30, 0, 3, 0.65},      {30, 0.3, 3, 0},       {30, 0.5, 3, 0},       {30, 0.8, 3, 0},
    {60, 0, 0.5, 0.98},    {60, 0.3, 0.5, 0.8},   {60, 0.5, 0.5, 0},     {60, 0.8, 0.5, 0},
    {100, 0, 0.4, 0.99},   {100, 0.3, 0.4, 0.99}, {100, 0.5, 0.4, 0.9},  {100, 0.8, 0.4, 0},
    {300, 0, 0.15, 0.99},  {300, 0.3, 0.15, 0.99}, {300, 0.5, 0.15, 0.99}, {300, 0.8, 0.15, 0.9},
};

#define SECONDS_MAX 300
#define SAMPLES     100 /* of a second */
#define P99         0.99
#define TOLD        (1.0 / 30) /* fewer of the runs with an interval: its coverage is shown only */

/* The value of rank `k`, from 0; sorts x as far as it must (Hoare 1961). */
static double nth(double *x, size_t count, size_t k)
{
    size_t from = 0, to = count - 1;
    while (from < to) {
        double pivot = x[(from + to) / 2];
        size_t i = from, j = to;
        for (;; i++, j--) {
            while (x[i] < pivot)
                i++;
            while (x[j] > pivot)
                j--;
            if (i >= j)
                break;
            double t = x[i];
            x[i] = x[j];
            x[j] = t;
        }
        if (k <= j)
            to = j;
        else
            from = j + 1;
    }
    return x[k];
}

static void drift_fill(struct rng *rng, const struct drift_row *r, double *x)
{
    double level = noise_normal(rng), step = sqrt(1 - r->phi * r->phi);
    for (size_t k = 0; k < r->seconds; k++) {
        for (size_t i = 0; i < SAMPLES; i++)
            x[k * SAMPLES + i] = sqrt(0.2) * level + sqrt(0.8) * noise_normal(rng);
        level = r->phi * level + step * noise_normal(rng);
    }
}

/* Of the interval of one run's p99. It has one when its upper end lies within the samples, which is
 * printed when it is reliable, and holds the true p99 when the share of samples up to that is within. */
struct drift_told {
    bool held, bounded, printed;
};

static struct drift_told drift_tell(const struct ratio_band *band, double below, size_t count)
{
    double end = percentile_upper_end(P99, band->half_width_most);
    bool bounded = (1 - end) * (double)count >= 1;
    return (struct drift_told){below >= P99 - band->half_width_most && below <= end, bounded,
                               bounded && band->reliable};
}

static struct drift_told drift_once(struct rng *rng, const struct drift_row *r, double truth)
{
    static double x[SECONDS_MAX * SAMPLES], sorted[SECONDS_MAX * SAMPLES];
    struct cluster seconds[SECONDS_MAX] = {0}, median[SECONDS_MAX] = {0};
    struct ratio_band band;
    size_t count = r->seconds * SAMPLES;
    drift_fill(rng, r, x);
    memcpy(sorted, x, count * sizeof *x);
    double p99 = nth(sorted, count, (size_t)ceil(P99 * (double)count) - 1);
    double p50 = nth(sorted, count, count / 2 - 1), below = 0;
    for (size_t i = 0; i < count; i++) {
        seconds[i / SAMPLES].count++;
        median[i / SAMPLES].count++;
        seconds[i / SAMPLES].part += x[i] <= p99;
        median[i / SAMPLES].part += x[i] <= p50;
        below += x[i] <= truth;
    }
    if (ratio_band(seconds, median, r->seconds, P99 * (1 - P99), &band))
        abort();
    return drift_tell(&band, below / (double)count, count);
}

struct drift_counts {
    uint32_t printed, held, kept_back, kept_back_held;
};

static struct drift_counts drift_count(const struct drift_row *r, uint32_t series, uint64_t seed)
{
    struct drift_counts c = {0};
    struct rng rng;
    rng_seed(&rng, seed);
    for (uint32_t k = 0; k < series; k++) {
        struct drift_told t = drift_once(&rng, r, quantile_normal(P99));
        c.printed += t.printed;
        c.held += t.printed && t.held;
        c.kept_back += t.bounded && !t.printed;
        c.kept_back_held += t.bounded && !t.printed && t.held;
    }
    return c;
}

static double share(uint32_t part, uint32_t of)
{
    return of ? (double)part / of : NAN;
}

/* Four rows a kind of run: in how many it is printed, how many of those hold the truth, how many runs
 * are told a wrong one, and how many of those that are kept back would have held it. */
static int print_drift(const struct drift_row *r, uint32_t series, uint64_t seed)
{
    struct drift_counts c = drift_count(r, series, seed);
    char noise[32], runs[32];
    double printed = share(c.printed, series);
    snprintf(noise, sizeof noise, "phi %g", r->phi);
    snprintf(runs, sizeof runs, "%zu s", r->seconds);
    int missed = validate_row("p99 of drifting seconds: printed", noise, runs, printed,
                           r->printed > 0 ? BAR_LEAST : BAR_NONE, r->printed, series);
    missed += validate_row("coverage of those, 95 %", noise, runs, share(c.held, c.printed),
                        printed >= TOLD ? BAR_LEAST : BAR_NONE, 0.92, c.printed);
    missed += validate_row("printed and wrong, of all runs", noise, runs,
                        share(c.printed - c.held, series), BAR_MOST,
                        printed >= TOLD ? 0.05 : 0.01, series);
    if (c.kept_back)
        missed += validate_row("coverage of those kept back", noise, runs,
                            share(c.kept_back_held, c.kept_back), BAR_NONE, 0, c.kept_back);
    return missed;
}

int validate_drifts(uint32_t series, uint64_t seed)
{
    int missed = 0;
    for (size_t i = 0; i < sizeof drift_rows / sizeof *drift_rows; i++)
        missed += print_drift(&drift_rows[i], (uint32_t)ceil(series * drift_rows[i].runs), seed);
    return missed;
}
