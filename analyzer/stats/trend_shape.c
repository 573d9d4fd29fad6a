/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/trend_shape.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/trend_drift.h"

#define CERTAIN     0.001 /* p below which a shape is believed */
#define BETTER_BIC  6.0   /* "strong" in Kass and Raftery 1995 */
#define STRONG_TAU  0.4
#define SEGMENT_MAX 400 /* runs of a segment that Kendall's score looks at */
#define SEASON_MAX  2048
#define SEASON_MIN  24
#define CYCLES      4   /* a season is seen at least so often */
#define SHARE       0.3 /* of the variance, in one ordinate */

static size_t end_of(const struct trend_steps *s, size_t i, size_t count)
{
    return i + 1 < s->segments ? s->starts[i + 1] : count;
}

static double mean(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum / (double)count;
}

/* The values less the mean of their segment; returns the sum of squares. */
static double less_steps(const double *values, size_t count, const struct trend_steps *steps,
                         double *out)
{
    double squares = 0;
    for (size_t i = 0; i < steps->segments; i++) {
        size_t from = steps->starts[i], to = end_of(steps, i, count);
        double centre = mean(values + from, to - from);
        for (size_t k = from; k < to; k++) {
            out[k] = values[k] - centre;
            squares += out[k] * out[k];
        }
    }
    return squares;
}

/* The values less a polynomial of degree 0 to 2 over the runs, by Gram-Schmidt; returns the sum of
 * squares. */
static double less_curve(const double *values, size_t count, int degree, double *out)
{
    double n = (double)count, centre = mean(values, count), squares = 0;
    double second = (n * n - 1) / 12, fit[3] = {0, 0, 0}, norm[3] = {1, 0, 0};
    for (size_t i = 0; i < count; i++) {
        double t = (double)i - (n - 1) / 2, basis[3] = {1, t, t * t - second};
        for (int d = 1; d <= degree; d++) {
            fit[d] += basis[d] * (values[i] - centre);
            norm[d] += basis[d] * basis[d];
        }
    }
    for (size_t i = 0; i < count; i++) {
        double t = (double)i - (n - 1) / 2;
        out[i] = values[i] - centre;
        out[i] -= degree >= 1 ? fit[1] / norm[1] * t : 0;
        out[i] -= degree >= 2 ? fit[2] / norm[2] * (t * t - second) : 0;
        squares += out[i] * out[i];
    }
    return squares;
}

static double bic(double squares, size_t count, double parameters)
{
    double n = (double)count;
    return n * log(fmax(squares, 1e-300) / n) + parameters * log(n);
}

/* Which way the history goes around segment i: the sign of its neighbours' difference. */
static double direction(const double *values, size_t count, const struct trend_steps *s, size_t i)
{
    size_t a = i > 0 ? i - 1 : i, b = i + 1 < s->segments ? i + 1 : i;
    double from = mean(values + s->starts[a], end_of(s, a, count) - s->starts[a]);
    double to = mean(values + s->starts[b], end_of(s, b, count) - s->starts[b]);
    return (to > from) - (to < from);
}

struct pooled {
    double score, variance, pairs;
};

static struct pooled pool(const double *values, size_t count, const struct trend_steps *steps,
                          double *scratch)
{
    struct pooled out = {0, 0, 0};
    for (size_t i = 0; i < steps->segments; i++) {
        size_t from = steps->starts[i], length = end_of(steps, i, count) - from;
        length = length < SEGMENT_MAX ? length : SEGMENT_MAX;
        struct kendall k = trend_kendall(values + from, length, scratch);
        out.score += k.score * direction(values, count, steps, i);
        out.variance += k.variance;
        out.pairs += (double)length * (double)(length - 1) / 2;
    }
    return out;
}

int trend_is_ramp(const double *values, size_t count, const struct trend_steps *steps)
{
    if (steps->segments < 2)
        return 0;
    double *scratch = malloc(count * sizeof *scratch);
    if (!scratch)
        return -ENOMEM;
    struct pooled p = pool(values, count, steps, scratch);
    double stepped =
        bic(less_steps(values, count, steps, scratch), count, 2 * (double)steps->segments - 1);
    double line = bic(less_curve(values, count, 1, scratch), count, 2);
    double curve = bic(less_curve(values, count, 2, scratch), count, 3);
    free(scratch);
    if (!(p.score > 0 && erfc(p.score / sqrt(2 * p.variance)) < CERTAIN))
        return 0;
    return fmin(line, curve) + BETTER_BIC <= stepped || p.score / p.pairs >= STRONG_TAU;
}

/* |sum of x e^(-i w t)|^2, by Goertzel's recurrence. */
static double power_at(const double *x, size_t count, double w)
{
    double c = 2 * cos(w), last = 0, before = 0;
    for (size_t i = 0; i < count; i++) {
        double now = x[i] + c * last - before;
        before = last;
        last = now;
    }
    return last * last + before * before - c * last * before;
}

/* The strongest periodic part: k cycles over the runs, with its share of the sum of squares. */
struct tone {
    size_t cycles;
    double share, p;
};

static struct tone strongest(const double *x, size_t count, double squares)
{
    struct tone best = {0, 0, 1};
    for (size_t k = CYCLES; 2 * k <= count && squares > 0; k++) {
        double both = 2 * k == count ? 1 : 2; /* ordinates k and n - k */
        double share = both * power_at(x, count, 2 * M_PI * (double)k / (double)count) /
                       ((double)count * squares);
        if (share > best.share)
            best = (struct tone){k, share, 1};
    }
    double ordinates = floor(((double)count - 1) / 2);
    best.p = fmin(1, ordinates * pow(1 - fmin(best.share, 1), ordinates - 1));
    return best;
}

static bool is_season(const struct tone *tone)
{
    return tone->p < CERTAIN && tone->share >= SHARE;
}

int trend_season(const double *values, size_t count, const struct trend_steps *steps,
                 double *period)
{
    *period = 0;
    if (count < SEASON_MIN)
        return 0;
    double *x = malloc(count * sizeof *x);
    if (!x)
        return -ENOMEM;
    size_t skipped = count > SEASON_MAX ? count - SEASON_MAX : 0, looked = count - skipped;
    double squares = less_steps(values, count, steps, x), own = 0;
    for (size_t i = skipped; i < count; i++)
        own += x[i] * x[i];
    struct tone tone = strongest(x + skipped, looked, own);
    if (!is_season(&tone)) {
        double line = less_curve(values + skipped, looked, 1, x);
        tone = strongest(x, looked, line);
        /* four more parameters than a line: two of the wave, its frequency, its phase's place */
        if (skipped || bic(line * (1 - tone.share), looked, 6) >
                           bic(squares, count, 2 * (double)steps->segments - 1))
            tone.share = 0;
    }
    free(x);
    *period = is_season(&tone) ? (double)looked / (double)tone.cycles : 0;
    return 0;
}
