/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs with noise against each other: type I error, power, coverage. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/stats/compare.h"
#include "analyzer/stats/describe.h"
#include "analyzer/stats/dist.h"
#include "tests/bench/noise.h"
#include "tests/bench/validate.h"

#define METRICS 20
#define RUNS    256

struct row {
    const char *what;
    enum noise noise;
    size_t a, b, stretches, stretch_runs;
    double shift; /* of b on the logarithm, 0.03 = the margin */
    enum asks asks;
    enum bar bar;
    double value;
    bool paired;
};

static const struct metric log_metric = {"simulated", BAD_UP, SCALE_LOG, 0.03, true};

/* One series: runs of all metrics, half of their variance common to all, then history. */
struct series {
    double a[RUNS * METRICS], b[RUNS * METRICS], history[RUNS * METRICS];
    uint32_t stretch[RUNS];
};

static void put_runs(struct rng *rng, const struct row *r, size_t metrics, double *x, size_t n)
{
    double common[2 * RUNS], own[2 * RUNS];
    noise_fill(rng, r->noise, common, n);
    for (size_t j = 0; j < metrics; j++) {
        noise_fill(rng, r->noise, own, n);
        for (size_t i = 0; i < n; i++) {
            double mixed = metrics > 1 ? (common[i] + own[i]) * M_SQRT1_2 : own[i];
            x[i * metrics + j] = 1000 * exp(SIGMA * mixed);
        }
    }
}

/* In time a a a b b b, or a b a b when paired. */
static void put_sides(struct rng *rng, const struct row *r, size_t metrics, struct series *s)
{
    double x[2 * RUNS * METRICS];
    put_runs(rng, r, metrics, x, r->a + r->b);
    for (size_t i = 0; i < r->a + r->b; i++) {
        bool is_b = r->paired ? i % 2 : i >= r->a;
        size_t at = r->paired ? i / 2 : is_b ? i - r->a : i;
        for (size_t j = 0; j < metrics; j++)
            (is_b ? s->b : s->a)[at * metrics + j] = x[i * metrics + j] * exp(is_b ? r->shift : 0);
    }
}

static struct compare_input series_make(struct rng *rng, const struct row *r, size_t metrics,
                                        const struct metric *table, struct series *s)
{
    put_sides(rng, r, metrics, s);
    for (size_t g = 0; g < r->stretches; g++) {
        put_runs(rng, r, metrics, s->history + g * r->stretch_runs * metrics, r->stretch_runs);
        for (size_t i = 0; i < r->stretch_runs; i++)
            s->stretch[g * r->stretch_runs + i] = (uint32_t)g;
    }
    return (struct compare_input){
        .metrics = table,
        .metric_count = metrics,
        .a = {.values = s->a, .runs = r->a},
        .b = {.values = s->b, .runs = r->b},
        .history = {s->history, s->stretch, r->stretches * r->stretch_runs},
        .paired = r->paired,
        .seed = rng_u64(rng),
        .draws = 499,
    };
}

static double welch_p(const double *a, size_t n, const double *b, size_t m)
{
    double x[RUNS], y[RUNS];
    for (size_t i = 0; i < n; i++)
        x[i] = log(a[i]);
    for (size_t i = 0; i < m; i++)
        y[i] = log(b[i]);
    double va = pow(describe_sd(x, n), 2) / (double)n, vb = pow(describe_sd(y, m), 2) / (double)m;
    double df = pow(va + vb, 2) / (va * va / (double)(n - 1) + vb * vb / (double)(m - 1));
    double t = (describe_mean(y, m) - describe_mean(x, n)) / sqrt(va + vb);
    return 2 * dist_t_cdf(-fabs(t), df);
}

static bool answer(const struct row *r, const struct compare_input *in,
                   const struct compare_result *first, const struct compare_gate *gate)
{
    switch (r->asks) {
    case ASK_P:
        return first->p_adjusted <= ALPHA;
    case ASK_RANKS:
        return first->p_exact <= ALPHA;
    case ASK_WELCH:
        return welch_p(in->a.values, r->a, in->b.values, r->b) <= ALPHA;
    case ASK_GATE:
        return gate->p <= ALPHA;
    case ASK_COVER:
        return first->evidence.lo <= r->shift && r->shift <= first->evidence.hi;
    case ASK_SAME:
        return first->change == CHANGE_SAME;
    case ASK_WORSE:
        return first->change == CHANGE_REGRESSION;
    }
    return false;
}

static double simulate(const struct row *r, uint32_t series, uint64_t seed)
{
    struct metric table[METRICS];
    struct compare_result results[METRICS];
    struct compare_gate gate;
    struct series *s = malloc(sizeof *s);
    struct rng rng;
    rng_seed(&rng, seed);
    size_t metrics = r->asks == ASK_GATE ? METRICS : 1;
    for (size_t j = 0; j < METRICS; j++)
        table[j] = log_metric;
    double hits = 0;
    for (uint32_t i = 0; s && i < series; i++) {
        struct compare_input in = series_make(&rng, r, metrics, table, s);
        if (compare_runs(&in, results, &gate))
            abort();
        hits += answer(r, &in, results, &gate);
    }
    free(s);
    return hits / series;
}

#define ROW(what, noise, a, b, stretches, runs, shift, asks, bar, value)                           \
    {                                                                                              \
        what, NOISE_##noise, a, b, stretches, runs, shift, ASK_##asks, BAR_##bar, value, false     \
    }
#define PAIRED(what, noise, pairs, shift, asks, bar, value)                                        \
    {                                                                                              \
        what, NOISE_##noise, pairs, pairs, 0, 0, shift, ASK_##asks, BAR_##bar, value, true         \
    }

/* Exact tests reach only some levels: 12/252 at 5 v 5 (max-T), 8/252 and 15154/352716 (ranks),
 * 12/256 (8 pairs). One against one takes the larger of two p. What moves with the noise: a t on
 * noise that is not normal (most of all between single runs, which average nothing), an estimated
 * d0. */
#define ROWS_OF(noise, t_bar, t_value)                                                             \
    ROW("type I, joint permutation", noise, 5, 5, 0, 0, 0, P, BAND, 12.0 / 252),                   \
        ROW("type I, joint permutation", noise, 8, 8, 0, 0, 0, P, BAND, 0.05),                     \
        ROW("type I, joint permutation, 499 drawn", noise, 12, 12, 0, 0, 0, P, BAND, 0.05),        \
        ROW("type I, Mann-Whitney", noise, 5, 5, 0, 0, 0, RANKS, BAND, 8.0 / 252),                 \
        ROW("type I, Mann-Whitney", noise, 10, 11, 0, 0, 0, RANKS, BAND, 15154.0 / 352716),        \
        ROW("type I, moderated t, history 1 x 21", noise, 3, 3, 1, 21, 0, P, t_bar, t_value),      \
        ROW("type I, moderated t, history 5 x 5", noise, 3, 3, 5, 5, 0, P, MOST, 0.06),            \
        ROW("type I, one against n, history 1 x 21", noise, 5, 1, 1, 21, 0, P, t_bar, t_value),    \
        ROW("type I, one against one, history 1 x 21", noise, 1, 1, 1, 21, 0, P, MOST, t_value),   \
        ROW("coverage, Hodges-Lehmann 95 %", noise, 5, 5, 0, 0, 0.02, COVER, LEAST, 0.92),         \
        ROW("coverage, Hodges-Lehmann 95 %", noise, 10, 11, 0, 0, 0.02, COVER, LEAST, 0.92),       \
        ROW("coverage, moderated 95 %, history 1 x 21", noise, 3, 3, 1, 21, 0.02, COVER, LEAST,    \
            0.92),                                                                                 \
        ROW("coverage, moderated 95 %, history 5 x 5", noise, 3, 3, 5, 5, 0.02, COVER, LEAST,      \
            0.92)

static const struct row rows[] = {
    ROWS_OF(NORMAL, BAND, 0.05),
    ROWS_OF(T3, MOST, 0.06),
    ROWS_OF(LOG_NORMAL, MOST, 0.06),
    ROWS_OF(BIMODAL, MOST, 0.06),
    ROW("type I, one against one, history 1 x 51", T3, 1, 1, 1, 51, 0, P, MOST, 0.055),
    ROW("type I, one against one, history 1 x 51", LOG_NORMAL, 1, 1, 1, 51, 0, P, MOST, 0.055),
    ROW("type I, one against one, history 1 x 101", T3, 1, 1, 1, 101, 0, P, BAND, 0.05),
    ROW("type I, one against one, history 1 x 101", LOG_NORMAL, 1, 1, 1, 101, 0, P, MOST, 0.055),
    ROW("type I, one against one, history 1 x 201", T3, 1, 1, 1, 201, 0, P, BAND, 0.05),
    ROW("type I, one against one, history 1 x 201", LOG_NORMAL, 1, 1, 1, 201, 0, P, BAND, 0.05),
    ROW("coverage, one against one 95 %, history 1 x 21", T3, 1, 1, 1, 21, 0.02, COVER, LEAST,
        0.92),
    ROW("power at +12 %, one against one, 1 x 21", NORMAL, 1, 1, 1, 21, 0.1133287, P, LEAST, 0.68),
    PAIRED("type I, flipped signs of pairs", NORMAL, 8, 0, P, BAND, 12.0 / 256),
    PAIRED("type I, flipped signs of pairs", T3, 8, 0, P, BAND, 12.0 / 256),
    PAIRED("type I, flipped signs of pairs", AR3, 8, 0, P, MOST, 0.05),
    PAIRED("type I, flipped signs of pairs", AR6, 8, 0, P, MOST, 0.05),
    ROW("type I, a a a ... b b b in drifting order", AR3, 8, 8, 0, 0, 0, P, NONE, 0),
    ROW("type I, a a a ... b b b in drifting order", AR6, 8, 8, 0, 0, 0, P, NONE, 0),
    ROW("family of 20, max-T", NORMAL, 5, 5, 0, 0, 0, GATE, BAND, 12.0 / 252),
    ROW("family of 20, max-T", T3, 6, 6, 0, 0, 0, GATE, BAND, 46.0 / 924),
    ROW("family of 20, Holm on moderated t, 1 x 21", NORMAL, 3, 3, 1, 21, 0, GATE, MOST, 0.05),
    ROW("false regression with the margin", NORMAL, 3, 3, 1, 21, 0, WORSE, MOST, 0.025),
    ROW("false `same` at a shift of the margin", NORMAL, 3, 3, 1, 21, 0.0295588, SAME, MOST, 0.05),
    ROW("false `same` at a shift of the margin", NORMAL, 10, 11, 0, 0, 0.0295588, SAME, MOST, 0.05),
    ROW("power at +5 %, Welch", NORMAL, 3, 3, 1, 21, 0.0487902, WELCH, NONE, 0),
    ROW("power at +5 %, Mann-Whitney", NORMAL, 3, 3, 1, 21, 0.0487902, RANKS, NONE, 0),
    ROW("power at +5 %, moderated t, history 1 x 21", NORMAL, 3, 3, 1, 21, 0.0487902, P, LEAST,
        0.45),
    ROW("power at +5 %, moderated t, history 5 x 5", NORMAL, 3, 3, 5, 5, 0.0487902, P, LEAST, 0.45),
    ROW("power at +5 %, joint permutation", NORMAL, 5, 5, 0, 0, 0.0487902, P, NONE, 0),
    ROW("power at +5 %, joint permutation, drawn", NORMAL, 16, 16, 0, 0, 0.0487902, P, LEAST, 0.80),
    PAIRED("power at +5 %, flipped signs of pairs", NORMAL, 8, 0.0487902, P, NONE, 0),
    PAIRED("coverage, signed rank 95 %", NORMAL, 8, 0.02, COVER, LEAST, 0.92),
    PAIRED("coverage, signed rank 95 %", T3, 8, 0.02, COVER, LEAST, 0.92),
};

int validate_runs(uint32_t series, uint64_t seed)
{
    int missed = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char runs[32];
        snprintf(runs, sizeof runs, "%zu v %zu", rows[i].a, rows[i].b);
        missed += validate_row(rows[i].what, noise_name(rows[i].noise), runs,
                            simulate(&rows[i], series, seed), rows[i].bar, rows[i].value, series);
    }
    return missed;
}
