/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs in which something happens so and so often, against each other. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/stats/compare.h"
#include "tests/bench/noise.h"
#include "tests/bench/validate.h"

#define RUNS_MAX 32

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
    double a[RUNS_MAX], b[RUNS_MAX], history[RUNS_MAX];
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

int validate_counts(uint32_t series, uint64_t seed)
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
        missed += validate_row(r->what, r->noise, runs, hits / series, r->bar, r->value, series);
    }
    return missed;
}
