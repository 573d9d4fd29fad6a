/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DB_EXTENSION_INTERVAL_H
#define DB_EXTENSION_INTERVAL_H

#include <stdbool.h>
#include <stdint.h>

/* Two order statistics, counted from 1. */
struct ranks {
    uint64_t lo, hi;
};

/* The distribution-free interval of a quantile p from `count` independent samples: lo is the
 * largest and hi the smallest rank with P(B < lo) <= alpha/2 and P(B >= hi) <= alpha/2, B binomial
 * (count, p), alpha = 1 - confidence; coverage is at least `confidence` (David and Nagaraja 2003,
 * Order Statistics, 7.1). Exact sums, from 1e9 expected deviations on the normal approximation.
 * False: too few samples for one of the bounds. */
bool interval_ranks(uint64_t count, double p, double confidence, struct ranks *out);

#endif
