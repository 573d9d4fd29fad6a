/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"
#include "tests/unit/load/fixture.h"

START_TEST(gives_back_what_it_was_given)
{
    struct load_spec spec = spec_by_name("replay", 0, 60 * NS_PER_S);
    uint64_t count, *list = take_list(&spec, &count);
    ck_assert_uint_eq(count, TIMES);
    ck_assert_mem_eq(list, times_to_replay(), sizeof(uint64_t) * TIMES);
    free(list);
}
END_TEST

START_TEST(ends_with_the_phase)
{
    struct load_spec spec = spec_by_name("replay", 0, 2 * NS_PER_S);
    uint64_t hash = 0, taken = take_all(&spec, &hash);
    ck_assert_uint_eq(schedule_count(&spec, UINT64_MAX), taken);
    ck_assert_uint_gt(taken, 1900);
    ck_assert_uint_lt(taken, 2100);
    spec.duration_ns = 0;
    ck_assert_uint_eq(take_all(&spec, &hash), 0);
    spec = spec_by_name("replay", 0, NS_PER_S);
    spec.params.replay.count = 0;
    ck_assert_uint_eq(take_all(&spec, &hash), 0);
    ck_assert_double_eq(schedule_mean_per_s(&spec), 0);
    ck_assert_double_eq(schedule_peak_per_s(&spec), 0);
}
END_TEST

START_TEST(scaled_times)
{
    static const uint64_t times[] = {0, 1, 10, 1000000007, 2000000000};
    static const uint64_t half[] = {0, 0, 5, 500000003, 1000000000};
    struct load_spec spec = spec_by_name("replay", 0, 60 * NS_PER_S);
    spec.params.replay.times_ns = times;
    spec.params.replay.count = COUNT(times);
    spec.params.replay.scale = 2;
    uint64_t count, *list = take_list(&spec, &count);
    ck_assert_uint_eq(count, COUNT(half));
    ck_assert_mem_eq(list, half, sizeof half);
    free(list);
    assert_counts(&spec, 250000001);
}
END_TEST

START_TEST(mean_and_most)
{
    struct load_spec spec = spec_by_name("replay", 0, 4 * NS_PER_S);
    ck_assert_double_eq(schedule_mean_per_s(&spec), (double)schedule_count(&spec, UINT64_MAX) / 4);
    static const uint64_t times[] = {0, 400000000, 999999999, 1000000000, 1500000000};
    spec.params.replay.times_ns = times;
    spec.params.replay.count = COUNT(times);
    ck_assert_double_eq(schedule_peak_per_s(&spec), 3); /* 0 and 1 s are not in one second */
    spec.params.replay.scale = 2;
    ck_assert_double_eq(schedule_peak_per_s(&spec), 5);
}
END_TEST

START_TEST(repeats_and_splits)
{
    struct load_spec spec = spec_by_name("replay", 0, 60 * NS_PER_S);
    assert_repeats(&spec);
    assert_counts(&spec, 123456789);
    assert_splits(&spec);
    assert_dealt_in_turn(&spec, 7);
}
END_TEST

CHECK_MAIN("load/replay", gives_back_what_it_was_given, ends_with_the_phase, scaled_times,
           mean_and_most, repeats_and_splits)
