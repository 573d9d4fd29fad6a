/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How far a ratio of sums over the seconds of a run may lie from the true one, when the seconds
 * depend on each other. Pure; simulated in docs/STATISTICS.md, argued in docs/decisions/0014 and
 * 0024.
 */
#ifndef ANALYZER_STATS_RATIO_BAND_H
#define ANALYZER_STATS_RATIO_BAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One cluster: a second of the run. `part` is what of it is asked for: how many of `count` samples
 * are not above a percentile, or the sum of their values, or the messages of `count` ns. */
struct cluster {
    uint64_t count;
    double part;
};

#define RATIO_BAND_NEEDS 10.0 /* independent clusters: fewer do not carry an interval */

/* How far the true ratio may lie from R = sum(part) / sum(count). */
struct ratio_band {
    double half_width; /* in the ratio's own unit */
    size_t used;       /* clusters with samples, K */
    double k_eff;      /* independent clusters that the K are worth */
    bool reliable;     /* k_eff >= RATIO_BAND_NEEDS */
};

/* 95 % band around R by Newey-West over the clusters (Bartlett weights, lag sqrt(K); ten batch
 * means from 100 clusters on). `floor` is the variance that one sample has at least: p (1 - p) for
 * a share, 0 where nothing is known. Clusters with count 0 are skipped.
 * `median`: the same clusters counting what is not above the median, or NULL. It shows far better
 * than a far percentile does how the level of one second follows that of the one before; where the
 * seconds hang together more than Newey-West could see, the band widens accordingly.
 * k_eff is what the highest correlation within one deviation of the estimate leaves, and never above
 * what the lag-1 correlation of the ratio itself does.
 * -ENODATA: fewer than two clusters with samples. */
int ratio_band(const struct cluster *clusters, const struct cluster *median, size_t count,
               double floor, struct ratio_band *out);

#endif
