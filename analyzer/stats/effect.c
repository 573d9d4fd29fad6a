/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/effect.h"

#include <math.h>

double effect_cliff(const double *a, size_t n, const double *b, size_t m)
{
    double above = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            above += (b[j] > a[i]) - (b[j] < a[i]);
    return n && m ? above / ((double)n * (double)m) : NAN;
}

static const struct {
    uint64_t num, den;
} shifts[EFFECT_SHIFTS] = {
    {10, 100}, {20, 100}, {30, 100}, {40, 100}, {50, 100}, {60, 100},
    {70, 100}, {80, 100}, {90, 100}, {95, 100}, {99, 100}, {999, 1000},
};

/* At least ten samples above, and ten below, as for any printed percentile. */
static int is_shown(uint64_t count, size_t i)
{
    uint64_t above = shifts[i].den - shifts[i].num;
    uint64_t side = above < shifts[i].num ? above : shifts[i].num;
    return count * side >= 10 * shifts[i].den;
}

static double sorted_at(const double *x, size_t n, size_t i)
{
    return is_shown(n, i) ? x[(n * shifts[i].num + shifts[i].den - 1) / shifts[i].den - 1] : NAN;
}

static double hist_at(const struct hist_sum *h, size_t i)
{
    if (!is_shown(h->count, i))
        return NAN;
    return (double)hist_sum_percentile_ns(h, shifts[i].num, shifts[i].den);
}

void effect_shift_sorted(const double *a, size_t n, const double *b, size_t m,
                         struct shift_point out[EFFECT_SHIFTS])
{
    for (size_t i = 0; i < EFFECT_SHIFTS; i++)
        out[i] = (struct shift_point){shifts[i].num, shifts[i].den, sorted_at(a, n, i),
                                      sorted_at(b, m, i)};
}

void effect_shift_hist(const struct hist_sum *a, const struct hist_sum *b,
                       struct shift_point out[EFFECT_SHIFTS])
{
    for (size_t i = 0; i < EFFECT_SHIFTS; i++)
        out[i] = (struct shift_point){shifts[i].num, shifts[i].den, hist_at(a, i), hist_at(b, i)};
}
