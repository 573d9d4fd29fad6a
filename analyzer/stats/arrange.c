/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/arrange.h"

#include <errno.h>
#include <stdlib.h>

static size_t sum_of(const uint32_t *scores, size_t count)
{
    size_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += scores[i];
    return sum;
}

static void total_up(struct arrangements *a)
{
    a->total = 0;
    for (size_t s = 0; s <= a->top; s++)
        a->total += a->weight[s];
}

/* ways[k][s]: choices of k among the scores so far that sum to s. Each score is added to the
 * larger choices first, so that it is taken once at most. */
static void count_choices(const uint32_t *scores, size_t count, size_t take, double *ways,
                          size_t stride)
{
    ways[0] = 1;
    for (size_t i = 0, reach = 0; i < count; i++) {
        reach += scores[i];
        for (size_t k = i < take ? i + 1 : take; k > 0; k--) {
            double *to = ways + k * stride;
            const double *from = to - stride;
            for (size_t s = scores[i]; s <= reach; s++)
                to[s] += from[s - scores[i]];
        }
    }
}

int arrangements_of_choices(const uint32_t *scores, size_t count, size_t take,
                            struct arrangements *out)
{
    size_t stride = sum_of(scores, count) + 1;
    *out = (struct arrangements){.top = stride - 1};
    double *ways = calloc((take + 1) * stride, sizeof *ways);
    out->weight = malloc(stride * sizeof *out->weight);
    if (!ways || !out->weight) {
        free(ways);
        return -ENOMEM;
    }
    count_choices(scores, count, take, ways, stride);
    for (size_t s = 0; s < stride; s++)
        out->weight[s] = ways[take * stride + s];
    free(ways);
    total_up(out);
    return 0;
}

int arrangements_of_signs(const uint32_t *scores, size_t count, struct arrangements *out)
{
    *out = (struct arrangements){.top = sum_of(scores, count)};
    out->weight = calloc(out->top + 1, sizeof *out->weight);
    if (!out->weight)
        return -ENOMEM;
    out->weight[0] = 1;
    for (size_t i = 0, reach = 0; i < count; i++) {
        reach += scores[i];
        for (size_t s = reach; s >= scores[i] && s > 0; s--)
            out->weight[s] += out->weight[s - scores[i]];
    }
    total_up(out);
    return 0;
}

void arrangements_free(struct arrangements *a)
{
    free(a->weight);
    a->weight = NULL;
}

static uint64_t distance(uint64_t s, uint64_t twice_mean)
{
    return 2 * s > twice_mean ? 2 * s - twice_mean : twice_mean - 2 * s;
}

double arrangements_at_least(const struct arrangements *a, uint64_t twice_mean, uint64_t far)
{
    double sum = 0;
    for (size_t s = 0; s <= a->top; s++)
        if (distance(s, twice_mean) >= far)
            sum += a->weight[s];
    return sum / a->total;
}

double arrangements_low(const struct arrangements *a, size_t s)
{
    double sum = 0;
    for (size_t i = 0; i <= s && i <= a->top; i++)
        sum += a->weight[i];
    return sum / a->total;
}

uint64_t arrangements_farthest(const struct arrangements *a, uint64_t twice_mean)
{
    uint64_t far = 0;
    for (size_t s = 0; s <= a->top; s++)
        if (a->weight[s] > 0 && distance(s, twice_mean) > far)
            far = distance(s, twice_mean);
    return far;
}
