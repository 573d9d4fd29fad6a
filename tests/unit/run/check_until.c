/* SPDX-License-Identifier: BSD-3-Clause */
/* When a phase ends, and whether it has settled. */
#include "run/until.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "tests/lib/check_main.h"

#define NONE PHASE_EXIT_NONE

static enum phase_exit at(struct until *u, struct until_seen seen)
{
    return until_judge(u, &seen);
}

START_TEST(time_and_count_are_told_by_the_workers)
{
    struct until u = {.start_ns = 50, .planned_ns = 100, .longest_ns = 100};
    ck_assert_int_eq(at(&u, (struct until_seen){.now_ns = 60, .open = 9}), NONE);
    ck_assert_int_eq(at(&u, (struct until_seen){.now_ns = 101}), NONE);
    ck_assert_int_eq(at(&u, (struct until_seen){.now_ns = 101, .done = true}), PHASE_EXIT_TIME);
    ck_assert_int_eq(at(&u, (struct until_seen){.now_ns = 99, .done = true}), PHASE_EXIT_COUNT);
}
END_TEST

START_TEST(completions_hold_the_end_off)
{
    struct until u = {.planned_ns = 100, .longest_ns = 300, .completions_min = 10}, v = u, w = u;
    ck_assert_int_eq(at(&u, (struct until_seen){.now_ns = 99, .completed = 10}), NONE);
    ck_assert_int_eq(at(&u, (struct until_seen){.now_ns = 100, .completed = 10}), PHASE_EXIT_TIME);
    ck_assert_int_eq(at(&v, (struct until_seen){.now_ns = 100, .completed = 9}), NONE);
    ck_assert_int_eq(at(&v, (struct until_seen){.now_ns = 200, .completed = 10}),
                     PHASE_EXIT_COMPLETIONS);
    ck_assert_int_eq(at(&w, (struct until_seen){.now_ns = 299, .completed = 9}), NONE);
    ck_assert_int_eq(at(&w, (struct until_seen){.now_ns = 300, .completed = 9, .done = true}),
                     PHASE_EXIT_TIME);
}
END_TEST

START_TEST(conditions_end_it_early)
{
    struct until u = {.start_ns = 50, .planned_ns = 100, .longest_ns = 100, .connections = 4};
    ck_assert_int_eq(at(&u, (struct until_seen){.now_ns = 49, .open = 4}), NONE);
    ck_assert_int_eq(at(&u, (struct until_seen){.now_ns = 50, .open = 3, .steady = true}), NONE);
    ck_assert_int_eq(at(&u, (struct until_seen){.now_ns = 50, .open = 4}), PHASE_EXIT_CONNECTIONS);
    struct until v = {.planned_ns = 100, .longest_ns = 100, .steady = true};
    ck_assert_int_eq(at(&v, (struct until_seen){.now_ns = 1, .steady = true}), PHASE_EXIT_STEADY);
    struct until w = {.planned_ns = 100, .longest_ns = 900, .steady = true, .completions_min = 5};
    ck_assert_int_eq(at(&w, (struct until_seen){.now_ns = 1, .steady = true}), NONE);
    ck_assert_int_eq(at(&w, (struct until_seen){.now_ns = 1, .steady = true, .completed = 5}),
                     PHASE_EXIT_STEADY);
}
END_TEST

START_TEST(an_abort_comes_before_all)
{
    struct until u = {.planned_ns = 100, .longest_ns = 100, .steady = true, .completions_min = 9};
    ck_assert_int_eq(at(&u, (struct until_seen){.now_ns = 1, .aborted = true}), PHASE_EXIT_ABORT);
    ck_assert_int_eq(
        at(&u, (struct until_seen){.now_ns = 101, .aborted = true, .done = true, .steady = true}),
        PHASE_EXIT_ABORT);
}
END_TEST

#define COUNT 200
static double rate[COUNT], mean[COUNT];
static struct figure_series series = {rate, mean, COUNT};
static char reason[160];

static int judged(size_t count)
{
    return until_steady(&series, count, reason, sizeof reason);
}

static void fill(double drift)
{
    struct rng rng;
    rng_seed(&rng, 7);
    for (int i = 0; i < COUNT; i++) {
        rate[i] = 1000;
        mean[i] = 50 + 5 * rng_f64(&rng) + drift * i;
    }
}

START_TEST(noise_without_drift_is_steady)
{
    fill(0);
    ck_assert_int_eq(judged(COUNT), 1);
    ck_assert_msg(strstr(reason, "settled after") == reason, "%s", reason);
    ck_assert_int_eq(judged(49), -ENODATA);
    ck_assert_str_eq(reason, "not judged: 49 intervals, it takes 50");
    for (int i = 0; i < COUNT; i++)
        mean[i] = NAN; /* a warm-up has no latencies */
    ck_assert_int_eq(judged(50), 1);
}
END_TEST

START_TEST(drift_of_either_is_not)
{
    fill(1);
    ck_assert_int_eq(judged(COUNT), 0);
    ck_assert_msg(strstr(reason, "the mean latency drifts: by +") == reason, "%s", reason);
    fill(0);
    for (int i = 0; i < COUNT; i++)
        rate[i] -= i;
    ck_assert_int_eq(judged(COUNT), 0);
    ck_assert_msg(strstr(reason, "the rate drifts: by -") == reason, "%s", reason);
}
END_TEST

CHECK_MAIN("run/until", time_and_count_are_told_by_the_workers, completions_hold_the_end_off,
           conditions_end_it_early, an_abort_comes_before_all, noise_without_drift_is_steady,
           drift_of_either_is_not)
