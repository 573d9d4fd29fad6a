/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/trend_fence.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define RUNS_A_FENCE 20   /* a fence costs about as much as the scan of its share of the runs */
#define ROOM         6.0  /* limit over the mean of |S|^2 in shuffled runs: few draws pass it */
#define SAFE         1e-3 /* of q, well above what float sums lose */

/* What a plan is made from: the longest vectors together, and the |S(t)| that reaches q. */
struct bounds {
    size_t count;
    double longest[ENERGY_MAX + 1]; /* of the k longest vectors, their lengths' sum */
    double needed[ENERGY_MAX];      /* INFINITY where no |S(t)| is enough */
    double spread;                  /* mean of |vector|^2 */
};

static int falling(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* |vector|^2 of a run is its mean distance less half of the mean over all runs. */
static void measure_vectors(const struct stretch *s, struct bounds *b)
{
    double n = (double)s->count, length[ENERGY_MAX];
    b->spread = 0;
    for (size_t r = 0; r < s->count; r++) {
        double square = fmax(0, (double)s->far[r] / n - s->pairs / (n * n));
        length[r] = sqrt(square) * (1 + SAFE);
        b->spread += square / n;
    }
    qsort(length, s->count, sizeof *length, falling);
    b->longest[0] = 0;
    for (size_t k = 0; k < s->count; k++)
        b->longest[k + 1] = b->longest[k] + length[k];
}

static void measure_needs(const struct stretch *s, double q, struct bounds *b)
{
    double n = (double)s->count;
    for (size_t i = ENERGY_MIN_SIDE; i + ENERGY_MIN_SIDE <= s->count; i++) {
        double t = (double)i, coef = (double)s->cross[i] * n * n / (t * (n - t));
        b->needed[i] = coef > 0 ? sqrt(q * (1 - SAFE) / coef) : INFINITY;
    }
}

/* Whether a split may reach q at all: from either end S has only so many vectors. */
static bool is_open(const struct bounds *b, size_t t)
{
    return b->longest[t < b->count - t ? t : b->count - t] >= b->needed[t];
}

/* The limit of |S(at)|^2 for the splits from..to; negative: there is none. */
static double limit_for(const struct bounds *b, size_t at, size_t from, size_t to)
{
    double least = INFINITY;
    for (size_t t = from; t <= to; t++)
        least = fmin(least, b->needed[t] - b->longest[t < at ? at - t : t - at]);
    return least > 0 ? least * least : -1;
}

/* Even fences over the splits from..to; false where one would be passed too often. */
static bool place(struct fences *f, const struct bounds *b, size_t count, size_t from, size_t to)
{
    f->count = count;
    for (size_t k = 0; k < count; k++) {
        size_t first = from + (to + 1 - from) * k / count;
        size_t last = from + (to + 1 - from) * (k + 1) / count - 1;
        size_t at = f->at[k] = (first + last) / 2;
        f->limit[k] = limit_for(b, at, first, last);
        double usual = (double)at * (double)(b->count - at) / (double)b->count * b->spread;
        if (first > last || f->limit[k] < ROOM * usual)
            return false;
    }
    return true;
}

void fences_plan(struct fences *f, const struct stretch *s, double q)
{
    struct bounds b = {.count = s->count};
    size_t from = ENERGY_MIN_SIDE, to = s->count - ENERGY_MIN_SIDE;
    memset(f, 0, sizeof *f);
    for (size_t r = 0; r + 1 < s->count; r++)
        f->gap[r] = s->sorted[r + 1] - s->sorted[r];
    measure_vectors(s, &b);
    measure_needs(s, q, &b);
    while (from <= to && !is_open(&b, from))
        from++;
    while (to >= from && !is_open(&b, to))
        to--;
    f->useful = from > to;
    for (size_t k = 1; !f->useful && k <= FENCES_MAX && k * RUNS_A_FENCE <= s->count; k++)
        f->useful = place(f, &b, k, from, to);
}

/* Each lane becomes the sum of itself and those before it. */
#define ADD_BEFORE(x, ...) x += __builtin_shuffle((lanes){0}, x, (lane_bits){__VA_ARGS__})
#define SUM_UP(x)                                                                                  \
    do {                                                                                           \
        ADD_BEFORE(x, 0, 8, 9, 10, 11, 12, 13, 14);                                                \
        ADD_BEFORE(x, 0, 0, 8, 9, 10, 11, 12, 13);                                                 \
        ADD_BEFORE(x, 0, 0, 0, 0, 8, 9, 10, 11);                                                   \
    } while (0)

/* |S(t)|^2 of the present order: the sum over the ranks, from below, of the gap to the next rank
 * times the square of how many of the first t runs are up to here, less their share of all runs up
 * to here. The runs after t give the same square: the fewer are looked at. */
__attribute__((target_clones("avx2", "default"))) static double
square_at(const struct fences *f, const struct stretch *s, size_t t)
{
    float among[SCAN_PADDED] = {0};
    size_t from = 2 * t <= s->count ? 0 : t, to = 2 * t <= s->count ? t : s->count;
    for (size_t i = from; i < to; i++)
        among[s->order[i]] = 1;
    lanes sum = {0}, before = {0}, share = {1, 2, 3, 4, 5, 6, 7, 8};
    share *= (float)(to - from) / (float)s->count;
    lanes step = (lanes){0} + SCAN_LANES * (float)(to - from) / (float)s->count;
    for (size_t r = 0; r < s->count; r += SCAN_LANES) {
        lanes up_to = *(const lanes *)(among + r);
        SUM_UP(up_to);
        up_to += before[SCAN_LANES - 1];
        lanes apart = up_to - share;
        sum += *(const lanes *)(f->gap + r) * apart * apart;
        before = up_to;
        share += step;
    }
    SUM_UP(sum);
    return (double)sum[SCAN_LANES - 1];
}

bool fences_hold(const struct fences *f, const struct stretch *s)
{
    for (size_t k = 0; k < f->count && f->useful; k++)
        if (square_at(f, s, f->at[k]) >= f->limit[k])
            return false;
    return f->useful;
}
