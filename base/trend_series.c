/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/trend_series.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void series_sort(const double *values, size_t count, double *sorted)
{
    memmove(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_value);
}

double series_median(const double *sorted, size_t count)
{
    if (count == 0)
        return 0;
    return sorted[(count - 1) / 2] / 2 + sorted[count / 2] / 2;
}

double series_mean_distance(const double *sorted, size_t count)
{
    if (count < 2)
        return 0;
    double sum = 0, n = (double)count;
    for (size_t i = 0; i < count; i++)
        sum += (2 * (double)i + 1 - n) * (sorted[i] - sorted[0]);
    return sum / (n * (n - 1) / 2);
}

/* How many differences y - x are at most d. */
static uint64_t count_up_to(const double *x, size_t count_x, const double *y, size_t count_y,
                            double d)
{
    uint64_t pairs = 0;
    size_t j = 0;
    for (size_t i = 0; i < count_x; i++) {
        while (j < count_y && y[j] - x[i] <= d)
            j++;
        pairs += j;
    }
    return pairs;
}

/* The smallest double d with at least `rank` differences up to it: an order statistic. */
static double difference_at(const double *x, size_t count_x, const double *y, size_t count_y,
                            uint64_t rank)
{
    double lo = y[0] - x[count_x - 1], hi = y[count_y - 1] - x[0];
    if (count_up_to(x, count_x, y, count_y, lo) >= rank)
        return lo;
    double fine = 1e-15 * fmax(fabs(lo), fabs(hi));
    while (hi - lo > fine) {
        double middle = lo + (hi - lo) / 2;
        if (middle <= lo || middle >= hi)
            break;
        if (count_up_to(x, count_x, y, count_y, middle) >= rank)
            hi = middle;
        else
            lo = middle;
    }
    return hi;
}

double series_shift(const double *x, size_t count_x, const double *y, size_t count_y)
{
    uint64_t pairs = (uint64_t)count_x * count_y;
    double low = difference_at(x, count_x, y, count_y, (pairs + 1) / 2);
    if (pairs % 2)
        return low;
    return low / 2 + difference_at(x, count_x, y, count_y, pairs / 2 + 1) / 2;
}

static double mean(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i] - values[0];
    return count ? values[0] + sum / (double)count : 0;
}

double series_lag1_split(const double *values, size_t count, size_t at)
{
    double square = 0, product = 0, before = 0;
    double centre[2] = {mean(values, at), mean(values + at, count - at)};
    for (size_t i = 0; i < count; i++) {
        double e = values[i] - centre[i >= at];
        square += e * e;
        product += i != 0 && i != at ? e * before : 0;
        before = e;
    }
    return square > 0 ? product / square : 0;
}

struct place {
    double value;
    size_t index;
};

static int by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int order = (x->value > y->value) - (x->value < y->value);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

uint64_t series_hash(const double *values, size_t count)
{
    uint64_t hash = count;
    struct place *places = malloc((count + !count) * sizeof *places);
    if (!places)
        return hash;
    for (size_t i = 0; i < count; i++)
        places[i] = (struct place){values[i], i};
    qsort(places, count, sizeof *places, by_place);
    for (size_t i = 0; i < count; i++) {
        bool tied = i > 0 && !(places[i].value > places[i - 1].value);
        hash = rng_mix(hash, 2 * places[i].index + tied);
    }
    free(places);
    return hash;
}
