/* SPDX-License-Identifier: BSD-3-Clause */
#include "load/mix.h"
#include "tests/lib/check_main.h"

#include <math.h>

#define DRAWS 1000000u

/* Within five standard deviations of its share; the draws are seeded, so it is this or that. */
static void assert_share(const uint64_t drawn[], const uint32_t weight[], uint32_t all, int i)
{
    double share = (double)weight[i] / all, sigma = sqrt(DRAWS * share * (1 - share));
    ck_assert_double_le(fabs((double)drawn[i] - DRAWS * share), 5 * sigma);
}

static void assert_drawn_as_weighted(const uint32_t weight[OPERATION_COUNT])
{
    struct mix m;
    uint64_t drawn[OPERATION_COUNT] = {0};
    uint32_t all = 0;
    mix_compile(&m, weight);
    for (uint64_t i = 0; i < DRAWS; i++)
        drawn[mix_draw(&m, 7, i)]++;
    for (int i = 0; i < OPERATION_COUNT; i++)
        all += weight[i];
    for (int i = 0; i < OPERATION_COUNT; i++)
        assert_share(drawn, weight, all, i);
}

START_TEST(operations_come_as_often_as_their_weights)
{
    assert_drawn_as_weighted(
        (uint32_t[OPERATION_COUNT]){[OPERATION_READ] = 90, [OPERATION_WRITE] = 10});
    assert_drawn_as_weighted((uint32_t[OPERATION_COUNT]){1, 2, 3, 4, 1000000});
    assert_drawn_as_weighted((uint32_t[OPERATION_COUNT]){[OPERATION_STREAM] = 5});
}
END_TEST

START_TEST(the_same_seed_draws_the_same)
{
    struct mix m;
    uint32_t differ = 0;
    mix_compile(&m, (uint32_t[OPERATION_COUNT]){1, 1, 1, 1, 1});
    for (uint64_t i = 0; i < 1000; i++) {
        ck_assert_int_eq(mix_draw(&m, 3, i), mix_draw(&m, 3, i));
        differ += mix_draw(&m, 3, i) != mix_draw(&m, 4, i);
    }
    ck_assert_uint_gt(differ, 700); /* four in five */
}
END_TEST

START_TEST(means_are_weighted)
{
    const uint32_t weight[OPERATION_COUNT] = {[OPERATION_READ] = 3, [OPERATION_BATCH] = 1};
    const double starts[OPERATION_COUNT] = {1, 1, 1, 9, 1};
    ck_assert_double_eq(mix_mean(weight, starts), 3);
}
END_TEST

CHECK_MAIN("load/mix", operations_come_as_often_as_their_weights, the_same_seed_draws_the_same,
           means_are_weighted)
