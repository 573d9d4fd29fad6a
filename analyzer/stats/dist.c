/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/dist.h"

#include <assert.h>
#include <math.h>

#define TINY  1e-300 /* keeps a denominator of the continued fraction away from 0 */
#define STEPS 100000

static double away_from_zero(double x)
{
    return fabs(x) < TINY ? TINY : x;
}

/* The continued fraction of DLMF 8.17.22 by the modified Lentz method (Thompson and Barnett 1986);
 * it converges fast for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double x, double a, double b)
{
    double c = 1, d = 1 / away_from_zero(1 - (a + b) * x / (a + 1)), value = d;
    for (int m = 1; m < STEPS; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / away_from_zero(1 + even * d);
        c = away_from_zero(1 + even / c);
        value *= c * d;
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / away_from_zero(1 + odd * d);
        c = away_from_zero(1 + odd / c);
        value *= c * d;
        if (fabs(c * d - 1) < 1e-15)
            break;
    }
    return value;
}

double dist_beta(double x, double a, double b)
{
    assert(a > 0 && b > 0 && x >= 0 && x <= 1);
    if (x <= 0 || x >= 1)
        return x <= 0 ? 0 : 1;
    double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(x, a, b) / a;
    return 1 - front * beta_fraction(1 - x, b, a) / b;
}

double dist_t_cdf(double t, double df)
{
    double tail = 0.5 * dist_beta(df / (df + t * t), df / 2, 0.5);
    return t > 0 ? 1 - tail : tail;
}

double dist_t_quantile(double p, double df)
{
    assert(p > 0 && p < 1 && df > 0);
    double lo = -1, hi = 1;
    while (dist_t_cdf(lo, df) > p)
        lo *= 2;
    while (dist_t_cdf(hi, df) < p)
        hi *= 2;
    for (int i = 0; i < 200 && hi - lo > 1e-12 * fmax(fabs(lo), fabs(hi)); i++) {
        double middle = lo + (hi - lo) / 2;
        if (dist_t_cdf(middle, df) < p)
            lo = middle;
        else
            hi = middle;
    }
    return lo + (hi - lo) / 2;
}

double dist_binomial_cdf(double k, double n, double p)
{
    if (k < 0)
        return 0;
    if (k >= n)
        return 1;
    return dist_beta(1 - p, n - floor(k), floor(k) + 1);
}
