/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How far a ratio of sums over the seconds of a run may lie from the true one, when the seconds
 * depend on each other. Pure; simulated in docs/STATISTICS.md, argued in docs/decisions/0014, 0024
 * and 0032.
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

/* How far the true ratio may lie from R = sum(part) / sum(count), 95 %, in the ratio's own unit. */
struct ratio_band {
    double half_width;      /* with the correlation as estimated: for who adds up errors */
    double half_width_most; /* with one as high as the clusters leave open: for who shows it */
    size_t used;            /* clusters with samples, K */
    double k_eff;           /* independent clusters that the K are worth at least */
    bool reliable;          /* k_eff >= RATIO_BAND_NEEDS */
};

/* 95 % band around R by Newey-West over the clusters (Bartlett weights, lag sqrt(K); ten batch
 * means from 100 clusters on). `floor` is the variance that one sample has at least: p (1 - p) for
 * a share, 0 where nothing is known. Clusters with count 0 are skipped.
 * `median`: the same clusters counting what is not above the median, or NULL. It shows far better
 * than a far percentile or a mean does how the level of one second follows that of the one before;
 * where the seconds hang together more than Newey-West could see, the band widens accordingly. Of a
 * rate the clusters show it by themselves: `clusters` again.
 * k_eff is what a correlation two deviations above its estimate leaves, and never above what the lag-1
 * correlation of the ratio itself does: a band is shown only by runs whose seconds look independent, so
 * they must do so clearly. Below 24 clusters none can. half_width_most is as wide as that selection
 * makes necessary, and nears half_width where k_eff is far above RATIO_BAND_NEEDS. (docs/decisions/0032)
 * -ENODATA: fewer than two clusters with samples. */
int ratio_band(const struct cluster *clusters, const struct cluster *median, size_t count,
               double floor, struct ratio_band *out);

/* Standard error of the logarithm of a value with a 95 % interval; 0, not known, where it holds 0. */
double ratio_band_error(double lo, double hi);

#endif
