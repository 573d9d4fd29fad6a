/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/rates.h"

#include <errno.h>
#include <math.h>

#include "analyzer/stats/dist.h"
#include "analyzer/stats/quantile.h"
#include "base/binomial.h"

/* Both tails beyond |k - mean|; the allowance keeps the mirror image of k in, rounding or not. */
static double two_sided(double k, double n, double share)
{
    double mean = n * share, far = fabs(k - mean), slack = 1e-9 * fmax(1, far);
    if (far <= slack)
        return 1;
    double low = binomial_low(floor(mean - far + slack), n, share);
    return fmin(1, low + binomial_high(ceil(mean + far - slack), n, share));
}

static double ratio_at(double share, const struct rate *a, const struct rate *b)
{
    return share >= 1 ? INFINITY : share / (1 - share) * a->exposure / b->exposure;
}

int rates_compare(const struct rate *a, const struct rate *b, double level, struct rate_test *out)
{
    if (!(a->exposure > 0 && b->exposure > 0))
        return -EDOM;
    double k = b->events, n = a->events + b->events, alpha = (1 - level) / 2;
    *out = (struct rate_test){.p = NAN, .ratio = NAN, .lo = 0, .hi = INFINITY};
    if (n <= 0)
        return 0;
    out->p = two_sided(k, n, b->exposure / (a->exposure + b->exposure));
    out->ratio = ratio_at(k / n, a, b);
    out->lo = k > 0 ? ratio_at(quantile_beta(alpha, k, n - k + 1), a, b) : 0;
    out->hi = k < n ? ratio_at(quantile_beta(1 - alpha, k + 1, n - k), a, b) : INFINITY;
    return 0;
}

/* Pearson's chi-squared of one side's runs about their common rate. */
static double chi_squared(const struct rate *runs, size_t n)
{
    struct rate all = rates_pool(runs, n, 1);
    double sum = 0;
    for (size_t i = 0; i < n && all.events > 0; i++) {
        double mean = all.events * runs[i].exposure / all.exposure;
        sum += (runs[i].events - mean) * (runs[i].events - mean) / mean;
    }
    return sum;
}

void rates_spread_add(struct rate_spread *spread, const struct rate *runs, size_t n)
{
    if (n < 2 || !(rates_pool(runs, n, 1).events > 0))
        return;
    spread->squares += chi_squared(runs, n);
    spread->df += (double)n - 1;
}

static double dispersion(const struct rate *a, size_t n, const struct rate *b, size_t m,
                         const struct rate_spread *spread, double *df)
{
    *df = (double)(n + m) - 2 + spread->df;
    double squares = chi_squared(a, n) + chi_squared(b, m) + spread->squares;
    return *df > 0 ? fmax(1, squares / *df) : 1;
}

double rates_dispersion(const struct rate *a, size_t n, const struct rate *b, size_t m)
{
    double df;
    return dispersion(a, n, b, m, &(struct rate_spread){0, 0}, &df);
}

struct rate rates_pool(const struct rate *runs, size_t n, double dispersion)
{
    struct rate all = {0, 0};
    for (size_t i = 0; i < n; i++) {
        all.events += runs[i].events;
        all.exposure += runs[i].exposure;
    }
    all.events = floor(all.events / dispersion);
    return all;
}

int rates_compare_spread(const struct rate *a, size_t n, const struct rate *b, size_t m,
                         const struct rate_spread *spread, double level, struct rate_test *out)
{
    double df, phi = dispersion(a, n, b, m, spread, &df);
    struct rate left = rates_pool(a, n, phi), right = rates_pool(b, m, phi);
    if (phi <= 1)
        return rates_compare(&left, &right, level, out);
    double z = dist_t_quantile(0.5 + level / 2, df);
    int ret = rates_compare(&left, &right, 1 - 2 * cdf_normal(-z), out);
    if (!ret && out->p > 0 && out->p < 1)
        out->p = 2 * dist_t_cdf(quantile_normal(fmax(out->p, 1e-300) / 2), df);
    return ret;
}

int rates_compare_runs(const struct rate *a, size_t n, const struct rate *b, size_t m, double level,
                       struct rate_test *out)
{
    return rates_compare_spread(a, n, b, m, &(struct rate_spread){0, 0}, level, out);
}
