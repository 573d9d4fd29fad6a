/* SPDX-License-Identifier: BSD-3-Clause */
/* Step-down max-T over jointly flipped signs of paired differences. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "analyzer/stats/correction.h"
#include "base/rng.h"

#define SAME 1e-9 /* relative: the same signs summed in another order are not smaller */

/* One call's working memory. `d` is metric-major, 0 where a pair lacks a value. */
struct work {
    size_t pairs, metrics;
    double *d, *norm, *observed, *hits, *sign;
    size_t *order; /* metrics by observed statistic, largest first */
};

static int work_init(struct work *w, const struct signs_input *in)
{
    *w = (struct work){.pairs = in->pairs, .metrics = in->metrics};
    w->d = calloc(in->pairs * in->metrics + 3 * in->metrics + in->pairs + 1, sizeof(double));
    w->order = calloc(in->metrics + 1, sizeof(size_t));
    if (!w->d || !w->order)
        return -ENOMEM;
    w->norm = w->d + in->pairs * in->metrics;
    w->observed = w->norm + in->metrics;
    w->hits = w->observed + in->metrics;
    w->sign = w->hits + in->metrics;
    return 0;
}

/* |sum of the signed differences| over its largest possible size: orders flips as |t| does, because
 * a flip leaves the squares as they are, and is bounded. */
static double statistic(const struct work *w, size_t metric)
{
    const double *d = w->d + metric * w->pairs;
    double sum = 0;
    for (size_t i = 0; i < w->pairs; i++)
        sum += w->sign[i] * d[i];
    return w->norm[metric] > 0 ? fabs(sum) / w->norm[metric] : 0;
}

/* A metric that more than a quarter of the pairs lack stays out, and one that never differs. */
static void take(struct work *w, const struct signs_input *in, size_t metric)
{
    double squares = 0, here = 0;
    for (size_t i = 0; i < w->pairs; i++) {
        double d = in->differences[i * w->metrics + metric];
        w->d[metric * w->pairs + i] = isnan(d) ? 0 : d;
        squares += isnan(d) ? 0 : d * d;
        here += !isnan(d);
    }
    bool enough = 4 * here >= 3 * (double)w->pairs;
    w->norm[metric] = enough && isfinite(squares) ? sqrt((double)w->pairs * squares) : 0;
}

static int by_observed(const void *left, const void *right, void *values)
{
    const double *x = values;
    double a = x[*(const size_t *)left], b = x[*(const size_t *)right];
    return (a < b) - (a > b);
}

static void observe(struct work *w, const struct signs_input *in)
{
    for (size_t i = 0; i < w->pairs; i++)
        w->sign[i] = 1;
    for (size_t j = 0; j < w->metrics; j++) {
        take(w, in, j);
        w->observed[j] = statistic(w, j);
        w->order[j] = j;
    }
    qsort_r(w->order, w->metrics, sizeof *w->order, by_observed, w->observed);
}

/* One flip: the largest statistic among the metrics no higher in the order than each. */
static void compare_flip(struct work *w)
{
    double most = 0;
    for (size_t k = w->metrics; k-- > 0;) {
        size_t j = w->order[k];
        most = fmax(most, statistic(w, j));
        w->hits[j] += most >= w->observed[j] * (1 - SAME);
    }
}

static void enumerate(struct work *w, struct maxt *out)
{
    out->exact = true;
    out->labellings = ldexp(1, (int)w->pairs);
    for (uint64_t flip = 0; flip < (uint64_t)out->labellings; flip++) {
        for (size_t i = 0; i < w->pairs; i++)
            w->sign[i] = flip >> i & 1 ? -1 : 1;
        compare_flip(w);
    }
}

static void draw(struct work *w, uint64_t seed, uint32_t draws, struct maxt *out)
{
    struct rng rng;
    rng_seed(&rng, seed);
    compare_flip(w); /* the observed one counts (Phipson and Smyth 2010) */
    for (uint32_t n = 0; n < draws; n++) {
        for (size_t i = 0; i < w->pairs; i++)
            w->sign[i] = rng_below(&rng, 2) ? -1 : 1;
        compare_flip(w);
    }
    out->labellings = 1.0 + draws;
}

int correction_signs(const struct signs_input *in, double *adjusted, struct maxt *out)
{
    struct work w;
    *out = (struct maxt){0};
    int ret = work_init(&w, in);
    if (!ret) {
        observe(&w, in);
        if (in->pairs < 60 && ldexp(1, (int)in->pairs) <= MAXT_EXACT_MAX)
            enumerate(&w, out);
        else
            draw(&w, in->seed, in->draws ? in->draws : MAXT_DRAWS, out);
        out->p_min = (out->exact ? 2 : 1) / out->labellings; /* a flip of all looks the same */
        double least = 0;
        for (size_t k = 0; k < w.metrics; k++) {
            size_t j = w.order[k];
            least = fmax(least, w.hits[j] / out->labellings);
            adjusted[j] = w.norm[j] > 0 ? least : NAN;
        }
    }
    free(w.d);
    free(w.order);
    return ret;
}
