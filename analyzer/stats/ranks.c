/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/ranks.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/stats/arrange.h"
#include "analyzer/stats/pairs.h"
#include "base/rng.h"

static int by_value(const void *left, const void *right, void *values)
{
    const double *x = values;
    double a = x[*(const uint32_t *)left], b = x[*(const uint32_t *)right];
    return (a > b) - (a < b);
}

void ranks_double(const double *x, size_t n, uint32_t *order, uint32_t *rank2)
{
    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    qsort_r(order, n, sizeof *order, by_value, (void *)x);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && x[order[to]] == x[order[from]]; to++)
            ;
        for (size_t i = from; i < to; i++)
            rank2[order[i]] = (uint32_t)(from + 1 + to); /* places from+1 .. to: first + last */
    }
}

static double median_of(const double *sorted, size_t n)
{
    return n % 2 ? sorted[n / 2] : sorted[n / 2 - 1] / 2 + sorted[n / 2] / 2;
}

/* A null distribution to be asked: `take` of the `count` scores, or any of them (take = 0). */
struct null {
    uint32_t *scores;
    size_t count, take;
    uint64_t twice_mean, far;
};

static uint64_t sum_of(const uint32_t *scores, size_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += scores[i];
    return sum;
}

static int null_count(const struct null *h, struct rank_test *out)
{
    struct arrangements a;
    int ret = h->take ? arrangements_of_choices(h->scores, h->count, h->take, &a)
                      : arrangements_of_signs(h->scores, h->count, &a);
    if (!ret) {
        out->p = arrangements_at_least(&a, h->twice_mean, h->far);
        uint64_t farthest = arrangements_farthest(&a, h->twice_mean);
        out->p_min = arrangements_at_least(&a, h->twice_mean, farthest);
        out->exact = true;
    }
    arrangements_free(&a);
    return ret;
}

/* The first `take` of a partial shuffle (Fisher and Yates). */
static uint64_t draw_choice(const struct null *h, struct rng *rng)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < h->take; i++) {
        size_t j = i + rng_below(rng, h->count - i);
        uint32_t kept = h->scores[i];
        h->scores[i] = h->scores[j];
        h->scores[j] = kept;
        sum += h->scores[i];
    }
    return sum;
}

static uint64_t draw_signs(const struct null *h, struct rng *rng)
{
    uint64_t sum = 0, bits = 0;
    for (size_t i = 0; i < h->count; i++, bits >>= 1) {
        if (i % 64 == 0)
            bits = rng_u64(rng);
        sum += bits & 1 ? h->scores[i] : 0;
    }
    return sum;
}

/* p = (1 + hits) / (1 + draws): the observed arrangement is one of them (Phipson and Smyth 2010).
 */
static void null_draw(const struct null *h, const struct rank_draws *draws, struct rank_test *out)
{
    struct rng rng;
    rng_seed(&rng, draws->seed);
    uint32_t count = draws->draws ? draws->draws : RANKS_DRAWS, hits = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t twice = 2 * (h->take ? draw_choice(h, &rng) : draw_signs(h, &rng));
        uint64_t far = twice > h->twice_mean ? twice - h->twice_mean : h->twice_mean - twice;
        hits += far >= h->far;
    }
    out->p = (1.0 + hits) / (1.0 + count);
    out->p_min = NAN;
    out->exact = false;
}

static int null_ask(struct null *h, uint64_t observed, const struct rank_draws *draws,
                    struct rank_test *out)
{
    h->far =
        2 * observed > h->twice_mean ? 2 * observed - h->twice_mean : h->twice_mean - 2 * observed;
    if (h->count <= RANKS_EXACT_MAX)
        return null_count(h, out);
    null_draw(h, draws, out);
    return 0;
}

/* Scratch of one test: values, their order, their doubled ranks. */
struct scratch {
    double *value;
    uint32_t *order, *rank2;
};

static int scratch_init(struct scratch *s, size_t n)
{
    s->value = malloc(n * sizeof *s->value);
    s->order = malloc(n * sizeof *s->order);
    s->rank2 = malloc(n * sizeof *s->rank2);
    return s->value && s->order && s->rank2 ? 0 : -ENOMEM;
}

static void scratch_fini(struct scratch *s)
{
    free(s->value);
    free(s->order);
    free(s->rank2);
}

static int hodges_lehmann(double *sorted, size_t count, double *shift)
{
    if (!sorted)
        return -ENOMEM;
    *shift = median_of(sorted, count);
    free(sorted);
    return 0;
}

int ranks_two_sample(const double *a, size_t n, const double *b, size_t m,
                     const struct rank_draws *draws, struct rank_test *out)
{
    if (n == 0 || m == 0)
        return -ERANGE;
    *out = (struct rank_test){.p = NAN, .p_min = NAN, .n = n + m};
    struct scratch s;
    int ret = scratch_init(&s, n + m);
    if (!ret)
        ret = hodges_lehmann(pairs_between(a, n, b, m), n * m, &out->shift);
    if (!ret) {
        memcpy(s.value, b, m * sizeof *b);
        memcpy(s.value + m, a, n * sizeof *a);
        ranks_double(s.value, n + m, s.order, s.rank2);
        struct null h = {s.rank2, n + m, m, .twice_mean = 2 * m * (n + m + 1)};
        if (s.rank2[s.order[0]] != s.rank2[s.order[n + m - 1]])
            ret = null_ask(&h, sum_of(s.rank2, m), draws, out);
    }
    scratch_fini(&s);
    return ret;
}

/* Signs and sizes of the differences that are not 0: sizes into `value`; how many. */
static size_t keep_sizes(const double *d, size_t n, double *value)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (d[i] != 0)
            value[kept++] = fabs(d[i]);
    return kept;
}

static uint64_t sum_of_positive(const double *d, size_t n, const uint32_t *rank2)
{
    uint64_t sum = 0;
    for (size_t i = 0, kept = 0; i < n; i++) {
        sum += d[i] > 0 ? rank2[kept] : 0;
        kept += d[i] != 0;
    }
    return sum;
}

int ranks_paired(const double *d, size_t n, const struct rank_draws *draws, struct rank_test *out)
{
    if (n == 0)
        return -ERANGE;
    *out = (struct rank_test){.p = NAN, .p_min = NAN};
    struct scratch s;
    int ret = scratch_init(&s, n);
    if (!ret)
        ret = hodges_lehmann(pairs_within(d, n), n * (n + 1) / 2, &out->shift);
    if (!ret && (out->n = keep_sizes(d, n, s.value)) > 0) {
        ranks_double(s.value, out->n, s.order, s.rank2);
        struct null h = {s.rank2, out->n, 0, .twice_mean = out->n * (out->n + 1)};
        ret = null_ask(&h, sum_of_positive(d, n, s.rank2), draws, out);
    }
    scratch_fini(&s);
    return ret;
}
