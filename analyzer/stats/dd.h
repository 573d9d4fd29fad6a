/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Double-double: an unevaluated sum hi + lo with |lo| <= ulp(hi) / 2, about 106 bits.
 * Error-free sum after Knuth (TAOCP 2, 4.2.2), product by fma; the operations are those of
 * Dekker 1971 and Hida, Li and Bailey 2001, relative error a few 2^-104.
 */
#ifndef ANALYZER_STATS_DD_H
#define ANALYZER_STATS_DD_H

#include <math.h>

struct dd {
    double hi, lo;
};

static inline struct dd dd_of(double x)
{
    return (struct dd){x, 0};
}

static inline struct dd dd_two_sum(double a, double b)
{
    double sum = a + b, part = sum - a;
    return (struct dd){sum, (a - (sum - part)) + (b - part)};
}

/* |a| >= |b| */
static inline struct dd dd_quick_sum(double a, double b)
{
    double sum = a + b;
    return (struct dd){sum, b - (sum - a)};
}

static inline struct dd dd_add(struct dd a, struct dd b)
{
    struct dd high = dd_two_sum(a.hi, b.hi), low = dd_two_sum(a.lo, b.lo);
    high = dd_quick_sum(high.hi, high.lo + low.hi);
    return dd_quick_sum(high.hi, high.lo + low.lo);
}

static inline struct dd dd_neg(struct dd a)
{
    return (struct dd){-a.hi, -a.lo};
}

static inline struct dd dd_sub(struct dd a, struct dd b)
{
    return dd_add(a, dd_neg(b));
}

static inline struct dd dd_mul(struct dd a, struct dd b)
{
    double product = a.hi * b.hi, rest = fma(a.hi, b.hi, -product);
    return dd_quick_sum(product, rest + (a.hi * b.lo + a.lo * b.hi));
}

static inline struct dd dd_div(struct dd a, struct dd b)
{
    double first = a.hi / b.hi;
    struct dd rest = dd_sub(a, dd_mul(b, dd_of(first)));
    double second = rest.hi / b.hi;
    rest = dd_sub(rest, dd_mul(b, dd_of(second)));
    return dd_add(dd_quick_sum(first, second), dd_of(rest.hi / b.hi));
}

static inline double dd_value(struct dd a)
{
    return a.hi + a.lo;
}

#endif
