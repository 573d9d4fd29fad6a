/* SPDX-License-Identifier: BSD-3-Clause */
#include "db/extension/interval.h"

#include <math.h>

#define EXACT_VARIANCE 1e9 /* about 300,000 terms, a few ms */

static double log_mass(double n, double p, double k)
{
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log1p(-p);
}

/* The smallest k with P(B <= k) > tail, walking up from where nothing is left below. */
static double walk_up(double n, double p, double tail)
{
    double k = floor(n * p - 12 * sqrt(n * p * (1 - p)) - 12), sum = 0;
    k = k < 0 ? 0 : k;
    double mass = exp(log_mass(n, p, k));
    while (k < n && (sum += mass) <= tail) {
        mass *= (n - k) / (k + 1) * (p / (1 - p));
        k++;
    }
    return k;
}

/* z with P(Z > z) = tail, by bisection: once a call, and needs no table. */
static double normal_z(double tail)
{
    double lo = 0, hi = 40;
    for (int i = 0; i < 100; i++) {
        double z = (lo + hi) / 2;
        if (erfc(z / sqrt(2)) / 2 > tail)
            lo = z;
        else
            hi = z;
    }
    return hi;
}

/* The smallest k with P(B <= k) > tail. */
static double lower_tail(double n, double p, double tail)
{
    double variance = n * p * (1 - p);
    if (variance <= EXACT_VARIANCE)
        return walk_up(n, p, tail);
    return floor(n * p - normal_z(tail) * sqrt(variance) - 1);
}

bool interval_ranks(uint64_t count, double p, double confidence, struct ranks *out)
{
    double n = (double)count, tail = (1 - confidence) / 2;
    if (!count || p <= 0 || p >= 1)
        return false;
    double lo = lower_tail(n, p, tail);             /* P(B < lo) <= tail */
    double hi = n - lower_tail(n, 1 - p, tail) + 1; /* P(B >= hi) <= tail, by symmetry */
    if (lo < 1 || hi > n)
        return false;
    *out = (struct ranks){(uint64_t)lo, (uint64_t)hi};
    return true;
}
