/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/correction.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static int by_p(const void *left, const void *right, void *values)
{
    const double *p = values;
    double a = p[*(const size_t *)left], b = p[*(const size_t *)right];
    return (a > b) - (a < b);
}

/* Indexes of the p that are there, ascending by p; NULL without memory. */
static size_t *ordered(const double *p, size_t count, size_t *used)
{
    size_t *order = malloc((count + 1) * sizeof *order);
    *used = 0;
    if (!order)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (!isnan(p[i]))
            order[(*used)++] = i;
    qsort_r(order, *used, sizeof *order, by_p, (void *)p);
    return order;
}

static void nothing_yet(double *adjusted, size_t count)
{
    for (size_t i = 0; i < count; i++)
        adjusted[i] = NAN;
}

int correction_holm(const double *p, size_t count, double *adjusted)
{
    size_t used, *order = ordered(p, count, &used);
    if (!order)
        return -ENOMEM;
    nothing_yet(adjusted, count);
    double least = 0;
    for (size_t i = 0; i < used; i++) {
        least = fmax(least, fmin(1, p[order[i]] * (double)(used - i)));
        adjusted[order[i]] = least;
    }
    free(order);
    return 0;
}

int correction_bh(const double *p, size_t count, double *adjusted)
{
    size_t used, *order = ordered(p, count, &used);
    if (!order)
        return -ENOMEM;
    nothing_yet(adjusted, count);
    double most = 1;
    for (size_t i = used; i-- > 0;) {
        most = fmin(most, p[order[i]] * (double)used / (double)(i + 1));
        adjusted[order[i]] = most;
    }
    free(order);
    return 0;
}
