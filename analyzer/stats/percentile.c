/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/percentile.h"

#include <errno.h>
#include <math.h>

#include "analyzer/stats/dist.h"

#define BATCH_FROM   100 /* clusters from which batch means replace Newey-West */
#define BATCHES      10  /* Schmeiser 1982: 10 to 30; with 10, drifting seconds are covered best */
#define K_EFF_NEEDED 10.0

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

/* A pass over the clusters that hold samples; all moments are of e_k = (b_k - R n_k) / mean(n). */
struct pass {
    const struct cluster *clusters;
    size_t count, used;
    double ratio, mean_n;
};

static struct pass pass_over(const struct cluster *clusters, size_t count)
{
    struct pass p = {.clusters = clusters, .count = count};
    double n = 0, part = 0;
    for (size_t i = 0; i < count; i++) {
        p.used += clusters[i].count > 0;
        n += (double)clusters[i].count;
        part += clusters[i].part;
    }
    p.ratio = n > 0 ? part / n : 0;
    p.mean_n = p.used ? n / (double)p.used : 0;
    return p;
}

static double deviation(const struct pass *p, size_t i)
{
    const struct cluster *c = &p->clusters[i];
    return (c->part - p->ratio * (double)c->count) / p->mean_n;
}

/* The next cluster with samples, from `i` on; p->count when there is none. */
static size_t next_used(const struct pass *p, size_t i)
{
    while (i < p->count && p->clusters[i].count == 0)
        i++;
    return i;
}

/* Autocovariance of the deviations at a lag, in used clusters; their sum is 0 by construction. */
static double autocovariance(const struct pass *p, size_t lag)
{
    double sum = 0;
    size_t ahead = next_used(p, 0);
    for (size_t i = 0; i < lag; i++)
        ahead = next_used(p, ahead + 1);
    for (size_t i = next_used(p, 0); ahead < p->count; i = next_used(p, i + 1)) {
        sum += deviation(p, i) * deviation(p, ahead);
        ahead = next_used(p, ahead + 1);
    }
    return sum / (double)p->used;
}

/* What an estimate of the long-run variance of one deviation is worth. */
struct spread {
    double variance, df;
};

/* Newey and West 1987 with lag sqrt(K) and the factor K/(K-1). The degrees of freedom are those of
 * a Bartlett window, 1.5 K/(L+1) (Priestley 1981, 6.2.4), less one for the mean: with K - 1 the
 * interval of 10 drifting seconds held the truth 0.86 of the time, so 0.95. */
static struct spread spread_newey_west(const struct pass *p)
{
    double k = (double)p->used;
    size_t lags = (size_t)sqrt(k);
    double s = autocovariance(p, 0);
    for (size_t lag = 1; lag <= lags && lag < p->used; lag++)
        s += 2 * (1 - (double)lag / (double)(lags + 1)) * autocovariance(p, lag);
    return (struct spread){s * k / (k - 1), fmax(1, 1.5 * k / (double)(lags + 1) - 1)};
}

/* Variance of one cluster's deviation as seen from the spread of BATCHES batch means. */
static struct spread spread_batch_means(const struct pass *p)
{
    double squares = 0;
    size_t i = next_used(p, 0), taken = 0;
    for (size_t b = 0; b < BATCHES; b++) {
        double sum = 0;
        size_t end = p->used * (b + 1) / BATCHES, from = taken;
        for (; taken < end; taken++, i = next_used(p, i + 1))
            sum += deviation(p, i);
        squares += sum * sum / (double)(end - from);
    }
    return (struct spread){squares / (BATCHES - 1), BATCHES - 1};
}

static double effective_clusters(const struct pass *p)
{
    double s0 = autocovariance(p, 0), k = (double)p->used;
    double rounding = p->ratio * 1e-12; /* a constant series has no correlation, only rounding */
    double rho = s0 > rounding * rounding ? autocovariance(p, 1) / s0 : 0;
    return fmin(k, k * (1 - rho) / (1 + rho));
}

int ratio_band(const struct cluster *clusters, size_t count, double floor, struct ratio_band *out)
{
    struct pass p = pass_over(clusters, count);
    if (p.used < 2)
        return -ENODATA;
    double k = (double)p.used;
    struct spread s = p.used >= BATCH_FROM ? spread_batch_means(&p) : spread_newey_west(&p);
    double t = dist_t_quantile(0.975, s.df);
    out->half_width = t * sqrt(fmax(s.variance, floor / p.mean_n) / k);
    out->k_eff = effective_clusters(&p);
    out->reliable = out->k_eff >= K_EFF_NEEDED;
    return 0;
}

/* Rank of a probability given as a double; raised, as everywhere. */
static uint64_t rank_of(uint64_t count, double p)
{
    double rank = ceil(p * (double)count);
    uint64_t r = rank < 1 ? 1 : (uint64_t)rank;
    return r < count ? r : count;
}

int percentile_interval(const struct hist_sum *sum, const struct quantile *q,
                        const struct cluster *clusters, size_t count,
                        struct percentile_interval *out)
{
    double p = (double)q->num / (double)q->den;
    struct ratio_band band;
    int ret = ratio_band(clusters, count, p * (1 - p), &band);
    if (ret)
        return ret;
    if (p + band.half_width >= 1 || !percentile_is_bounded(sum->count, q))
        return -ERANGE;
    uint64_t lo = rank_of(sum->count, p - band.half_width);
    uint64_t hi = rank_of(sum->count, p + band.half_width);
    *out = (struct percentile_interval){
        .lo_rank = lo,
        .hi_rank = hi,
        .lo_ns = hist_sum_percentile_ns(sum, lo, sum->count),
        .hi_ns = hist_sum_percentile_ns(sum, hi, sum->count),
        .k_eff = band.k_eff,
        .reliable = band.reliable,
    };
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
