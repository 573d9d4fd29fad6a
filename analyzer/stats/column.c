/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/column.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "analyzer/stats/describe.h"

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

/* The values of the stretch that begins at run `from`; where the next begins. */
static size_t take_stretch(const struct compare_input *in, size_t j, size_t from, double *x,
                           size_t *n)
{
    const struct compare_history *h = &in->history;
    size_t i = from;
    for (*n = 0; i < h->runs && (!h->stretch || h->stretch[i] == h->stretch[from]); i++) {
        double value = column_scaled(&in->metrics[j], h->values[i * in->metric_count + j], 1);
        if (!isnan(value))
            x[(*n)++] = value;
    }
    return i;
}

static int take_prior(const struct compare_input *in, size_t j, struct prior *out)
{
    size_t runs = in->history.runs, count = 0, n;
    double *x = malloc((runs + 1) * sizeof *x);
    struct variance *v = malloc((runs + 1) * sizeof *v);
    for (size_t i = 0; x && v && i < runs;) {
        i = take_stretch(in, j, i, x, &n);
        if (n > 1)
            v[count++] =
                (struct variance){describe_squares(x, n) / (double)(n - 1), (double)(n - 1)};
    }
    int ret = x && v ? 0 : -ENOMEM;
    if (!ret)
        *out = moderated_prior(v, count);
    free(x);
    free(v);
    return ret;
}

int column_init(struct column *c, const struct compare_input *in, size_t j)
{
    *c = (struct column){.metric = &in->metrics[j]};
    int ret = take_side(in, &in->a, j, &c->a, &c->no_logarithm);
    if (!ret)
        ret = take_side(in, &in->b, j, &c->b, &c->no_logarithm);
    if (!ret && in->paired)
        ret = take_pairs(in, j, c);
    if (!ret && c->metric->scale != SCALE_COUNT)
        ret = take_prior(in, j, &c->prior);
    return ret;
}

void column_fini(struct column *c)
{
    free(c->a.x);
    free(c->a.rate);
    free(c->b.x);
    free(c->b.rate);
    free(c->pairs);
}
