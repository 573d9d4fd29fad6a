/* SPDX-License-Identifier: BSD-3-Clause */
/* Westfall and Young's step-down max-T over jointly permuted run labels. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/stats/correction.h"
#include "base/rng.h"

#define SAME 1e-9 /* relative: the same labelling summed in another order is not a smaller one */

/* One call's working memory, carved from one block. `centred` is metric-major: value - mean of the
 * metric over its runs, 0 where missing. */
struct work {
    size_t runs, a_runs, metrics;
    double *centred, *present, *squares, *observed, *count, *hits;
    size_t *order;  /* metrics by observed statistic, largest first */
    size_t *chosen; /* the runs labelled A: the first a_runs of a permutation of all */
};

static int work_init(struct work *w, const struct maxt_input *in)
{
    size_t runs = in->a_runs + in->b_runs, cells = runs * in->metrics;
    *w = (struct work){.runs = runs, .a_runs = in->a_runs, .metrics = in->metrics};
    w->centred = calloc(2 * cells + 4 * in->metrics + 1, sizeof(double));
    w->order = calloc(in->metrics + runs, sizeof(size_t));
    if (!w->centred || !w->order)
        return -ENOMEM;
    w->present = w->centred + cells;
    w->squares = w->present + cells;
    w->observed = w->squares + in->metrics;
    w->count = w->observed + in->metrics;
    w->hits = w->count + in->metrics;
    w->chosen = w->order + in->metrics;
    return 0;
}

static void work_fini(struct work *w)
{
    free(w->centred);
    free(w->order);
}

/* A metric that varies only by rounding does not vary: its squares become 0. So do those of one
 * that too many runs lack: a few values are explained by almost any labels, and would hide the
 * rest. The rule looks at no label, so that the permutation stays exact. */
static void centre(struct work *w, const struct maxt_input *in, size_t metric)
{
    double sum = 0, count = 0, *x = w->centred + metric * w->runs;
    double *here = w->present + metric * w->runs;
    for (size_t i = 0; i < w->runs; i++) {
        double value = in->values[i * w->metrics + metric];
        here[i] = !isnan(value);
        x[i] = isnan(value) ? 0 : value;
        sum += x[i];
        count += here[i];
    }
    double mean = count > 0 ? sum / count : 0, squares = 0;
    for (size_t i = 0; i < w->runs; i++) {
        x[i] = here[i] > 0 ? x[i] - mean : 0;
        squares += x[i] * x[i];
    }
    w->count[metric] = count;
    bool varies = squares > count * mean * mean * 1e-28;
    w->squares[metric] = varies && 4 * count >= 3 * (double)w->runs ? squares : 0;
}

/* Squares between the sides as a share of all; 0 when a side has no value. The sums of the two
 * sides are opposite, because the values are centred. */
static double explained(const struct work *w, size_t metric)
{
    const double *x = w->centred + metric * w->runs, *here = w->present + metric * w->runs;
    double sum = 0, a = 0, all = w->count[metric];
    for (size_t i = 0; i < w->a_runs; i++) {
        sum += x[w->chosen[i]];
        a += here[w->chosen[i]];
    }
    if (a < 1 || all - a < 1 || !(w->squares[metric] > 0))
        return 0;
    return sum * sum * (1 / a + 1 / (all - a)) / w->squares[metric];
}

static int by_observed(const void *left, const void *right, void *values)
{
    const double *x = values;
    double a = x[*(const size_t *)left], b = x[*(const size_t *)right];
    return (a < b) - (a > b);
}

/* The labelling as it was: also the first of the enumeration. */
static void label_first(struct work *w)
{
    for (size_t i = 0; i < w->runs; i++)
        w->chosen[i] = i;
}

static void observe(struct work *w, const struct maxt_input *in)
{
    label_first(w);
    for (size_t j = 0; j < w->metrics; j++) {
        centre(w, in, j);
        w->observed[j] = explained(w, j);
        w->order[j] = j;
    }
    qsort_r(w->order, w->metrics, sizeof *w->order, by_observed, w->observed);
}

/* One labelling: the largest statistic among the metrics no higher in the order than each. */
static void compare_labelling(struct work *w)
{
    double most = 0;
    for (size_t k = w->metrics; k-- > 0;) {
        size_t j = w->order[k];
        most = fmax(most, explained(w, j));
        w->hits[j] += most >= w->observed[j] * (1 - SAME);
    }
}

/* The next choice of a_runs runs in lexicographic order; 0 after the last. */
static int next_choice(struct work *w)
{
    size_t i = w->a_runs;
    while (i > 0 && w->chosen[i - 1] == w->runs - w->a_runs + i - 1)
        i--;
    if (i == 0)
        return 0;
    w->chosen[i - 1]++;
    for (; i < w->a_runs; i++)
        w->chosen[i] = w->chosen[i - 1] + 1;
    return 1;
}

static void shuffle(struct work *w, struct rng *rng)
{
    for (size_t i = 0; i < w->a_runs; i++) {
        size_t j = i + rng_below(rng, w->runs - i), kept = w->chosen[i];
        w->chosen[i] = w->chosen[j];
        w->chosen[j] = kept;
    }
}

/* n over k, as far as it matters: stops growing beyond MAXT_EXACT_MAX. */
static double choices(size_t n, size_t k)
{
    double count = 1;
    for (size_t i = 1; i <= k && count <= MAXT_EXACT_MAX; i++)
        count = count * (double)(n - k + i) / (double)i;
    return floor(count + 0.5);
}

static void enumerate(struct work *w, struct maxt *out)
{
    out->exact = true;
    do {
        compare_labelling(w);
        out->labellings++;
    } while (next_choice(w));
}

static void draw(struct work *w, uint64_t seed, uint32_t draws, struct maxt *out)
{
    struct rng rng;
    rng_seed(&rng, seed);
    compare_labelling(w); /* the observed one counts (Phipson and Smyth 2010) */
    for (uint32_t i = 0; i < draws; i++) {
        shuffle(w, &rng);
        compare_labelling(w);
    }
    out->labellings = 1.0 + draws;
}

static bool side_lacks(const struct work *w, size_t metric)
{
    const double *here = w->present + metric * w->runs;
    double a = 0, b = 0;
    for (size_t i = 0; i < w->runs; i++)
        *(i < w->a_runs ? &a : &b) += here[i];
    return a < 1 || b < 1;
}

/* Adjusted p never falls below that of a metric higher in the order. */
static void adjust(const struct work *w, double labellings, double *adjusted)
{
    double least = 0;
    for (size_t k = 0; k < w->metrics; k++) {
        size_t j = w->order[k];
        least = fmax(least, w->hits[j] / labellings);
        adjusted[j] = w->squares[j] > 0 && !side_lacks(w, j) ? least : NAN;
    }
}

int correction_maxt(const struct maxt_input *in, double *adjusted, struct maxt *out)
{
    *out = (struct maxt){0};
    if (in->a_runs == 0 || in->b_runs == 0)
        return -ERANGE;
    struct work w;
    int ret = work_init(&w, in);
    if (!ret) {
        observe(&w, in);
        double all = choices(w.runs, w.a_runs);
        if (all <= MAXT_EXACT_MAX)
            enumerate(&w, out);
        else
            draw(&w, in->seed, in->draws ? in->draws : MAXT_DRAWS, out);
        /* with sides of one size a labelling and its mirror image look the same */
        out->p_min = (out->exact && in->a_runs == in->b_runs ? 2 : 1) / out->labellings;
        adjust(&w, out->labellings, adjusted);
    }
    work_fini(&w);
    return ret;
}
