/* SPDX-License-Identifier: BSD-3-Clause */
/* Null distributions of rank sums by counting, and tails of such a distribution. Pure. */
#ifndef ANALYZER_STATS_ARRANGE_H
#define ANALYZER_STATS_ARRANGE_H

#include <stddef.h>
#include <stdint.h>

/* weight[s]: how many arrangements have the sum s, 0 <= s <= top; doubles, whose relative error
 * stays below count x 2^-53 because only positive numbers are added. */
struct arrangements {
    double *weight, total;
    size_t top;
};

/* Sums of `take` out of `count` scores. 0 or -ENOMEM; arrangements_free in any case. */
int arrangements_of_choices(const uint32_t *scores, size_t count, size_t take,
                            struct arrangements *out);
/* Sums of any subset of the scores: those that got a plus sign. */
int arrangements_of_signs(const uint32_t *scores, size_t count, struct arrangements *out);
void arrangements_free(struct arrangements *a);

/* Share of arrangements whose sum s has |2 s - twice_mean| >= far. */
double arrangements_at_least(const struct arrangements *a, uint64_t twice_mean, uint64_t far);
/* Share with a sum of at most s. */
double arrangements_low(const struct arrangements *a, size_t s);
/* The largest |2 s - twice_mean| that occurs. */
uint64_t arrangements_farthest(const struct arrangements *a, uint64_t twice_mean);

#endif
