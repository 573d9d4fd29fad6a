/* SPDX-License-Identifier: BSD-3-Clause */
/* Warm-up inside a run: where a phase has settled (MSER-5, White 1997; White, Cobb and Spratt
 * 2000). Pure. */
#ifndef BASE_MSER_H
#define BASE_MSER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/trend_drift.h"

#define MSER_BATCH 5  /* observations averaged into one */
#define MSER_MIN   10 /* batches: below, nothing is said */

struct mser {
    size_t cut;  /* observations to leave out at the start, a multiple of 5 */
    double mean; /* of the batches kept */
    bool steady; /* the best cut lies in the first half and what is kept does not drift */
    struct trend_drift drift; /* of the batches kept; slope and change are per batch */
};

/* Chooses the cut with the smallest sum (x - mean)^2 / (n - d)^2 over the kept batches; a best cut
 * beyond the first half means that the phase never settled: then nothing is cut. Drift counts when
 * p < 0.01 and it moved the batches by more than their standard deviation. An incomplete last batch
 * is left out. -ENODATA: fewer than 50 observations; -EINVAL: one is not finite; -ENOMEM. */
int mser_find(const double *values, size_t count, struct mser *out);

#endif
