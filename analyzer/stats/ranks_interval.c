/* SPDX-License-Identifier: BSD-3-Clause */
/* Intervals of the Hodges-Lehmann shift from the null distribution without ties. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "analyzer/stats/arrange.h"
#include "analyzer/stats/pairs.h"
#include "analyzer/stats/quantile.h"
#include "analyzer/stats/ranks.h"

/* How many of the sorted values may be cut off at either end, and the level that is left. */
struct cut {
    size_t count;
    double level;
};

/* The rank statistic below its smallest value + c has at most (1 - level) / 2. */
static struct cut cut_counted(const struct arrangements *a, size_t least, double level)
{
    double allowed = (1 - level) / 2 + 1e-12, sum = 0, left = 1 - 2 * a->weight[least] / a->total;
    struct cut cut = {0, left};
    while (least + cut.count <= a->top) {
        sum += a->weight[least + cut.count] / a->total;
        if (sum > allowed)
            break;
        cut = (struct cut){cut.count + 1, 1 - 2 * sum};
    }
    return cut;
}

/* The normal limit, rounded to the wider interval. */
static struct cut cut_normal(double mean, double sd, double level)
{
    double count = floor(mean - quantile_normal(0.5 + level / 2) * sd);
    return (struct cut){count > 0 ? (size_t)count : 0, level};
}

static int interval_of(double *sorted, size_t count, struct cut cut, struct rank_interval *out)
{
    out->level = cut.level;
    if (sorted && cut.count > 0) {
        out->lo = sorted[cut.count - 1];
        out->hi = sorted[count - cut.count];
    }
    int ret = sorted ? cut.count > 0 ? 0 : -ERANGE : -ENOMEM;
    free(sorted);
    return ret;
}

static void count_up(uint32_t *scores, size_t count)
{
    for (uint32_t i = 0; i < count; i++)
        scores[i] = i + 1;
}

static int cut_two_sample(size_t n, size_t m, double level, struct cut *out)
{
    uint32_t scores[RANKS_EXACT_MAX];
    double pairs = (double)n * (double)m;
    if (n + m > RANKS_EXACT_MAX) {
        *out = cut_normal(pairs / 2, sqrt(pairs * (double)(n + m + 1) / 12), level);
        return 0;
    }
    count_up(scores, n + m);
    struct arrangements a;
    int ret = arrangements_of_choices(scores, n + m, m, &a);
    if (!ret)
        *out = cut_counted(&a, m * (m + 1) / 2, level);
    arrangements_free(&a);
    return ret;
}

static int cut_paired(size_t n, double level, struct cut *out)
{
    uint32_t scores[RANKS_EXACT_MAX];
    double pairs = (double)n * (double)(n + 1);
    if (n > RANKS_EXACT_MAX) {
        *out = cut_normal(pairs / 4, sqrt(pairs * (double)(2 * n + 1) / 24), level);
        return 0;
    }
    count_up(scores, n);
    struct arrangements a;
    int ret = arrangements_of_signs(scores, n, &a);
    if (!ret)
        *out = cut_counted(&a, 0, level);
    arrangements_free(&a);
    return ret;
}

int ranks_two_sample_interval(const double *a, size_t n, const double *b, size_t m, double level,
                              struct rank_interval *out)
{
    struct cut cut;
    *out = (struct rank_interval){0};
    if (n == 0 || m == 0)
        return -ERANGE;
    int ret = cut_two_sample(n, m, level, &cut);
    return ret ? ret : interval_of(pairs_between(a, n, b, m), n * m, cut, out);
}

int ranks_paired_interval(const double *d, size_t n, double level, struct rank_interval *out)
{
    struct cut cut;
    *out = (struct rank_interval){0};
    if (n == 0)
        return -ERANGE;
    int ret = cut_paired(n, level, &cut);
    return ret ? ret : interval_of(pairs_within(d, n), n * (n + 1) / 2, cut, out);
}
