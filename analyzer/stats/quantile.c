/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/quantile.h"

#include <assert.h>
#include <math.h>

#include "analyzer/stats/dist.h"
#include "base/binomial.h"

double cdf_normal(double z)
{
    return 0.5 * erfc(-z * M_SQRT1_2);
}

/* A start good to about 0.01: the rational fit of Hastings 1955 (Abramowitz and Stegun 26.2.22). */
static double normal_start(double p)
{
    double tail = p < 0.5 ? p : 1 - p, t = sqrt(-2 * log(tail));
    double z = t - (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + 0.04481 * t));
    return p < 0.5 ? -z : z;
}

double quantile_normal(double p)
{
    assert(p > 0 && p < 1);
    double z = normal_start(p);
    for (int i = 0; i < 4; i++) {
        double miss = p < 0.5 ? cdf_normal(z) - p : (1 - p) - cdf_normal(-z);
        double step = miss * sqrt(2 * M_PI) * exp(z * z / 2);
        z -= step / (1 + z * step / 2);
    }
    return z;
}

double cdf_f(double f, double df1, double df2)
{
    return f <= 0 ? 0 : dist_beta(df1 * f / (df1 * f + df2), df1 / 2, df2 / 2);
}

double quantile_f(double p, double df1, double df2)
{
    double x = quantile_beta(p, df1 / 2, df2 / 2);
    return df2 * x / (df1 * (1 - x));
}

/* Bisection on the scale of the nearer end, so that a tiny x keeps its digits too. */
double quantile_beta(double p, double a, double b)
{
    assert(p >= 0 && p <= 1);
    if (p <= 0 || p >= 1)
        return p <= 0 ? 0 : 1;
    double lo = 0, hi = 1;
    for (int i = 0; i < 1100 && hi - lo > 4e-16 * hi; i++) {
        double middle = lo > 0 ? sqrt(lo * hi) : hi / 2;
        if (lo > 0.5 * hi)
            middle = lo + (hi - lo) / 2;
        if (dist_beta(middle, a, b) < p)
            lo = middle;
        else
            hi = middle;
    }
    return lo + (hi - lo) / 2;
}

/* Three binomials with the sampling share as probability (Loader 2000, section 5). */
double pmf_hypergeometric(double k, double marked, double plain, double drawn)
{
    if (k < 0 || k > marked || drawn - k > plain || k > drawn)
        return 0;
    double all = marked + plain, share = drawn / all;
    if (drawn <= 0 || drawn >= all)
        return 1;
    return binomial_pmf(k, marked, share) * binomial_pmf(drawn - k, plain, share) /
           binomial_pmf(drawn, all, share);
}

static double hypergeometric_tail(double k, double marked, double plain, double drawn, int step)
{
    double at = pmf_hypergeometric(k, marked, plain, drawn), sum = 0;
    for (; at > 0 && sum + at != sum; k += step) {
        sum += at;
        if (step > 0)
            at *= (marked - k) * (drawn - k) / ((k + 1) * (plain - drawn + k + 1));
        else
            at *= k * (plain - drawn + k) / ((marked - k + 1) * (drawn - k + 1));
    }
    return fmin(1, sum);
}

double cdf_hypergeometric_low(double k, double marked, double plain, double drawn)
{
    k = floor(k);
    if (k < fmax(0, drawn - plain))
        return 0;
    if (k >= fmin(marked, drawn))
        return 1;
    if (k <= drawn * marked / (marked + plain))
        return hypergeometric_tail(k, marked, plain, drawn, -1);
    return 1 - hypergeometric_tail(k + 1, marked, plain, drawn, 1);
}

double cdf_hypergeometric_high(double k, double marked, double plain, double drawn)
{
    return cdf_hypergeometric_low(drawn - ceil(k), plain, marked, drawn);
}
