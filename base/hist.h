/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Log-linear histogram of nanoseconds, bucket for bucket that of HdrHistogram with
 * lowestDiscernibleValue 1 and 3 significant digits (2048 sub-buckets): relative error <= 0.1 %.
 * Merging adds counts and is exact. Values above HIST_MAX_NS are counted in `overflow` and kept in
 * `max_ns`, never clamped silently.
 */
#ifndef BASE_HIST_H
#define BASE_HIST_H

#include <stdint.h>

#define HIST_SUB_BITS  11                                   /* 2048 sub-buckets */
#define HIST_MAX_BITS  37                                   /* 2^37 ns = 137 s */
#define HIST_MAX_NS    ((1ull << HIST_MAX_BITS) - 1)
#define HIST_COUNTS    ((HIST_MAX_BITS - HIST_SUB_BITS + 2) << (HIST_SUB_BITS - 1))

struct hist {
    uint64_t count, overflow; /* count includes overflow */
    uint64_t min_ns, max_ns;  /* exact; min_ns is UINT64_MAX while empty */
    uint64_t sum_ns;
    uint32_t counts[HIST_COUNTS];
};

/* Index of the bucket that holds `ns` (ns <= HIST_MAX_NS): HdrHistogram's countsArrayIndex. */
static inline uint32_t hist_index(uint64_t ns)
{
    uint32_t bucket = (uint32_t)(64 - HIST_SUB_BITS) - (uint32_t)__builtin_clzll(ns | ((1u << HIST_SUB_BITS) - 1));
    uint32_t sub = (uint32_t)(ns >> bucket);
    return ((bucket + 1) << (HIST_SUB_BITS - 1)) + sub - (1u << (HIST_SUB_BITS - 1));
}

static inline void hist_record(struct hist *h, uint64_t ns)
{
    h->count++;
    h->sum_ns += ns;
    if (ns < h->min_ns)
        h->min_ns = ns;
    if (ns > h->max_ns)
        h->max_ns = ns;
    if (__builtin_expect(ns > HIST_MAX_NS, 0))
        h->overflow++;
    else
        h->counts[hist_index(ns)]++;
}

void hist_reset(struct hist *h);
uint64_t hist_lowest_ns(uint32_t index);  /* lowest value of a bucket */
uint64_t hist_highest_ns(uint32_t index); /* highest value that falls into the same bucket */
double hist_mean_ns(const struct hist *h); /* NAN while empty */

/* Nearest rank r = ceil(count * num / den) in integer arithmetic, 1 <= r <= count; returns the
 * highest value of the bucket that holds rank r, at most max_ns; UINT64_MAX while empty. */
uint64_t hist_percentile_ns(const struct hist *h, uint64_t num, uint64_t den);

/* A wide sum of histograms: 64-bit counts, for runs and phases. */
struct hist_sum {
    uint64_t count, overflow, min_ns, max_ns;
    double sum_ns; /* exact enough for the mean */
    uint64_t counts[HIST_COUNTS];
};
void hist_sum_reset(struct hist_sum *s);
void hist_sum_add(struct hist_sum *s, const struct hist *h);
void hist_sum_merge(struct hist_sum *s, const struct hist_sum *other);
uint64_t hist_sum_percentile_ns(const struct hist_sum *s, uint64_t num, uint64_t den);
double hist_sum_mean_ns(const struct hist_sum *s);

#endif
