/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/trend_bound.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/vector.h"

#define SLACK 1e-3 /* of Q: far beyond what floats round */

typedef float lanes __attribute__((vector_size(4 * BOUND_LANES), aligned(4)));

struct place {
    float value;
    uint16_t run;
};

static int by_value(const void *a, const void *b)
{
    float x = ((const struct place *)a)->value, y = ((const struct place *)b)->value;
    return (x > y) - (x < y);
}

void energy_bound_sort(struct energy_bound *b, const float *values, size_t count, uint16_t *slots)
{
    struct place sorted[ENERGY_MAX + 1];
    memset(b, 0, sizeof *b);
    b->count = count;
    b->rows = (count + BOUND_LANES - 1) / BOUND_LANES;
    for (size_t i = 0; i < count; i++)
        sorted[i] = (struct place){values[i], (uint16_t)i};
    qsort(sorted, count, sizeof *sorted, by_value);
    for (size_t rank = 0; rank < count; rank++) {
        size_t slot = rank % b->rows * BOUND_LANES + rank / b->rows;
        bool last = rank + 1 == count;
        b->gap[slot] = last ? 0 : sorted[rank + 1].value - sorted[rank].value;
        b->share[slot] = (float)((double)(rank + 1) / (double)count);
        slots[sorted[rank].run] = (uint16_t)slot;
    }
}

/* Q(t) is the weight of a pair across the split times n^2 / (t (n - t)) |S(t)|^2. */
static float least_at(const struct energy_bound *b, const float *cross, double q, size_t t)
{
    if (t < ENERGY_MIN_SIDE || t + ENERGY_MIN_SIDE > b->count || !(cross[t] > 0))
        return INFINITY;
    double n = (double)b->count, pairs = (double)t * (n - (double)t);
    return (float)sqrt(q * (1 - SLACK) * pairs / (n * n * (double)cross[t]));
}

static void set_least(struct energy_bound *b, const float *cross, double q)
{
    for (size_t t = 0; t < ENERGY_MAX + BOUND_LANES + 1; t++)
        b->least[t] = least_at(b, cross, q, t);
    for (size_t row = 0; row < b->rows; row++) {
        b->least_of[row] = INFINITY;
        for (size_t t = row * BOUND_LANES + 1; t <= (row + 1) * BOUND_LANES; t++)
            b->least_of[row] = fminf(b->least_of[row], b->least[t]);
    }
}

void energy_bound_open(struct energy_bound *b, const float *far, double pairs, const float *cross,
                       double q)
{
    double n = (double)b->count;
    b->all = 0;
    for (size_t rank = 0; rank < b->count; rank++) {
        size_t slot = rank % b->rows * BOUND_LANES + rank / b->rows;
        b->norm[slot] = (float)sqrt(fmax(0, far[slot] / n - pairs / (n * n)));
        b->all += b->norm[slot];
    }
    set_least(b, cross, q);
}

/* |S(t)| of the runs that are taken. Each lane adds up its own eighth of the sorted runs. */
VECTOR_CLONES_EXACT
static float norm_of(const struct energy_bound *b, size_t t)
{
    lanes below = {0}, counts = {0}, square = {0};
    for (size_t row = 0; row < b->rows; row++)
        counts += *(const lanes *)(b->taken + row * BOUND_LANES);
    for (int i = 1; i < BOUND_LANES; i++)
        below[i] = below[i - 1] + counts[i - 1];
    for (size_t row = 0; row < b->rows; row++) {
        size_t at = row * BOUND_LANES;
        below += *(const lanes *)(b->taken + at);
        lanes s = below - (float)t * *(const lanes *)(b->share + at);
        square += *(const lanes *)(b->gap + at) * s * s;
    }
    float sum = 0;
    for (int i = 0; i < BOUND_LANES; i++)
        sum += square[i];
    return sqrtf(sum);
}

static float lesser(float a, float b)
{
    return a < b ? a : b;
}

/* A walk over the splits. |S| is at most `bound`, and at most `rest`, the norms still to come. */
struct walk {
    struct energy_bound *b;
    const uint16_t *slots;
    size_t taken;
    float bound, rest;
};

static float norm_at(struct walk *w, size_t t)
{
    for (; w->taken < t; w->taken++)
        w->b->taken[w->slots[w->taken]] = 1;
    return norm_of(w->b, t);
}

/* The next eight splits at once: whether they are out of reach. */
static bool skip_row(struct walk *w, size_t row)
{
    const uint16_t *slots = w->slots + row * BOUND_LANES;
    float sum = 0;
    for (size_t i = 0; i < BOUND_LANES; i++)
        sum += w->b->norm[slots[i]];
    if (!(lesser(w->bound + sum, w->rest) < w->b->least_of[row]))
        return false;
    w->bound += sum;
    w->rest -= sum;
    return true;
}

/* One by one; where the bound does not do, |S| itself. True: it may reach Q. */
static bool walk_row(struct walk *w, size_t row)
{
    size_t to = (row + 1) * BOUND_LANES < w->b->count ? (row + 1) * BOUND_LANES : w->b->count;
    for (size_t t = row * BOUND_LANES + 1; t <= to; t++) {
        float norm = w->b->norm[w->slots[t - 1]];
        w->bound += norm;
        w->rest -= norm;
        if (lesser(w->bound, w->rest) < w->b->least[t])
            continue;
        w->bound = norm_at(w, t);
        if (!(w->bound < w->b->least[t]))
            return true;
    }
    return false;
}

bool energy_bound_may_reach(struct energy_bound *b, const uint16_t *slots)
{
    struct walk w = {b, slots, 0, 0, b->all * (1 + (float)SLACK)};
    memset(b->taken, 0, sizeof b->taken);
    bool may = false;
    for (size_t row = 0; row < b->rows && !may; row++) {
        bool whole = (row + 1) * BOUND_LANES <= b->count;
        may = !(whole && skip_row(&w, row)) && walk_row(&w, row);
    }
    return may;
}
