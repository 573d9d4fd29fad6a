/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * validate-stats [SERIES [SEED]]: simulates what docs/STATISTICS.md promises of comparisons and
 * prints it as a table: type I error, power, coverage. Seeded: the same table every time. Each row
 * has its bar; exit 1 when one is missed. SERIES (default 10,000) a row; fewer widen the binomial
 * bands.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/stats/compare.h"
#include "analyzer/stats/describe.h"
#include "analyzer/stats/dist.h"
#include "analyzer/stats/percentile.h"
#include "analyzer/stats/quantile.h"
#include "analyzer/stats/rates.h"
#include "base/binomial.h"
#include "tests/bench/noise.h"

#define SIGMA   0.03 /* between runs, on the logarithm */
#define ALPHA   0.05
#define METRICS 20
#define RUNS    256
#define SEED    20240229
#define FULL    10000 /* series from which a bar to be reached has no band */

/* What is counted over the series of a row. */
enum asks {
    ASK_P,     /* adjusted p <= alpha */
    ASK_RANKS, /* exact Mann-Whitney p <= alpha */
    ASK_WELCH, /* Welch's t, for comparison: p <= alpha */
    ASK_GATE,  /* p of the gate over METRICS metrics <= alpha */
    ASK_COVER, /* the 95 % interval holds the truth */
    ASK_SAME,  /* verdict: same */
    ASK_WORSE, /* verdict: regression */
};

/* What the bar says of the share: within the 99 % band of `bar`, at most, at least (bands on the
 * lenient side), or shown without a bar. */
enum bar { BAR_BAND, BAR_MOST, BAR_LEAST, BAR_NONE };

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

/* Half of the 99 % binomial band of a share. */
static double band(double share, uint32_t series)
{
    return 2.5758 * sqrt(share * (1 - share) / series);
}

static bool holds(enum bar bar, double value, double share, uint32_t series)
{
    double slack = band(value, series);
    switch (bar) {
    case BAR_BAND:
        return fabs(share - value) <= slack;
    case BAR_MOST:
        return share <= value + slack;
    case BAR_LEAST:
        return share >= value - (series < FULL ? slack : 0);
    case BAR_NONE:
        return true;
    }
    return false;
}

static int print_row(const char *what, const char *noise, const char *runs, double share,
                     enum bar bar, double value, uint32_t series)
{
    static const char *const texts[] = {"%.4f +- %.4f", "<= %.4f (+ %.4f)", ">= %.4f", "shown",
                                        ">= %.4f (- %.4f)"};
    char text[64];
    bool ok = holds(bar, value, share, series);
    size_t form = bar == BAR_LEAST && series < FULL ? sizeof texts / sizeof *texts - 1 : bar;
    snprintf(text, sizeof text, texts[form], value, band(value, series));
    printf("| %-46s | %-10s | %-8s | %.4f | %-20s | %s |\n", what, noise, runs, share, text,
           bar == BAR_NONE ? ""
           : ok            ? "ok"
                           : "MISSED");
    fflush(stdout);
    return !ok;
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

static int print_rows(uint32_t series, uint64_t seed)
{
    int missed = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char runs[32];
        snprintf(runs, sizeof runs, "%zu v %zu", rows[i].a, rows[i].b);
        missed += print_row(rows[i].what, noise_name(rows[i].noise), runs,
                            simulate(&rows[i], series, seed), rows[i].bar, rows[i].value, series);
    }
    return missed;
}

/* How the events of a run are spread about their mean. */
enum counts {
    COUNTS_POISSON,
    COUNTS_UNEVEN, /* the rate varies by a log-normal of deviation `shape` */
    COUNTS_NEGBIN, /* the rate varies by a gamma of whole `shape`: variance mean + mean^2 / shape */
    COUNTS_BURSTS, /* one run in `shape` has all of its events */
};

struct count_row {
    const char *what, *noise;
    enum counts counts;
    double mean, shape, times; /* b has so many times the events of a */
    size_t runs, history;
    bool paired;
    enum asks asks; /* ASK_P, ASK_COVER or ASK_WORSE */
    enum bar bar;
    double value;
};

static const struct metric count_metric = {"simulated", BAD_UP, SCALE_COUNT, 0.10, true};

/* 12/256 at 8 pairs. Rows with times != 1 are power. */
static const struct count_row count_rows[] = {
    {"type I, counts", "Poisson 2", COUNTS_POISSON, 2, 0, 1, 3, 0, 0, ASK_P, BAR_MOST, 0.05},
    {"type I, counts", "Poisson 50", COUNTS_POISSON, 50, 0, 1, 3, 0, 0, ASK_P, BAR_MOST, 0.05},
    {"type I, counts of uneven runs", "+-30 % 50", COUNTS_UNEVEN, 50, .3, 1, 3, 0, 0, ASK_P, BAR_MOST,
     0.075},
    {"type I, counts, history 1 x 21", "+-30 % 50", COUNTS_UNEVEN, 50, .3, 1, 3, 21, 0, ASK_P, BAR_MOST,
     0.05},
    {"coverage, ratio of counts 95 %", "Poisson 50", COUNTS_POISSON, 50, 0, 1, 3, 0, 0, ASK_COVER,
     BAR_LEAST, 0.92},
    {"type I, counts, history 1 x 21", "Poisson 2", COUNTS_POISSON, 2, 0, 1, 1, 21, 0, ASK_P, BAR_MOST,
     0.05},
    {"type I, counts, history 1 x 21", "Poisson 50", COUNTS_POISSON, 50, 0, 1, 1, 21, 0, ASK_P,
     BAR_MOST, 0.05},
    {"type I, counts, history 1 x 21", "+-30 % 50", COUNTS_UNEVEN, 50, .3, 1, 1, 21, 0, ASK_P, BAR_MOST,
     0.06},
    {"type I, counts, history 1 x 21", "neg. bin. 50/10", COUNTS_NEGBIN, 50, 10, 1, 1, 21, 0, ASK_P,
     BAR_MOST, 0.06},
    {"type I, counts, history 1 x 21", "neg. bin. 50/2", COUNTS_NEGBIN, 50, 2, 1, 1, 21, 0, ASK_P,
     BAR_MOST, 0.06},
    {"type I, counts, history 1 x 21", "1 burst in 10", COUNTS_BURSTS, 20, 10, 1, 1, 21, 0, ASK_P,
     BAR_MOST, 0.06},
    {"type I, counts, history 1 x 9", "neg. bin. 50/2", COUNTS_NEGBIN, 50, 2, 1, 1, 9, 0, ASK_P,
     BAR_NONE, 0},
    {"power at twice the events, history 1 x 21", "Poisson 50", COUNTS_POISSON, 50, 0, 2, 1, 21, 0,
     ASK_P, BAR_LEAST, 0.90},
    {"power at three times the events, history 1 x 21", "neg. bin. 50/10", COUNTS_NEGBIN, 50, 10, 3,
     1, 21, 0, ASK_P, BAR_NONE, 0},
    {"type I, flipped signs of pairs of counts", "Poisson 2", COUNTS_POISSON, 2, 0, 1, 8, 0, 1, ASK_P,
     BAR_MOST, 12. / 256},
    {"type I, flipped signs of pairs of counts", "neg. bin. 50/2", COUNTS_NEGBIN, 50, 2, 1, 8, 0, 1,
     ASK_P, BAR_BAND, 12. / 256},
    {"type I, flipped signs of pairs of counts", "1 burst in 10", COUNTS_BURSTS, 20, 10, 1, 8, 0, 1,
     ASK_P, BAR_MOST, 12. / 256},
    {"power at twice the events, 8 pairs", "neg. bin. 50/10", COUNTS_NEGBIN, 50, 10, 2, 8, 0, 1, ASK_P,
     BAR_LEAST, 0.80},
    {"verdict at twice the events, 8 pairs", "neg. bin. 50/10", COUNTS_NEGBIN, 50, 10, 2, 8, 0, 1,
     ASK_WORSE, BAR_LEAST, 0.80},
    {"type I, counts, joint permutation", "Poisson 2", COUNTS_POISSON, 2, 0, 1, 8, 0, 0, ASK_P, BAR_MOST,
     0.05},
    {"type I, counts, joint permutation", "neg. bin. 50/2", COUNTS_NEGBIN, 50, 2, 1, 8, 0, 0, ASK_P,
     BAR_MOST, 0.05},
    {"false regression of counts", "Poisson 2", COUNTS_POISSON, 2, 0, 1, 8, 0, 0, ASK_WORSE, BAR_MOST,
     0.025},
    {"false regression of counts", "neg. bin. 50/2", COUNTS_NEGBIN, 50, 2, 1, 8, 0, 0, ASK_WORSE,
     BAR_MOST, 0.025},
    {"false regression of counts", "1 burst in 10", COUNTS_BURSTS, 20, 10, 1, 8, 0, 0, ASK_WORSE,
     BAR_MOST, 0.025},
    {"power at twice the events", "Poisson 2", COUNTS_POISSON, 2, 0, 2, 8, 0, 0, ASK_P, BAR_NONE, 0},
    {"verdict at twice the events", "Poisson 2", COUNTS_POISSON, 2, 0, 2, 8, 0, 0, ASK_WORSE,
     BAR_NONE, 0},
    {"power at twice the events", "neg. bin. 50/10", COUNTS_NEGBIN, 50, 10, 2, 8, 0, 0, ASK_P, BAR_LEAST,
     0.80},
    {"verdict at twice the events", "neg. bin. 50/10", COUNTS_NEGBIN, 50, 10, 2, 10, 0, 0,
     ASK_WORSE, BAR_LEAST, 0.80},
};

static double count_events(struct rng *rng, const struct count_row *r, double times)
{
    double rate = 1;
    if (r->counts == COUNTS_UNEVEN)
        rate = exp(r->shape * noise_normal(rng));
    if (r->counts == COUNTS_BURSTS)
        rate = rng_f64(rng) * r->shape < 1 ? r->shape : 0;
    if (r->counts == COUNTS_NEGBIN) {
        rate = 0;
        for (double i = 0; i < r->shape; i++)
            rate -= log(1 - rng_f64(rng)) / r->shape;
    }
    return noise_poisson(rng, r->mean * times * rate);
}

static bool count_once(struct rng *rng, const struct count_row *r)
{
    double a[RUNS], b[RUNS], history[RUNS];
    struct compare_result result;
    struct compare_gate gate;
    for (size_t i = 0; i < r->runs; i++) {
        a[i] = count_events(rng, r, 1);
        b[i] = count_events(rng, r, r->times);
    }
    for (size_t i = 0; i < r->history; i++)
        history[i] = count_events(rng, r, 1);
    struct compare_input in = {.metrics = &count_metric,
                               .metric_count = 1,
                               .a = {.values = a, .runs = r->runs},
                               .b = {.values = b, .runs = r->runs},
                               .history = {.values = history, .runs = r->history},
                               .paired = r->paired,
                               .seed = rng_u64(rng)};
    if (compare_runs(&in, &result, &gate))
        abort();
    if (r->asks == ASK_WORSE)
        return result.change == CHANGE_REGRESSION;
    return r->asks == ASK_COVER ? verdict_interval_holds_0(&result.evidence)
                                : result.p_adjusted <= ALPHA;
}

static int print_counts(uint32_t series, uint64_t seed)
{
    int missed = 0;
    for (size_t i = 0; i < sizeof count_rows / sizeof *count_rows; i++) {
        const struct count_row *r = &count_rows[i];
        struct rng rng;
        char runs[32];
        rng_seed(&rng, seed);
        double hits = 0;
        for (uint32_t k = 0; k < series; k++)
            hits += count_once(&rng, r);
        snprintf(runs, sizeof runs, "%zu v %zu", r->runs, r->runs);
        missed += print_row(r->what, r->noise, runs, hits / series, r->bar, r->value, series);
    }
    return missed;
}

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
    int missed = print_row("p99 of drifting seconds: printed", noise, runs, printed,
                           r->printed > 0 ? BAR_LEAST : BAR_NONE, r->printed, series);
    missed += print_row("coverage of those, 95 %", noise, runs, share(c.held, c.printed),
                        printed >= TOLD ? BAR_LEAST : BAR_NONE, 0.92, c.printed);
    missed += print_row("printed and wrong, of all runs", noise, runs,
                        share(c.printed - c.held, series), BAR_MOST,
                        printed >= TOLD ? 0.05 : 0.01, series);
    if (c.kept_back)
        missed += print_row("coverage of those kept back", noise, runs,
                            share(c.kept_back_held, c.kept_back), BAR_NONE, 0, c.kept_back);
    return missed;
}

static int print_drifts(uint32_t series, uint64_t seed)
{
    int missed = 0;
    for (size_t i = 0; i < sizeof drift_rows / sizeof *drift_rows; i++)
        missed += print_drift(&drift_rows[i], (uint32_t)ceil(series * drift_rows[i].runs), seed);
    return missed;
}

/* A p95 rule that just holds must not fail, and one that just does not must not pass. */
static int print_rules(uint32_t series, uint64_t seed)
{
    static const struct {
        const char *what;
        enum binomial_ruling wrong;
    } rules[] = {{"p95 rule at its edge: FAIL", RULING_REFUTED},
                 {"p95 rule at its edge: PASS", RULING_SUPPORTED}};
    static const double samples[] = {20, 100, 1000};
    int missed = 0;
    for (size_t i = 0; i < 6; i++) {
        struct rng rng;
        rng_seed(&rng, seed);
        double hits = 0, n = samples[i / 2];
        char runs[32];
        for (uint32_t k = 0; k < series; k++) {
            double beyond = 0;
            for (double j = 0; j < n; j++)
                beyond += rng_f64(&rng) < 0.05;
            hits += binomial_rule(n, beyond, 0.95, ALPHA) == rules[i % 2].wrong;
        }
        snprintf(runs, sizeof runs, "n %g", n);
        missed +=
            print_row(rules[i % 2].what, "binomial", runs, hits / series, BAR_MOST, ALPHA, series);
    }
    return missed;
}

int main(int argc, char **argv)
{
    uint32_t series = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 10000;
    if (series == 0) {
        fputs("usage: validate-stats [SERIES [SEED]]: series a row, at least 1 (10000)\n", stderr);
        return 2;
    }
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : SEED;
    printf("%u series a row, seed %" PRIu64 ", deviation between runs %g, alpha %g\n\n", series,
           seed, SIGMA, ALPHA);
    puts("| what | noise | runs | share | bar (99 % band) | |\n|---|---|---|---|---|---|");
    int missed = print_rows(series, seed) + print_counts(series, seed) +
                 print_drifts(series, seed) + print_rules(series, seed);
    printf("\n%d missed\n", missed);
    return missed ? 1 : 0;
}
