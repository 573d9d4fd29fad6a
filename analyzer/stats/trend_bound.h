/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which permutations cannot reach Q, without computing Q at all their splits. With S(t) the sum
 * over the first t runs of (their step function less the distribution of all runs), the energy
 * statistic is Q(t) = 2 n / (t (n - t)) |S(t)|^2, |.| being the norm of square-integrable functions
 * (Szekely and Rizzo 2013: the energy distance is an L2 distance of distributions). By the triangle
 * inequality |S| grows by at most the norm of each run's own term, so |S| at a few splits bounds
 * it at all others. A bound that decides nothing means: compute Q. Pure; no allocation.
 */
#ifndef ANALYZER_STATS_TREND_BOUND_H
#define ANALYZER_STATS_TREND_BOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/stats/trend_energy.h"

#define BOUND_LANES 8
#define BOUND_SLOTS ((ENERGY_MAX + BOUND_LANES - 1) / BOUND_LANES * BOUND_LANES)

/* A slot is a place in the sorted order, dealt out so that eight stretches of neighbours lie side
 * by side: slots 0, 8, 16, ... hold the smallest eighth of the runs. */
struct energy_bound {
    size_t count, rows;
    float gap[BOUND_SLOTS];                    /* from this value to the next larger one */
    float share[BOUND_SLOTS];                  /* of runs up to this one */
    float norm[BOUND_SLOTS];                   /* of this run's term */
    float taken[BOUND_SLOTS];                  /* 1: among the first t */
    float all;                                 /* all norms together */
    float least[ENERGY_MAX + BOUND_LANES + 1]; /* |S(t)| that reaches Q */
    float least_of[BOUND_SLOTS / BOUND_LANES]; /* the smallest over the next eight splits */
};

/* `slots[i]` becomes the slot of values[i]. */
void energy_bound_sort(struct energy_bound *b, const float *values, size_t count, uint16_t *slots);
/* far[slot] is the run's distance to all others together, `pairs` the sum over all pairs, cross[t]
 * what a pair across the split counts in Q(t) (2 / n, less where a split counts less), q what is to
 * be reached. */
void energy_bound_open(struct energy_bound *b, const float *far, double pairs, const float *cross,
                       double q);
/* False: no split of the runs in the order of `slots` reaches Q. */
bool energy_bound_may_reach(struct energy_bound *b, const uint16_t *slots);

#endif
