/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/trend_energy.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "analyzer/stats/trend_scan.h"
#include "base/trend_series.h"
#include "base/rng.h"

#define EXCEEDANCES   10  /* Besag and Clifford 1991: stop after so many, p is then their share */
#define DEPENDENT     0.2 /* lag-1 correlation that is allowed for at any length */
#define DEPENDENT_MAX 0.95
#define BIAS          4.0 /* of a correlation beside the best split, over the runs */
#define BIAS_SLOPE    10.0
#define BIAS_SQUARE   50.0  /* over the square of the runs, from FEW runs on */
#define FEW           20.0  /* runs up to which chance is never taken to explain a correlation */
#define FITTED        8.0   /* runs' worth of noise that the best split explains */
#define FITTED_RUNS   14    /* fewer runs leave too little noise: they are permuted as they are */
#define SURE          60.0  /* z^2 of a step that correlation up to 0.6 hardly ever shows */
#define ROUNDING      2e-6f /* float sums in another order: an equal arrangement counts as equal */

/* Values centred and scaled by their mean distance, so that floats lose nothing that matters.
 * False: nothing to split. */
static bool standardize(const double *values, size_t count, double *out)
{
    double sorted[ENERGY_MAX];
    assert(count <= ENERGY_MAX);
    if (count < 2 * ENERGY_MIN_SIDE)
        return false;
    series_sort(values, count, sorted);
    double middle = series_median(sorted, count), unit = series_mean_distance(sorted, count);
    for (size_t i = 0; i < count && unit > 0; i++)
        out[i] = (values[i] - middle) / unit;
    return unit > 0;
}

static void make_ready(struct stretch *s, const double *values, size_t count, bool newest)
{
    memset(s, 0, sizeof *s);
    s->newest = newest;
    scan_fill(s, values, count);
    scan_weigh(s, 0);
}

/* Permutations that reach Q from which on nothing is told any more. */
static unsigned too_many(const struct energy_params *params)
{
    return (unsigned)fmax(1, ceil(params->alpha * (params->draws + 1) - 1e-9) - 1);
}

/* Draws until p is known, or known not to be below alpha; returns p. The decision is the same
 * either way. */
static double permute(struct stretch *s, float q, const struct energy_params *params, uint64_t seed,
                      struct energy_test *out)
{
    struct rng r;
    rng_seed(&r, seed);
    q *= 1 - ROUNDING;
    scan_aim(s, q);
    unsigned open = too_many(params), reached = 0;
    unsigned enough = params->decide || open > EXCEEDANCES ? open : EXCEEDANCES;
    for (out->draws = 0; out->draws < params->draws && reached < enough; out->draws++) {
        scan_shuffle(s, &r);
        reached += scan_reaches(s, q, params->plain);
    }
    if (reached >= enough && !params->decide)
        return (double)reached / out->draws;
    return (1.0 + reached) / (1.0 + params->draws);
}

/* Where the mean moves most: the square of the best split's score in units of what is left. */
static double best_mean_split(const double *x, size_t count, size_t *at)
{
    double all = 0, squares = 0, before = 0, best = 0, n = (double)count;
    for (size_t i = 0; i < count; i++) {
        all += x[i];
        squares += x[i] * x[i];
    }
    for (size_t t = 1; t + ENERGY_MIN_SIDE <= count; t++) {
        before += x[t - 1];
        double apart = before / (double)t - (all - before) / (n - (double)t);
        double explained = (double)t * (n - (double)t) / n * apart * apart;
        if (t < ENERGY_MIN_SIDE || explained <= best)
            continue;
        best = explained;
        *at = t;
    }
    double left = squares - all * all / n - best;
    return left > 1e-12 * squares ? n * best / left : best > 0 ? INFINITY : 0;
}

/* The runs less their mean, and less further steps that are beyond doubt also in correlated runs:
 * a step that is left in would look like correlation. */
static void flatten(const double *x, size_t count, double *noise)
{
    size_t at = 0;
    if (count >= 2 * ENERGY_MIN_SIDE && best_mean_split(x, count, &at) > SURE) {
        flatten(x, at, noise);
        flatten(x + at, count - at, noise + at);
        return;
    }
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += x[i];
    for (size_t i = 0; i < count; i++)
        noise[i] = x[i] - sum / (double)count;
}

/* The noise beside a split: without the change, which would count as noise otherwise. */
static void noise_beside(const double *x, size_t count, size_t at, double *noise)
{
    flatten(x, at, noise);
    flatten(x + at, count - at, noise + at);
}

/* Correlation of neighbours beside the best split, less its bias there (measured over phi 0 to 0.6
 * and 20 to 100 runs; after one fitted mean it is near 1 + 3 phi, Kendall 1954). */
static double neighbours(const double *noise, size_t count)
{
    double square = 0, product = 0;
    for (size_t i = 0; i < count; i++) {
        square += noise[i] * noise[i];
        product += i ? noise[i] * noise[i - 1] : 0;
    }
    if (!(square > 1e-12))
        return 0;
    double n = (double)count, lag1 = product / square;
    return lag1 + (BIAS + BIAS_SLOPE * lag1) / n + BIAS_SQUARE / pow(fmax(n, FEW), 2);
}

/* The correlation that the test allows for: 0 below what independent runs show by chance, which
 * few runs cannot tell from correlation. */
static double dependence(double lag1, size_t count)
{
    double n = (double)count, told = 1 - pow(FEW / fmax(n, FEW), 2);
    return lag1 > told * fmin(DEPENDENT, 1 / sqrt(n)) ? fmin(lag1, DEPENDENT_MAX) : 0;
}

/* Permutations are then of the noise beside the split, enlarged by what the split explains of it.
 */
static void take_noise(struct stretch *s, const double *x, size_t at)
{
    double noise[ENERGY_MAX], n = (double)s->count;
    if (s->count < FITTED_RUNS)
        return;
    noise_beside(x, s->count, at, noise);
    for (size_t i = 0; i < s->count; i++)
        noise[i] *= sqrt(n / (n - FITTED));
    scan_fill(s, noise, s->count);
}

/* The best split, with Q(t) lowered by what correlation between neighbours adds to it. Leaves the
 * stretch ready for permutations: of all runs, or of the noise of correlated ones. */
static struct split best_split(struct stretch *s, const double *x, struct energy_test *out)
{
    double noise[ENERGY_MAX];
    struct split best = scan_best(s);
    noise_beside(x, s->count, best.at, noise);
    out->lag1 = neighbours(noise, s->count);
    out->phi = dependence(out->lag1, s->count);
    if (!(out->phi > 0))
        return best;
    scan_weigh(s, out->phi);
    best = scan_best(s);
    scan_weigh(s, 0);
    take_noise(s, x, best.at);
    return best;
}

bool energy_tells(const struct energy_test *test, const struct energy_params *params)
{
    return test->p < params->alpha;
}

struct energy_test energy_test(const double *values, size_t count,
                               const struct energy_params *params)
{
    struct energy_test out = {.p = NAN, .lag1 = NAN};
    struct stretch s;
    double x[ENERGY_MAX];
    if (!standardize(values, count, x))
        return out;
    make_ready(&s, x, count, params->newest);
    struct split best = best_split(&s, x, &out);
    out.at = best.at;
    out.q = best.q;
    if (best.at)
        out.p = permute(&s, best.q, params, series_hash(values, count), &out);
    return out;
}

size_t energy_split(const double *values, size_t count)
{
    struct stretch s;
    double x[ENERGY_MAX];
    if (!standardize(values, count, x))
        return 0;
    make_ready(&s, x, count, false);
    return scan_best(&s).at;
}
