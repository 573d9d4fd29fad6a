/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/trend_bound.h"

#include "tests/lib/check_main.h"
#include "tests/unit/analyzer/trend_data.h"

#define RUNS_MAX 83

/* A stretch of runs, each distance as the definition has it. */
struct runs {
    size_t count;
    float values[RUNS_MAX], far[BOUND_SLOTS];
    uint16_t order[RUNS_MAX], slots[RUNS_MAX], permuted[RUNS_MAX];
    double pairs;
    float cross[RUNS_MAX]; /* 2 / n times the weight of the split */
    struct energy_bound bound;
};

static void make(struct runs *r, struct rng *rng, size_t count, bool ties)
{
    for (size_t t = 0; t < count; t++)
        r->cross[t] = 2 / (float)count * (ties ? 1 : (float)(t % 5) / 4);
    double x[RUNS_MAX];
    draw_noise(rng, x, count, 0);
    r->count = count;
    for (size_t i = 0; i < count; i++)
        r->values[i] = (float)(ties ? round(x[i]) : x[i] * x[i] * x[i]);
    energy_bound_sort(&r->bound, r->values, count, r->slots);
    r->pairs = 0;
    for (size_t i = 0; i < count; i++) {
        r->order[i] = (uint16_t)i;
        r->far[r->slots[i]] = 0;
        for (size_t j = 0; j < count; j++)
            r->far[r->slots[i]] += fabsf(r->values[i] - r->values[j]);
        r->pairs += r->far[r->slots[i]] / 2;
    }
}

static void shuffle(struct runs *r, struct rng *rng)
{
    for (size_t i = r->count; i > 1; i--) {
        size_t j = rng_below(rng, i);
        uint16_t kept = r->order[j];
        r->order[j] = r->order[i - 1];
        r->order[i - 1] = kept;
    }
    for (size_t i = 0; i < r->count; i++)
        r->permuted[i] = r->slots[r->order[i]];
}

/* The largest Q(t), by its definition. */
static double largest_q(const struct runs *r)
{
    double best = 0, n = (double)r->count;
    for (size_t t = ENERGY_MIN_SIDE; t + ENERGY_MIN_SIDE <= r->count; t++) {
        double sums[2][2] = {{0, 0}, {0, 0}}, a = (double)t, b = n - a;
        for (size_t i = 0; i < r->count; i++)
            for (size_t j = 0; j < r->count; j++)
                sums[i >= t][j >= t] +=
                    fabs((double)r->values[r->order[i]] - (double)r->values[r->order[j]]);
        double q =
            a * b / n * (2 * sums[0][1] / (a * b) - sums[0][0] / (a * a) - sums[1][1] / (b * b));
        best = fmax(best, q * (double)r->cross[t] * n / 2);
    }
    return best;
}

static bool may_reach(struct runs *r, double q)
{
    energy_bound_open(&r->bound, r->far, r->pairs, r->cross, q);
    return energy_bound_may_reach(&r->bound, r->permuted);
}

/* What reaches Q is never ruled out; what stays below it always is. */
START_TEST(rules_out_what_stays_below_and_nothing_else)
{
    static struct runs r;
    static const size_t counts[] = {6, 7, 8, 9, 16, 31, RUNS_MAX};
    struct rng rng;
    rng_seed(&rng, 1);
    for (size_t i = 0; i < 70; i++) {
        make(&r, &rng, counts[i % 7], i % 2);
        shuffle(&r, &rng);
        double q = largest_q(&r);
        if (!(q > 0))
            continue;
        ck_assert(may_reach(&r, q));
        ck_assert(may_reach(&r, q / 2));
        ck_assert(!may_reach(&r, 1.01 * q));
        ck_assert(!may_reach(&r, 20 * q));
    }
}
END_TEST

START_TEST(runs_all_the_same)
{
    static struct runs r;
    r = (struct runs){.count = 12};
    energy_bound_sort(&r.bound, r.values, r.count, r.slots);
    energy_bound_open(&r.bound, r.far, 0, r.cross, 1);
    ck_assert(!energy_bound_may_reach(&r.bound, r.slots));
}
END_TEST

CHECK_MAIN("analyzer/trend_bound", rules_out_what_stays_below_and_nothing_else, runs_all_the_same)
