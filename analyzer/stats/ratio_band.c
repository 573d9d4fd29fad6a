/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/ratio_band.h"

#include <errno.h>
#include <math.h>

#include "analyzer/stats/dist.h"

#define BATCH_FROM   100 /* clusters from which batch means replace Newey-West */
#define BATCHES      10  /* Schmeiser 1982: 10 to 30; with 10, drifting seconds are covered best */
#define PHI_MOST     0.95 /* beyond, no run is long enough to say more */
#define SHARE_LEAST  0.5  /* a correlation is not raised by more than its double for the samples' noise */
#define SEEN_LEAST   0.2
#define DF_LEAST     2.0
#define NORMAL_975   1.959964

/* How many deviations of its estimate the correlation may be higher: for what the seconds are worth, and
 * for the width. Both are of simulations (docs/decisions/0032): with less, the intervals of 30 seconds of
 * correlation .5 hold the truth too seldom; with more, too few of 30 independent ones have any. */
#define WORTH_SURE 2.0
#define WIDTH_SURE 2.35

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

static double lag1_of(const struct pass *p)
{
    double s0 = autocovariance(p, 0);
    double rounding = p->ratio * 1e-12; /* a constant series has no correlation, only rounding */
    return s0 > rounding * rounding ? autocovariance(p, 1) / s0 : 0;
}

static double effective_clusters(const struct pass *p)
{
    double rho = lag1_of(p), k = (double)p->used;
    return fmin(k, k * (1 - rho) / (1 + rho));
}

/* --- seconds that hang together -------------------------------------------------------- */

/* Of a cluster's deviation: how much of its variance is the level's, which the samples of one cluster
 * share, and how it follows the one before. */
struct levels {
    double k, share, lag1;
};

/* The correlation is freed of the bias of an estimate about its own mean (Marriott and Pope 1954). A
 * variance beyond the samples' noise by less than one deviation of its estimate, sqrt(2/K), is chance. */
static struct levels levels_of(const struct pass *p, double noise)
{
    double k = (double)p->used, s0 = autocovariance(p, 0), lag1 = lag1_of(p);
    double share = s0 > noise ? 1 - noise / s0 : 0;
    return (struct levels){k, share > sqrt(2 / k) ? share : 0,
                           fmin(PHI_MOST, fmax(0, lag1 + (1 + 3 * lag1) / k))};
}

/* The lag-1 correlation of the deviations, `sure` deviations of its estimate higher (Bartlett 1946). */
static double lag1_at_most(const struct levels *l, double sure)
{
    return fmin(PHI_MOST, l->lag1 + sure * sqrt((1 - l->lag1 * l->lag1) / l->k));
}

/* Variance of the mean of K values of an AR(1) in units of that of independent ones,
 * 1 + 2 sum (1 - j/K) phi^j. */
static double inflation(double phi, double k)
{
    double v = 1, power = phi;
    for (double j = 1; j < k && power > 1e-6; j++, power *= phi)
        v += 2 * (1 - j / k) * power;
    return v;
}

/* Inflation of the level's part. Where the level is part of the variance only, it follows itself more
 * closely than the whole does. */
static double level_inflation(const struct levels *l, double sure)
{
    double share = l->share > 0 ? fmax(SHARE_LEAST, l->share) : 1;
    return inflation(fmin(PHI_MOST, lag1_at_most(l, sure) / share), l->k);
}

/* How many independent clusters the K are worth at least: few cannot show that they are independent. */
static double worth_least(const struct levels *l)
{
    double all = inflation(lag1_at_most(l, WORTH_SURE), l->k);
    double part = 1 + l->share * (level_inflation(l, WORTH_SURE) - 1);
    return l->k / fmax(all, part);
}

/* A run that is worth barely enough has an interval because its correlation came out low, and it takes
 * the highest that is left; one that is worth far more would have had one anyway, and takes the estimate. */
static double inflation_where_shown(const struct levels *l)
{
    double v = level_inflation(l, 0), most = level_inflation(l, WIDTH_SURE);
    double near = fmin(1, RATIO_BAND_NEEDS * most / l->k);
    return v + pow(near, 3) * (most - v);
}

/* Variance of one deviation: what its samples scatter, and the rest, which is the level's and of which K
 * values show the part 1 - v/K about their own mean. */
static struct spread spread_chained(const struct pass *p, double v, double noise)
{
    double k = (double)p->used, seen = fmax(SEEN_LEAST, 1 - v / k);
    double level = fmax(0, autocovariance(p, 0) - noise) / seen;
    return (struct spread){noise + level * v, fmax(DF_LEAST, k / v - 1)};
}

/* --- the band -------------------------------------------------------------------------- */

static struct spread wider(struct spread one, struct spread other)
{
    return other.variance > one.variance ? other : one;
}

static double half_width(const struct pass *p, struct spread s, double noise)
{
    return dist_t_quantile(0.975, s.df) * sqrt(fmax(s.variance, noise) / (double)p->used);
}

/* What the levels add to a band that speaks of the clusters alone. */
static void band_chain(struct ratio_band *band, const struct pass *p, const struct levels *l,
                       struct spread s, double noise)
{
    struct spread estimated = spread_chained(p, level_inflation(l, 0), noise);
    struct spread most = spread_chained(p, inflation_where_shown(l), noise);
    band->half_width = half_width(p, wider(s, estimated), noise);
    band->half_width_most = fmax(band->half_width, half_width(p, wider(s, most), noise));
    band->k_eff = fmin(band->k_eff, worth_least(l));
}

int ratio_band(const struct cluster *clusters, const struct cluster *median, size_t count,
               double floor, struct ratio_band *out)
{
    struct pass p = pass_over(clusters, count);
    if (p.used < 2)
        return -ENODATA;
    double noise = floor / p.mean_n;
    struct spread s = p.used >= BATCH_FROM ? spread_batch_means(&p) : spread_newey_west(&p);
    *out = (struct ratio_band){.used = p.used, .k_eff = effective_clusters(&p)};
    out->half_width = out->half_width_most = half_width(&p, s, noise);
    if (median) {
        struct pass m = pass_over(median, count);
        double half = m.ratio * (1 - m.ratio); /* of one sample above the median or not */
        struct levels l = levels_of(&m, (median == clusters ? floor : half) / m.mean_n);
        band_chain(out, &p, &l, s, noise);
    }
    out->reliable = out->k_eff >= RATIO_BAND_NEEDS;
    return 0;
}

double ratio_band_error(double lo, double hi)
{
    return lo > 0 ? log(hi / lo) / 2 / NORMAL_975 : 0;
}
