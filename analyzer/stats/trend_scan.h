/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A stretch of runs that is scanned for its best split, over and over in other orders: the energy
 * statistic Q(t) of trend_energy.h for every split t at once, from the sums of the distances of
 * each run to those before it. Internal to the trend test.
 */
#ifndef ANALYZER_STATS_TREND_SCAN_H
#define ANALYZER_STATS_TREND_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/stats/trend_bound.h"
#include "analyzer/stats/trend_energy.h"
#include "base/rng.h"

struct stretch {
    size_t count;
    bool newest;                 /* the last run is the newest there is: weighs the splits */
    double pairs;                /* sum of all distances, each pair once */
    uint16_t slots[BOUND_SLOTS]; /* the runs in their present order (trend_bound.h) */
    float value[BOUND_SLOTS];    /* of a slot's run */
    float far[BOUND_SLOTS];      /* its distance to all others together */
    float cross[ENERGY_MAX], left[ENERGY_MAX], right[ENERGY_MAX]; /* weights of Q(t) */
    struct energy_bound bound;
};

struct split {
    size_t at;
    float q;
};

/* Takes the runs in, in their order. */
void scan_fill(struct stretch *s, const double *values, size_t count);
/* The weights of Q(t), divided by what correlation phi of neighbours adds to it, and lowered for
 * splits that earlier tests saw where the last run is the newest (trend_energy.h). */
void scan_weigh(struct stretch *s, double phi);
/* Fisher and Yates. */
void scan_shuffle(struct stretch *s, struct rng *r);
/* Whether a split of the present order reaches q; scan_aim comes first, once for many orders. With
 * `plain` the bound is not asked: the same answer, slower. */
void scan_aim(struct stretch *s, float q);
bool scan_reaches(struct stretch *s, float q, bool plain);
/* The best split of the runs in their present order; `at` is 0 where no Q(t) is above 0. */
struct split scan_best(const struct stretch *s);

#endif
