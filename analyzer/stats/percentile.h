/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Percentiles of a merged histogram and their intervals, as shared by every output.
 *
 * A percentile is the nearest rank, r = ceil(N p) in integer arithmetic, and is printed only when
 * at least ten samples lie beyond it. Its two-sided 95 % interval takes one second of a run as
 * one cluster, because the samples of a second depend on each other (a stall hits all of them).
 * Pure: no clock, no file, no allocation but what the caller hands in.
 */
#ifndef ANALYZER_STATS_PERCENTILE_H
#define ANALYZER_STATS_PERCENTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/stats/ratio_band.h"
#include "base/hist.h"

/* The percentiles that every summary shows. X(ID, name in JSON, text, numerator, denominator) */
#define QUANTILE_LIST(X)                                                                           \
    X(P50, p50, "p50", 50, 100)                                                                    \
    X(P90, p90, "p90", 90, 100)                                                                    \
    X(P95, p95, "p95", 95, 100)                                                                    \
    X(P99, p99, "p99", 99, 100)                                                                    \
    X(P999, p999, "p99.9", 999, 1000)                                                              \
    X(P9999, p9999, "p99.99", 9999, 10000)

enum quantile_id {
#define X(ID, name, text, num, den) QUANTILE_##ID,
    QUANTILE_LIST(X)
#undef X
        QUANTILE_COUNT
};

struct quantile {
    const char *name, *text;
    uint64_t num, den;
};
extern const struct quantile quantiles[QUANTILE_COUNT];

/* N (1 - p) >= 10: enough samples beyond the percentile to say anything about it. */
bool percentile_is_shown(uint64_t count, const struct quantile *q);
/* The smallest N for which percentile_is_shown. */
uint64_t percentile_needs(const struct quantile *q);
/* p^N <= 0.025: the largest sample bounds the percentile from above (N >= 6, 36, 72, 368 ...). */
bool percentile_is_bounded(uint64_t count, const struct quantile *q);

/* ceil(count p), in integer arithmetic; at least 1. */
uint64_t percentile_rank(uint64_t count, const struct quantile *q);

/* The interval of one percentile; `median`: the clusters of the same seconds for p50, see
 * ratio_band(). -ENODATA: fewer than two clusters; -ERANGE: the upper end lies beyond the largest
 * sample. The ends are those of the wider band: p - half_width_most and percentile_upper_end(). */
struct percentile_interval {
    uint64_t lo_rank, hi_rank; /* the samples at both ends, from 1 */
    uint64_t lo_ns, hi_ns;     /* their values by the histogram */
    size_t used;  /* seconds with samples */
    double k_eff; /* below RATIO_BAND_NEEDS it is not to be relied upon */
    double error; /* standard error of the value's logarithm, by the narrower band; 0: not known */
};
int percentile_interval(const struct hist_sum *sum, const struct quantile *q,
                        const struct cluster *clusters, const struct cluster *median, size_t count,
                        struct percentile_interval *out);

/* The share of samples below the upper end of a band around p. With x the band in units of 1 - p,
 * exp(-x - x^2) of the share beyond p are left beyond it: about 1 - x for a narrow band, and never none.
 * A run that was quiet by luck has seen few slow samples, and knows too little of how they scatter. */
double percentile_upper_end(double p, double half_width);

/* Adds to `out` the samples of a histogram, and those of them in buckets up to that of `ns`. */
void cluster_add(struct cluster *out, const struct hist_sum *h, uint64_t ns);

#endif
