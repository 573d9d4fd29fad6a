/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Descriptive statistics in double-double arithmetic (about 106 bits): sums, squares and the small
 * linear systems lose nothing that the given doubles carry, so that a mean of 1e12 and a deviation
 * of 0.1 go together. Held against the NIST StRD in the tests. Pure, no allocation.
 */
#ifndef ANALYZER_STATS_DESCRIBE_H
#define ANALYZER_STATS_DESCRIBE_H

#include <stdbool.h>
#include <stddef.h>

/* NAN for n = 0. */
double describe_mean(const double *x, size_t n);
/* Sum of the squared deviations from the mean; 0 for n < 2. */
double describe_squares(const double *x, size_t n);
/* Sample standard deviation, denominator n - 1; NAN for n < 2. */
double describe_sd(const double *x, size_t n);
/* Autocorrelation at lag 1 about the common mean; NAN for n < 2 or a constant series. */
double describe_lag1(const double *x, size_t n);

#define FIT_TERMS 6 /* an intercept and five predictors */

struct fit {
    double coefficient[FIT_TERMS], error[FIT_TERMS]; /* the intercept first, where there is one */
    double residual_sd, r2; /* r2 about the mean with an intercept, else about 0 */
    size_t terms, df;       /* df: n - terms */
};

/* Least squares of y on `columns` (`count` arrays of n values) by the normal equations.
 * -ERANGE: more terms than FIT_TERMS, or not more values than terms; -EDOM: columns that depend on
 * each other. */
int describe_fit(const double *const *columns, size_t count, bool intercept, const double *y,
                 size_t n, struct fit *out);

struct anova {
    double between_squares, within_squares, f, r2, residual_sd;
    size_t between_df, within_df;
};

/* One-way analysis of variance; group g is the next sizes[g] >= 1 values of `y`.
 * -ERANGE: fewer than two groups, or no value more than groups. f is NAN when nothing varies. */
int describe_anova(const double *y, const size_t *sizes, size_t groups, struct anova *out);

#endif
