/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prints what describe.h says of numbers on standard input, one `name value` a line, every digit.
 *   describe_values univariate       values
 *   describe_values anova            lines of: group (from 0, ascending) value
 *   describe_values fit 0|1 TERMS    lines of: y x; predictors x, x^2 ... x^TERMS; 1: an intercept
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/stats/describe.h"

#define MOST 10000

struct numbers {
    double *cell;
    size_t count;
};

static struct numbers read_all(void)
{
    struct numbers in = {malloc(MOST * sizeof(double)), 0};
    while (in.cell && in.count < MOST && scanf("%lf", &in.cell[in.count]) == 1)
        in.count++;
    return in;
}

static void print(const char *name, double value)
{
    printf("%s %.17g\n", name, value);
}

static int univariate(const struct numbers *in)
{
    print("mean", describe_mean(in->cell, in->count));
    print("sd", describe_sd(in->cell, in->count));
    print("lag1", describe_lag1(in->cell, in->count));
    return 0;
}

static int anova(const struct numbers *in)
{
    size_t sizes[64] = {0}, groups = 0, n = in->count / 2;
    double y[MOST];
    for (size_t i = 0; i < n; i++) {
        size_t group = (size_t)in->cell[2 * i];
        sizes[group]++;
        groups = group + 1;
        y[i] = in->cell[2 * i + 1];
    }
    struct anova a;
    if (describe_anova(y, sizes, groups, &a))
        return 1;
    print("between", a.between_squares);
    print("within", a.within_squares);
    print("f", a.f);
    print("r2", a.r2);
    print("residual_sd", a.residual_sd);
    return 0;
}

static int fit(const struct numbers *in, int intercept, size_t terms)
{
    static double column[FIT_TERMS][MOST], y[MOST];
    const double *columns[FIT_TERMS];
    size_t n = in->count / 2;
    for (size_t i = 0; i < n; i++) {
        double power = 1;
        y[i] = in->cell[2 * i];
        for (size_t t = 0; t < terms; t++)
            column[t][i] = power *= in->cell[2 * i + 1];
    }
    for (size_t t = 0; t < terms; t++)
        columns[t] = column[t];
    struct fit f;
    if (describe_fit(columns, terms, intercept, y, n, &f))
        return 1;
    for (size_t t = 0; t < f.terms; t++)
        printf("b%zu %.17g\nse%zu %.17g\n", t, f.coefficient[t], t, f.error[t]);
    print("residual_sd", f.residual_sd);
    print("r2", f.r2);
    return 0;
}

int main(int argc, char **argv)
{
    struct numbers in = read_all();
    const char *what = argc > 1 ? argv[1] : "";
    int failed = 2;
    if (strcmp(what, "univariate") == 0)
        failed = univariate(&in);
    else if (strcmp(what, "anova") == 0)
        failed = anova(&in);
    else if (strcmp(what, "fit") == 0 && argc == 4)
        failed = fit(&in, atoi(argv[2]), (size_t)atoi(argv[3]));
    free(in.cell);
    return failed;
}
