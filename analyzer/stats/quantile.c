/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/quantile.h"

#include <assert.h>
#include <math.h>

#include "analyzer/stats/dist.h"

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

/* log(n!) less Stirling's formula; Loader 2000, table and series. */
static double stirling_error(double n)
{
    static const double exact[16] = {
        0,
        0.08106146679532725821967,
        0.04134069595540929409382,
        0.02767792568499833914878,
        0.02079067210376509311152,
        0.01664469118982119216319,
        0.01387612882307074799874,
        0.01189670994589177009505,
        0.01041126526197209649747,
        0.009255462182712732917728,
        0.008330563433362871256469,
        0.007573675487951840794972,
        0.006942840107209529865664,
        0.006408994188004207068439,
        0.005951370112758847735624,
        0.005554733551962801371038,
    };
    if (n < 16)
        return exact[(int)n];
    double s = n * n;
    return (1.0 / 12 -
            (1.0 / 360 -
             (1.0 / 1260 - (1.0 / 1680 - (1.0 / 1188 - 691.0 / 360360 / s) / s) / s) / s) /
                s) /
           n;
}

/* x log(x / mean) + mean - x without cancellation near x = mean; Loader 2000. */
static double deviance(double x, double mean)
{
    double off = x - mean;
    if (fabs(off) >= 0.1 * (x + mean))
        return x * log(x / mean) + mean - x;
    double v = off / (x + mean), sum = off * v, power = 2 * x * v;
    for (int j = 1; j < 1000; j++) {
        power *= v * v;
        double next = sum + power / (2 * j + 1);
        if (next == sum)
            break;
        sum = next;
    }
    return sum;
}

double pmf_binomial(double k, double n, double p)
{
    if (k < 0 || k > n)
        return 0;
    if (p <= 0 || p >= 1)
        return k == (p <= 0 ? 0 : n);
    if (k == 0)
        return exp(n * log1p(-p));
    if (k == n)
        return exp(n * log(p));
    double log_p = stirling_error(n) - stirling_error(k) - stirling_error(n - k) -
                   deviance(k, n * p) - deviance(n - k, n * (1 - p));
    return exp(log_p) * sqrt(n / (2 * M_PI * k * (n - k)));
}

/* From k outwards until nothing is added: the terms fall faster than geometrically there. */
static double binomial_tail(double k, double n, double p, int step)
{
    double at = pmf_binomial(k, n, p), sum = 0;
    for (; at > 0 && sum + at != sum; k += step) {
        sum += at;
        at *= step > 0 ? (n - k) / (k + 1) * (p / (1 - p)) : k / (n - k + 1) * ((1 - p) / p);
    }
    return fmin(1, sum);
}

double cdf_binomial_low(double k, double n, double p)
{
    k = floor(k);
    if (k < 0 || k >= n || p <= 0 || p >= 1)
        return k >= n || (k >= 0 && p <= 0);
    return k <= n * p ? binomial_tail(k, n, p, -1) : 1 - binomial_tail(k + 1, n, p, 1);
}

double cdf_binomial_high(double k, double n, double p)
{
    k = ceil(k);
    if (k <= 0 || k > n || p <= 0 || p >= 1)
        return k <= 0 || (k <= n && p >= 1);
    return k > n * p ? binomial_tail(k, n, p, 1) : 1 - binomial_tail(k - 1, n, p, -1);
}

/* Three binomials with the sampling share as probability (Loader 2000, section 5). */
double pmf_hypergeometric(double k, double marked, double plain, double drawn)
{
    if (k < 0 || k > marked || drawn - k > plain || k > drawn)
        return 0;
    double all = marked + plain, share = drawn / all;
    if (drawn <= 0 || drawn >= all)
        return 1;
    return pmf_binomial(k, marked, share) * pmf_binomial(drawn - k, plain, share) /
           pmf_binomial(drawn, all, share);
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
