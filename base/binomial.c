/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/binomial.h"

#include <assert.h>
#include <math.h>

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

double binomial_pmf(double k, double n, double p)
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
static double tail(double k, double n, double p, int step)
{
    double at = binomial_pmf(k, n, p), sum = 0;
    for (; at > 0 && sum + at != sum; k += step) {
        sum += at;
        at *= step > 0 ? (n - k) / (k + 1) * (p / (1 - p)) : k / (n - k + 1) * ((1 - p) / p);
    }
    return fmin(1, sum);
}

double binomial_low(double k, double n, double p)
{
    k = floor(k);
    if (k < 0 || k >= n || p <= 0 || p >= 1)
        return k >= n || (k >= 0 && p <= 0);
    return k <= n * p ? tail(k, n, p, -1) : 1 - tail(k + 1, n, p, 1);
}

double binomial_high(double k, double n, double p)
{
    k = ceil(k);
    if (k <= 0 || k > n || p <= 0 || p >= 1)
        return k <= 0 || (k <= n && p >= 1);
    return k > n * p ? tail(k, n, p, 1) : 1 - tail(k - 1, n, p, -1);
}

enum binomial_ruling binomial_rule(double count, double beyond, double share, double alpha)
{
    assert(share > 0 && share < 1);
    if (count <= 0)
        return RULING_OPEN;
    if (binomial_high(beyond, count, 1 - share) <= alpha)
        return RULING_REFUTED;
    return binomial_low(beyond, count, 1 - share) <= alpha ? RULING_SUPPORTED : RULING_OPEN;
}

double binomial_rule_needs(double share, double alpha)
{
    return ceil(log(alpha) / log(share) - 1e-9);
}
