/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/percentile.h"

#include <errno.h>
#include <math.h>

const struct quantile quantiles[QUANTILE_COUNT] = {
#define X(ID, name, text, num, den) [QUANTILE_##ID] = {#name, text, num, den},
    QUANTILE_LIST(X)
#undef X
};

uint64_t percentile_needs(const struct quantile *q)
{
    uint64_t beyond = q->den - q->num;
    return (10 * q->den + beyond - 1) / beyond;
}

bool percentile_is_shown(uint64_t count, const struct quantile *q)
{
    return count >= percentile_needs(q);
}

uint64_t percentile_rank(uint64_t count, const struct quantile *q)
{
    uint64_t rank = (uint64_t)(((unsigned __int128)count * q->num + q->den - 1) / q->den);
    return rank ? rank : 1;
}

bool percentile_is_bounded(uint64_t count, const struct quantile *q)
{
    return (double)count * log((double)q->num / (double)q->den) <= log(0.025);
}

/* Rank of a probability given as a double; raised, as everywhere. */
static uint64_t rank_of(uint64_t count, double p)
{
    double rank = ceil(p * (double)count);
    uint64_t r = rank < 1 ? 1 : (uint64_t)rank;
    return r < count ? r : count;
}

double percentile_upper_end(double p, double half_width)
{
    double x = half_width / (1 - p);
    return 1 - (1 - p) * exp(-x - x * x);
}

/* Of the value's logarithm, from the values at both ends of a band; 0 where one is not known. */
static double error_of(const struct hist_sum *sum, double p, double half_width)
{
    uint64_t lo = rank_of(sum->count, p - half_width), hi = rank_of(sum->count, p + half_width);
    uint64_t lo_ns = hist_sum_percentile_ns(sum, lo, sum->count);
    uint64_t hi_ns = hist_sum_percentile_ns(sum, hi, sum->count);
    return p + half_width < 1 ? ratio_band_error((double)lo_ns, (double)hi_ns) : 0;
}

int percentile_interval(const struct hist_sum *sum, const struct quantile *q,
                        const struct cluster *clusters, const struct cluster *median, size_t count,
                        struct percentile_interval *out)
{
    double p = (double)q->num / (double)q->den;
    struct ratio_band band;
    int ret = ratio_band(clusters, median, count, p * (1 - p), &band);
    if (ret)
        return ret;
    double end = percentile_upper_end(p, band.half_width_most);
    uint64_t lo = rank_of(sum->count, p - band.half_width_most), hi = rank_of(sum->count, end);
    *out = (struct percentile_interval){
        .lo_rank = lo,
        .hi_rank = hi,
        .lo_ns = hist_sum_percentile_ns(sum, lo, sum->count),
        .hi_ns = hist_sum_percentile_ns(sum, hi, sum->count),
        .used = band.used,
        .k_eff = band.k_eff,
    };
    bool beyond = band.reliable && (1 - end) * (double)sum->count < 1;
    if (beyond || !percentile_is_bounded(sum->count, q))
        return -ERANGE;
    out->error = error_of(sum, p, band.half_width);
    return 0;
}

void cluster_add(struct cluster *out, const struct hist_sum *h, uint64_t ns)
{
    out->count += h->count;
    if (ns > HIST_MAX_NS) {
        out->part += (double)h->count;
        return;
    }
    uint64_t below = 0;
    for (uint32_t i = 0, last = hist_index(ns); i <= last; i++)
        below += h->counts[i];
    out->part += (double)below;
}
