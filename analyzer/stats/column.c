/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/column.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "analyzer/stats/describe.h"

#define APART_RUNS 100

double column_scaled(const struct metric *m, double value, double exposure)
{
    switch (m->scale) {
    case SCALE_LOG:
        return value > 0 ? log(value) : NAN;
    case SCALE_PLAIN:
        return value;
    case SCALE_COUNT:
        return exposure > 0 ? value / exposure : NAN;
    }
    return NAN;
}

static double exposure_of(const struct compare_runs *runs, size_t i)
{
    return runs->exposure ? runs->exposure[i] : 1;
}

static double scaled_at(const struct compare_input *in, const struct compare_runs *runs, size_t i,
                        size_t j)
{
    double value = runs->values[i * in->metric_count + j];
    return column_scaled(&in->metrics[j], value, exposure_of(runs, i));
}

static double error_at(const struct compare_input *in, const struct compare_runs *runs, size_t i,
                       size_t j)
{
    double error = runs->error ? runs->error[i * in->metric_count + j] : NAN;
    return error > 0 ? error : 0;
}

/* The values that there are; false in `logarithm` when one of them has none. */
static int take_side(const struct compare_input *in, const struct compare_runs *runs, size_t j,
                     struct column_side *out, bool *no_logarithm)
{
    out->x = malloc((runs->runs + 1) * sizeof *out->x);
    out->rate = malloc((runs->runs + 1) * sizeof *out->rate);
    if (!out->x || !out->rate)
        return -ENOMEM;
    for (size_t i = 0; i < runs->runs; i++) {
        double value = runs->values[i * in->metric_count + j], x = scaled_at(in, runs, i, j);
        *no_logarithm |= in->metrics[j].scale == SCALE_LOG && value <= 0;
        if (isnan(x))
            continue;
        if (out->n == 0)
            out->error = error_at(in, runs, i, j);
        out->x[out->n] = x;
        out->rate[out->n++] = (struct rate){value, exposure_of(runs, i)};
    }
    return 0;
}

static int take_pairs(const struct compare_input *in, size_t j, struct column *c)
{
    c->pairs = malloc((in->a.runs + 1) * sizeof *c->pairs);
    if (!c->pairs)
        return -ENOMEM;
    for (size_t i = 0; i < in->a.runs; i++) {
        double d = scaled_at(in, &in->b, i, j) - scaled_at(in, &in->a, i, j);
        if (!isnan(d))
            c->pairs[c->pair_count++] = d;
    }
    return 0;
}

/* The values of the stretch that begins at run `from`, as rates too; where the next begins. */
static size_t take_stretch(const struct compare_input *in, size_t j, size_t from,
                           struct column_side *out)
{
    const struct compare_history *h = &in->history;
    size_t i = from;
    for (out->n = 0; i < h->runs && (!h->stretch || h->stretch[i] == h->stretch[from]); i++) {
        double value = h->values[i * in->metric_count + j], over = h->exposure ? h->exposure[i] : 1;
        double x = column_scaled(&in->metrics[j], value, over);
        if (isnan(x))
            continue;
        out->rate[out->n] = (struct rate){value, over};
        out->x[out->n++] = x;
    }
    return i;
}

/* Of the newest runs of a stretch. */
static void add_apart(struct column *c, const double *x, size_t n)
{
    size_t from = n > APART_RUNS ? n - APART_RUNS : 0;
    for (size_t i = from; i < n; i++)
        for (size_t k = from; k < i; k++)
            c->apart[c->apart_count++] = fabs(x[i] - x[k]);
}

/* The baseline's run is one of its kind too: how far it lies from each of a stretch. One that luck
 * has put aside would else meet only pairs of others. */
static void add_apart_from(struct column *c, double a, const double *x, size_t n)
{
    for (size_t i = n > APART_RUNS ? n - APART_RUNS : 0; i < n; i++)
        c->apart[c->apart_count++] = fabs(x[i] - a);
}

static double mean_distance(double a, const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += fabs(x[i] - a);
    return sum / (double)n;
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* What is known of the spread between runs: of every stretch its variance, or that of its counts;
 * for one run against one also how far apart any two of its runs are. */
static int take_history(const struct compare_input *in, size_t j, struct column *c)
{
    size_t runs = in->history.runs, count = 0;
    size_t nearest = runs; /* the run that begins the stretch which the baseline's belongs to */
    double least = INFINITY;
    bool single = !in->paired && c->a.n == 1 && c->b.n == 1;
    struct column_side s = {malloc((runs + 1) * sizeof *s.x), malloc((runs + 1) * sizeof *s.rate),
                            0, 0};
    struct variance *v = malloc((runs + 1) * sizeof *v);
    c->apart = malloc(((single ? runs * APART_RUNS : 0) + 1) * sizeof *c->apart);
    bool room = s.x && s.rate && v && c->apart;
    for (size_t i = 0, from; room && i < runs;) {
        from = i;
        i = take_stretch(in, j, i, &s);
        double df = (double)s.n - 1;
        if (s.n < 2)
            continue;
        v[count++] = (struct variance){describe_squares(s.x, s.n) / df, df};
        c->vouched += df;
        rates_spread_add(&c->spread, s.rate, s.n);
        if (!single)
            continue;
        add_apart(c, s.x, s.n);
        double far = mean_distance(c->a.x[0], s.x, s.n);
        nearest = far < least ? from : nearest;
        least = fmin(far, least);
    }
    if (nearest < runs) {
        take_stretch(in, j, nearest, &s);
        add_apart_from(c, c->a.x[0], s.x, s.n);
    }
    if (room && c->metric->scale != SCALE_COUNT)
        c->prior = moderated_prior(v, count);
    if (room)
        qsort(c->apart, c->apart_count, sizeof *c->apart, by_size);
    free(s.x);
    free(s.rate);
    free(v);
    return room ? 0 : -ENOMEM;
}

double column_share(const struct column *c, double far)
{
    size_t below = 0;
    while (below < c->apart_count && c->apart[below] < far)
        below++;
    return c->apart_count ? 1 - (double)below / (double)c->apart_count : 0;
}

double column_apart(const struct column *c, double share)
{
    size_t rank = (size_t)ceil(share * (double)c->apart_count - 1e-9);
    return c->apart_count ? c->apart[rank > 0 ? rank - 1 : 0] : 0;
}

int column_init(struct column *c, const struct compare_input *in, size_t j)
{
    *c = (struct column){.metric = &in->metrics[j]};
    int ret = take_side(in, &in->a, j, &c->a, &c->no_logarithm);
    if (!ret)
        ret = take_side(in, &in->b, j, &c->b, &c->no_logarithm);
    if (!ret && in->paired)
        ret = take_pairs(in, j, c);
    if (!ret)
        ret = take_history(in, j, c);
    return ret;
}

void column_fini(struct column *c)
{
    free(c->a.x);
    free(c->a.rate);
    free(c->b.x);
    free(c->b.rate);
    free(c->pairs);
    free(c->apart);
}
