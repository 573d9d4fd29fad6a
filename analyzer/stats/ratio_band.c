/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/ratio_band.h"

#include <errno.h>
#include <math.h>

#include "analyzer/stats/dist.h"

#define BATCH_FROM   100 /* clusters from which batch means replace Newey-West */
#define BATCHES      10  /* Schmeiser 1982: 10 to 30; with 10, drifting seconds are covered best */
#define PHI_LEAST    0.5  /* in units of the deviation of an estimate, 1 / sqrt(K) */
#define PHI_MOST     0.95 /* beyond, no run is long enough to say more */
#define SEEN_LEAST   0.2
#define DF_LEAST     2.0

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

/* --- seconds that hang together -------------------------------------------------------- */

/* Clusters whose level follows an AR(1): how much of a mean's variance that makes. */
struct chain {
    double inflation; /* variance of the mean of K in units of that of independent ones; >= 1 */
    double seen;      /* share of the level's variance that K values show about their own mean */
};

/* v(K) = 1 + 2 sum (1 - j/K) phi^j */
static struct chain chain_of(double phi, double k)
{
    double v = 1, power = phi;
    for (double j = 1; j < k && power > 1e-6; j++, power *= phi)
        v += 2 * (1 - j / k) * power;
    return (struct chain){v, fmax(SEEN_LEAST, 1 - v / k)};
}

/* The lag-1 correlation of the levels, freed of the noise that the samples of one cluster add, and
 * of the bias of an estimate about its own mean (Marriott and Pope 1954). A correlation within the
 * noise is none. */
static double level_correlation(const struct pass *median)
{
    double k = (double)median->used, noise = median->ratio * (1 - median->ratio) / median->mean_n;
    double s0 = autocovariance(median, 0), s1 = autocovariance(median, 1);
    if (s0 <= noise || s1 <= s0 * PHI_LEAST / sqrt(k))
        return 0;
    double phi = fmin(1, s1 / (s0 - noise));
    return fmin(PHI_MOST, phi + (1 + 3 * phi) / k);
}

/* What the correlation may be as well: an estimate from K of them scatters by so much (Bartlett 1946).
 * Few seconds cannot show that they are independent. */
static double correlation_at_most(double phi, double k)
{
    return fmin(PHI_MOST, phi + sqrt((1 - phi * phi) / k));
}

/* Variance of one deviation: what its samples scatter, and the rest, which is the level's. */
static struct spread spread_chained(const struct pass *p, const struct chain *c, double noise)
{
    double level = fmax(0, autocovariance(p, 0) - noise) / c->seen;
    return (struct spread){noise + level * c->inflation,
                           fmax(DF_LEAST, (double)p->used / c->inflation - 1)};
}

/* --- the band -------------------------------------------------------------------------- */

int ratio_band(const struct cluster *clusters, const struct cluster *median, size_t count,
               double floor, struct ratio_band *out)
{
    struct pass p = pass_over(clusters, count);
    if (p.used < 2)
        return -ENODATA;
    double k = (double)p.used, noise = floor / p.mean_n;
    struct spread s = p.used >= BATCH_FROM ? spread_batch_means(&p) : spread_newey_west(&p);
    out->used = p.used;
    out->k_eff = effective_clusters(&p);
    if (median) {
        struct pass m = pass_over(median, count);
        double phi = level_correlation(&m);
        struct chain c = chain_of(phi, k), most = chain_of(correlation_at_most(phi, k), k);
        struct spread chained = spread_chained(&p, &c, noise);
        s = chained.variance > s.variance ? chained : s;
        out->k_eff = fmin(out->k_eff, k / most.inflation);
    }
    out->half_width = dist_t_quantile(0.975, s.df) * sqrt(fmax(s.variance, noise) / k);
    out->reliable = out->k_eff >= RATIO_BAND_NEEDS;
    return 0;
}
