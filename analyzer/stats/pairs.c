/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/pairs.h"

#include <stdlib.h>

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

double *pairs_between(const double *a, size_t n, const double *b, size_t m)
{
    double *all = malloc(n * m * sizeof *all);
    if (!all)
        return NULL;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            all[i * m + j] = b[j] - a[i];
    qsort(all, n * m, sizeof *all, ascending);
    return all;
}

double *pairs_within(const double *d, size_t n)
{
    double *all = malloc(n * (n + 1) / 2 * sizeof *all), *next = all;
    if (!all)
        return NULL;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i; j < n; j++)
            *next++ = d[i] / 2 + d[j] / 2;
    qsort(all, n * (n + 1) / 2, sizeof *all, ascending);
    return all;
}
