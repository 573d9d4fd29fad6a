/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Proof that no split of a shuffled stretch reaches a given q, at a fraction of a scan's cost: most
 * shuffles of runs that hold a clear change are nowhere near it.
 *
 * Q(t) = coef(t) |S(t)|^2, where S(t) is the sum of the first t runs as vectors: the distribution
 * function of one run less that of all, under the norm |f|^2 = integral of f^2 (Szekely and Rizzo
 * 2004: the energy distance is such an integral). From one split to the next S moves by one vector,
 * so |S(t)| <= |S(c)| + the |t - c| longest vectors. A few fences c at which |S(c)| is small
 * enough therefore rule out every split around them. Internal to the trend test.
 */
#ifndef ANALYZER_STATS_TREND_FENCE_H
#define ANALYZER_STATS_TREND_FENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/stats/trend_scan.h"

#define FENCES_MAX 20

struct fences {
    size_t count; /* 0 with `useful`: no order of these runs reaches q at all */
    bool useful;  /* else a scan is as cheap, or q too near to what shuffled runs show */
    size_t at[FENCES_MAX];
    double limit[FENCES_MAX]; /* |S(at)|^2 below which no split of the fence's reaches q */
    float gap[SCAN_PADDED];   /* from each rank to the next */
};

/* Fences for `q` in any order of the runs, with the weights that the stretch has now. */
void fences_plan(struct fences *f, const struct stretch *s, double q);
/* True: no split of the present order reaches q. False: scan it. */
bool fences_hold(const struct fences *f, const struct stretch *s);

#endif
