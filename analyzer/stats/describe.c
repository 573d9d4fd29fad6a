/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/describe.h"

#include <errno.h>
#include <math.h>

#include "analyzer/stats/dd.h"

static struct dd mean_of(const double *x, size_t n)
{
    struct dd sum = dd_of(0);
    for (size_t i = 0; i < n; i++)
        sum = dd_add(sum, dd_of(x[i]));
    return dd_div(sum, dd_of((double)n));
}

/* Sum of (x_i - mean)(x_(i+lag) - mean). */
static struct dd products(const double *x, size_t n, size_t lag, struct dd mean)
{
    struct dd sum = dd_of(0);
    for (size_t i = 0; i + lag < n; i++)
        sum = dd_add(sum, dd_mul(dd_sub(dd_of(x[i]), mean), dd_sub(dd_of(x[i + lag]), mean)));
    return sum;
}

static struct dd squares_of(const double *x, size_t n)
{
    return n < 2 ? dd_of(0) : products(x, n, 0, mean_of(x, n));
}

double describe_mean(const double *x, size_t n)
{
    return n ? dd_value(mean_of(x, n)) : NAN;
}

double describe_squares(const double *x, size_t n)
{
    return dd_value(squares_of(x, n));
}

double describe_sd(const double *x, size_t n)
{
    return n < 2 ? NAN : sqrt(dd_value(dd_div(squares_of(x, n), dd_of((double)(n - 1)))));
}

double describe_lag1(const double *x, size_t n)
{
    if (n < 2)
        return NAN;
    struct dd mean = mean_of(x, n), squares = products(x, n, 0, mean);
    return squares.hi > 0 ? dd_value(dd_div(products(x, n, 1, mean), squares)) : NAN;
}

/* The least-squares problem: term t of row i is 1 for the intercept, else a column's value. */
struct design {
    const double *const *columns;
    size_t count, n, terms;
    bool intercept;
    const double *y;
};

static struct dd term(const struct design *d, size_t t, size_t row)
{
    if (d->intercept && t == 0)
        return dd_of(1);
    return dd_of(d->columns[t - d->intercept][row]);
}

/* [X'X | X'y | I], which the elimination turns into [I | b | inv(X'X)]. */
struct normal {
    struct dd cell[FIT_TERMS][2 * FIT_TERMS + 1];
    size_t terms, width;
};

static struct normal normal_of(const struct design *d)
{
    struct normal m = {.terms = d->terms, .width = 2 * d->terms + 1};
    for (size_t r = 0; r < d->terms; r++) {
        for (size_t i = 0; i < d->n; i++) {
            struct dd x = term(d, r, i);
            for (size_t c = 0; c < d->terms; c++)
                m.cell[r][c] = dd_add(m.cell[r][c], dd_mul(x, term(d, c, i)));
            m.cell[r][d->terms] = dd_add(m.cell[r][d->terms], dd_mul(x, dd_of(d->y[i])));
        }
        m.cell[r][d->terms + 1 + r] = dd_of(1);
    }
    return m;
}

static void subtract_row(struct normal *m, size_t from, size_t row, struct dd factor)
{
    for (size_t c = 0; c < m->width; c++)
        m->cell[from][c] = dd_sub(m->cell[from][c], dd_mul(factor, m->cell[row][c]));
}

/* Gauss and Jordan without pivoting: X'X is positive definite, its own diagonal is the pivot. What
 * is left of a pivot says how far its column is from a combination of those before it. */
static int eliminate(struct normal *m)
{
    double before[FIT_TERMS];
    for (size_t r = 0; r < m->terms; r++)
        before[r] = m->cell[r][r].hi;
    for (size_t r = 0; r < m->terms; r++) {
        struct dd pivot = m->cell[r][r];
        if (!(pivot.hi > before[r] * 1e-24))
            return -EDOM;
        for (size_t c = 0; c < m->width; c++)
            m->cell[r][c] = dd_div(m->cell[r][c], pivot);
        for (size_t other = 0; other < m->terms; other++)
            if (other != r)
                subtract_row(m, other, r, m->cell[other][r]);
    }
    return 0;
}

static struct dd residual_squares(const struct design *d, const struct normal *m)
{
    struct dd sum = dd_of(0);
    for (size_t i = 0; i < d->n; i++) {
        struct dd rest = dd_of(d->y[i]);
        for (size_t t = 0; t < d->terms; t++)
            rest = dd_sub(rest, dd_mul(m->cell[t][d->terms], term(d, t, i)));
        sum = dd_add(sum, dd_mul(rest, rest));
    }
    return sum;
}

static void fit_fill(const struct design *d, const struct normal *m, struct fit *out)
{
    struct dd residual = residual_squares(d, m);
    struct dd about = products(d->y, d->n, 0, d->intercept ? mean_of(d->y, d->n) : dd_of(0));
    struct dd variance = dd_div(residual, dd_of((double)(d->n - d->terms)));
    *out = (struct fit){.terms = d->terms, .df = d->n - d->terms};
    out->residual_sd = sqrt(dd_value(variance));
    out->r2 = about.hi > 0 ? dd_value(dd_sub(dd_of(1), dd_div(residual, about))) : NAN;
    for (size_t t = 0; t < d->terms; t++) {
        out->coefficient[t] = dd_value(m->cell[t][d->terms]);
        out->error[t] = sqrt(dd_value(dd_mul(variance, m->cell[t][d->terms + 1 + t])));
    }
}

int describe_fit(const double *const *columns, size_t count, bool intercept, const double *y,
                 size_t n, struct fit *out)
{
    struct design d = {columns, count, n, count + intercept, intercept, y};
    if (d.terms == 0 || d.terms > FIT_TERMS || n <= d.terms)
        return -ERANGE;
    struct normal m = normal_of(&d);
    int ret = eliminate(&m);
    if (!ret)
        fit_fill(&d, &m, out);
    return ret;
}

static void anova_fill(struct dd between, struct dd within, struct anova *out)
{
    struct dd mean_between = dd_div(between, dd_of((double)out->between_df));
    struct dd mean_within = dd_div(within, dd_of((double)out->within_df));
    struct dd all = dd_add(between, within);
    out->between_squares = dd_value(between);
    out->within_squares = dd_value(within);
    out->residual_sd = sqrt(dd_value(mean_within));
    out->r2 = all.hi > 0 ? dd_value(dd_div(between, all)) : NAN;
    if (within.hi > 0)
        out->f = dd_value(dd_div(mean_between, mean_within));
    else
        out->f = between.hi > 0 ? INFINITY : NAN;
}

int describe_anova(const double *y, const size_t *sizes, size_t groups, struct anova *out)
{
    size_t n = 0;
    for (size_t g = 0; g < groups; g++)
        n += sizes[g];
    if (groups < 2 || n <= groups)
        return -ERANGE;
    *out = (struct anova){.between_df = groups - 1, .within_df = n - groups};
    struct dd mean = mean_of(y, n), between = dd_of(0), within = dd_of(0);
    for (size_t g = 0; g < groups; y += sizes[g++]) {
        struct dd off = dd_sub(mean_of(y, sizes[g]), mean);
        between = dd_add(between, dd_mul(dd_of((double)sizes[g]), dd_mul(off, off)));
        within = dd_add(within, squares_of(y, sizes[g]));
    }
    anova_fill(between, within, out);
    return 0;
}
