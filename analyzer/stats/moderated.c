/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/moderated.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>

#include "analyzer/stats/describe.h"
#include "analyzer/stats/dist.h"

#define SERIES_FROM 12 /* the asymptotic series below are exact to a double from here on */

double digamma(double x)
{
    double below = 0;
    for (; x < SERIES_FROM; x++)
        below += 1 / x;
    double r = 1 / (x * x);
    double series =
        r *
        (1.0 / 12 -
         r * (1.0 / 120 -
              r * (1.0 / 252 - r * (1.0 / 240 - r * (1.0 / 132 - r * (691.0 / 32760 - r / 12))))));
    return log(x) - 0.5 / x - series - below;
}

double trigamma(double x)
{
    double below = 0;
    for (; x < SERIES_FROM; x++)
        below += 1 / (x * x);
    double r = 1 / (x * x);
    double series =
        r *
        (1.0 / 6 -
         r * (1.0 / 30 -
              r * (1.0 / 42 - r * (1.0 / 30 - r * (5.0 / 66 - r * (691.0 / 2730 - r * 7 / 6))))));
    return below + 1 / x + r / 2 + series / x;
}

/* Second derivative of digamma, negative. */
static double tetragamma(double x)
{
    double below = 0;
    for (; x < SERIES_FROM; x++)
        below += 2 / (x * x * x);
    double r = 1 / (x * x);
    double series =
        r * r * (1.0 / 2 - r * (1.0 / 6 - r * (1.0 / 6 - r * (3.0 / 10 - r * (5.0 / 6)))));
    return -(below + r + r / x + series);
}

/* Newton on 1 / trigamma, which is convex and nearly linear (Smyth 2004, appendix). */
double trigamma_inverse(double y)
{
    if (y > 1e7)
        return 1 / sqrt(y);
    if (y < 1e-6)
        return 1 / y;
    double x = 0.5 + 1 / y;
    for (int i = 0; i < 50; i++) {
        double value = trigamma(x), step = value * (1 - value / y) / tetragamma(x);
        x += step;
        if (-step < 1e-12 * x)
            break;
    }
    return x;
}

static bool counts(const struct variance *v)
{
    return v->df > 0 && v->squares > 0;
}

static double total_df(const struct variance *history, size_t count, size_t *used)
{
    double df = 0;
    *used = 0;
    for (size_t i = 0; i < count; i++)
        if (counts(&history[i])) {
            df += history[i].df;
            ++*used;
        }
    return df;
}

static struct prior pooled(const struct variance *history, size_t count, double df)
{
    double squares = 0;
    for (size_t i = 0; i < count; i++)
        squares += counts(&history[i]) ? history[i].squares * history[i].df : 0;
    return (struct prior){df, sqrt(squares / df)};
}

/* ln(s^2) freed of the bias that its df gives it. */
static double unbiased_log(const struct variance *v)
{
    return log(v->squares) - digamma(v->df / 2) + log(v->df / 2);
}

struct prior moderated_prior(const struct variance *history, size_t count)
{
    size_t used;
    double df = total_df(history, count, &used), mean = 0, spread = 0;
    if (used < PRIOR_GROUPS)
        return used ? pooled(history, count, df) : (struct prior){0};
    for (size_t i = 0; i < count; i++)
        mean += counts(&history[i]) ? unbiased_log(&history[i]) / (double)used : 0;
    for (size_t i = 0; i < count; i++)
        if (counts(&history[i])) {
            double off = unbiased_log(&history[i]) - mean;
            spread += off * off / (double)(used - 1) - trigamma(history[i].df / 2) / (double)used;
        }
    if (spread <= 0) /* the stretches differ no more than chance would have it */
        return pooled(history, count, df);
    double d0 = 2 * trigamma_inverse(spread);
    return (struct prior){fmin(d0, df), exp((mean + digamma(d0 / 2) - log(d0 / 2)) / 2)};
}

static int variance_of(const struct side *a, const struct side *b, const struct prior *prior,
                       struct moderated *out)
{
    double own = (double)(a->n + b->n - 2);
    double squares = describe_squares(a->x, a->n) + describe_squares(b->x, b->n);
    out->df = prior->d0 + own;
    if (out->df <= 0 || (own <= 0 && prior->d0 < PRIOR_ONE_DF))
        return -ENODATA;
    out->sd = sqrt((prior->d0 * prior->s0 * prior->s0 + squares) / out->df);
    return out->sd > 0 ? 0 : -EDOM;
}

int moderated_compare(const struct side *a, const struct side *b, const struct prior *prior,
                      struct moderated *out)
{
    *out = (struct moderated){
        .shift = describe_mean(b->x, b->n) - describe_mean(a->x, a->n), .t = NAN, .p = NAN};
    int ret = variance_of(a, b, prior, out);
    if (ret)
        return ret;
    double inside = a->n == 1 && b->n == 1 ? a->se * a->se + b->se * b->se : 0;
    out->se = sqrt(out->sd * out->sd * (1 / (double)a->n + 1 / (double)b->n) + inside);
    out->t = out->shift / out->se;
    out->p = 2 * dist_t_cdf(-fabs(out->t), out->df);
    return 0;
}

double moderated_half_width(const struct moderated *m, double level)
{
    return m->se * dist_t_quantile(0.5 + level / 2, m->df);
}
