/* SPDX-License-Identifier: BSD-3-Clause */
/* The metrics of a trend on several threads, as `analyze --trend` takes them: `./check` runs this under
 * the thread sanitizer. */
#include "analyzer/parallel.h"

#include <errno.h>
#include <string.h>

#include "analyzer/stats/trend.h"
#include "tests/lib/check_main.h"
#include "tests/unit/analyzer/trend_data.h"

#define METRICS 8
#define RUNS    150

static const struct trend_params usual = {.alpha = 0.01, .draws = 199, .margin = 0.03};

struct history {
    double runs[METRICS][RUNS];
    struct trend found[METRICS];
};

static int find(void *all, size_t i)
{
    struct history *h = all;
    return trend_find(h->runs[i], RUNS, &usual, &h->found[i]);
}

START_TEST(threads_find_what_one_finds)
{
    static struct history h;
    struct rng r;
    rng_seed(&r, 12);
    for (size_t i = 0; i < METRICS; i++) {
        draw_noise(&r, h.runs[i], RUNS, 0);
        add_step(h.runs[i], 20 + 10 * i, RUNS, 4);
    }
    ck_assert_int_eq(parallel_each(METRICS, find, &h), 0);
    for (size_t i = 0; i < METRICS; i++) {
        struct trend alone;
        ck_assert_int_eq(trend_find(h.runs[i], RUNS, &usual, &alone), 0);
        ck_assert_uint_eq(alone.count, h.found[i].count);
        ck_assert_uint_ge(alone.count, 1);
        for (size_t k = 0; k < alone.count; k++) {
            ck_assert_uint_eq(alone.points[k].index, h.found[i].points[k].index);
            ck_assert_double_eq(alone.points[k].p, h.found[i].points[k].p);
        }
        trend_free(&alone);
        trend_free(&h.found[i]);
    }
}
END_TEST

static int count_once(void *all, size_t i)
{
    ((unsigned char *)all)[i]++;
    return 0;
}

START_TEST(every_piece_once)
{
    unsigned char done[1000] = {0}, once[1000];
    memset(once, 1, sizeof once);
    ck_assert_int_eq(parallel_each(sizeof done, count_once, done), 0);
    ck_assert_mem_eq(done, once, sizeof done);
    ck_assert_int_eq(parallel_each(0, count_once, NULL), 0);
}
END_TEST

static int fail_at_seven(void *all, size_t i)
{
    (void)all;
    return i == 7 ? -ENOMEM : 0;
}

START_TEST(a_failure_is_told)
{
    ck_assert_int_eq(parallel_each(100, fail_at_seven, NULL), -ENOMEM);
}
END_TEST

CHECK_MAIN("analyzer/parallel", threads_find_what_one_finds, every_piece_once, a_failure_is_told)
