/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/trend_ratchet.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/trend_series.h"
#include "base/rng.h"

#define ROUNDING 1e-9 /* of the distance: sums in another order */

/* Both sides in one array, the newest first, less their common mean. */
struct sides {
    double *all;
    size_t recent, count;
};

static bool fill(struct sides *s, const double *recent, const double *pinned)
{
    memcpy(s->all, recent, s->recent * sizeof *recent);
    memcpy(s->all + s->recent, pinned, (s->count - s->recent) * sizeof *pinned);
    double sum = 0;
    for (size_t i = 0; i < s->count; i++)
        sum += s->all[i] / (double)s->count;
    for (size_t i = 0; i < s->count; i++)
        s->all[i] -= sum;
    return isfinite(sum);
}

/* Arrangements that there are, or `enough` once it is certain that there are more. */
static double arrangements(const struct sides *s, double enough)
{
    double ways = 1;
    for (size_t i = 1; i <= s->recent && ways <= enough; i++)
        ways *= (double)(s->count - s->recent + i) / (double)i;
    return round(fmin(ways, 2 * enough));
}

/* With the common mean taken out, the difference of means is proportional to the sum of a side. */
static double sum_of(const double *x, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += x[i];
    return fabs(sum);
}

/* All choices of `left` more runs from index `at` on: how many sums are at least `far` from 0. */
static double count_far(const struct sides *s, size_t at, size_t left, double sum, double far)
{
    if (left == 0)
        return fabs(sum) >= far;
    double reached = 0;
    for (size_t i = at; i + left <= s->count; i++)
        reached += count_far(s, i + 1, left - 1, sum + s->all[i], far);
    return reached;
}

static double drawn_p(const struct sides *s, unsigned draws, double far)
{
    struct rng r;
    rng_seed(&r, series_hash(s->all, s->count));
    unsigned reached = 0;
    for (unsigned d = 0; d < draws; d++) {
        for (size_t i = 0; i < s->recent; i++) {
            size_t j = i + (size_t)rng_below(&r, s->count - i);
            double kept = s->all[j];
            s->all[j] = s->all[i];
            s->all[i] = kept;
        }
        reached += sum_of(s->all, s->recent) >= far;
    }
    return (1.0 + reached) / (1.0 + draws);
}

static double shift_of(const double *pinned, size_t pinned_count, const double *recent,
                       size_t recent_count, double *scratch)
{
    series_sort(pinned, pinned_count, scratch);
    series_sort(recent, recent_count, scratch + pinned_count);
    return series_shift(scratch, pinned_count, scratch + pinned_count, recent_count);
}

int trend_ratchet(const double *pinned, size_t pinned_count, const double *values, size_t count,
                  size_t from, const struct trend_params *params, struct trend_ratchet *out)
{
    size_t newest = count - from > RATCHET_RECENT ? RATCHET_RECENT : count - from;
    *out = (struct trend_ratchet){.runs = newest, .shift = NAN, .p = NAN};
    if (newest < RATCHET_MIN || pinned_count < RATCHET_MIN)
        return -ENODATA;
    const double *recent = values + count - newest;
    struct sides s = {malloc((newest + pinned_count) * sizeof(double)), newest,
                      newest + pinned_count};
    if (!s.all)
        return -ENOMEM;
    int ret = -EINVAL;
    if (!fill(&s, recent, pinned))
        goto end;
    double ways = arrangements(&s, params->draws), far = sum_of(s.all, newest) * (1 - ROUNDING);
    out->p = ways <= params->draws ? count_far(&s, 0, newest, 0, far) / ways
                                   : drawn_p(&s, params->draws, far);
    out->shift = shift_of(pinned, pinned_count, recent, newest, s.all);
    out->moved = out->p <= params->alpha && fabs(out->shift) >= params->margin;
    ret = 1 / fmin(ways, params->draws + 1.0) > params->alpha ? -ERANGE : 0;
end:
    free(s.all);
    return ret;
}
