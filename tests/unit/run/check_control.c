/* SPDX-License-Identifier: BSD-3-Clause */
/* What is made of the measured times, by hand; how large they are is the machine's affair. */
#include "run/control.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/units.h"
#include "run/noise.h"
#include "tests/lib/check_main.h"

/* n, n-1, ... 1 ns. */
static void count_down(uint64_t *times, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        times[i] = n - i;
}

START_TEST(wake_ups_give_nearest_ranks)
{
    uint64_t late_ns[CONTROL_WAKES];
    struct control c = {0};
    count_down(late_ns, CONTROL_WAKES);
    control_judge_wakes(late_ns, CONTROL_WAKES, &c);
    ck_assert_int_eq(c.figures.timer_wake_p50_ns, 500);
    ck_assert_int_eq(c.figures.timer_wake_p99_ns, 990);
    ck_assert_str_eq(c.wake_why, "");
}
END_TEST

START_TEST(few_wake_ups_are_told_and_not_guessed)
{
    uint64_t late_ns[CONTROL_WAKES];
    struct control c = {0};
    count_down(late_ns, 999);
    control_judge_wakes(late_ns, 999, &c);
    ck_assert_int_eq(c.figures.timer_wake_p50_ns, 500);
    ck_assert_int_eq(c.figures.timer_wake_p99_ns, DB_NONE);
    ck_assert_ptr_nonnull(strstr(c.wake_why, "999 wake-ups"));
    control_judge_wakes(late_ns, 19, &c);
    ck_assert_int_eq(c.figures.timer_wake_p50_ns, DB_NONE);
    control_judge_wakes(late_ns, 0, &c);
    ck_assert_int_eq(c.figures.timer_wake_p50_ns, DB_NONE);
    ck_assert_ptr_nonnull(strstr(c.wake_why, "0 wake-ups"));
}
END_TEST

/* 32 MiB in 4 ms are 8000 MiB/s. */
START_TEST(copies_give_their_median)
{
    struct control c = {0};
    uint64_t odd_ns[] = {9000000, 4000000, 1000000}, even_ns[] = {9, 3000000, 5000000, 9000000};
    control_judge_copies(odd_ns, 3, &c);
    ck_assert_double_eq_tol(c.figures.memory_copy_mib_per_s, 8000, 1e-6);
    control_judge_copies(even_ns, 4, &c);
    ck_assert_double_eq_tol(c.figures.memory_copy_mib_per_s, 8000, 1e-6);
    ck_assert_str_eq(c.copy_why, "");
    control_judge_copies(odd_ns, 2, &c);
    ck_assert(isnan(c.figures.memory_copy_mib_per_s));
    ck_assert_ptr_nonnull(strstr(c.copy_why, "2 copies"));
}
END_TEST

static struct clock clock_of_test(void)
{
    struct clock c;
    struct err e = {0};
    ck_assert_int_eq(clock_init(&c, CLOCK_SOURCE_AUTO, &e), 0);
    return c;
}

START_TEST(each_figure_is_there_or_has_a_reason)
{
    int cpus[NOISE_CPUS_MAX];
    struct control c;
    struct clock clock = clock_of_test();
    ck_assert_uint_ge(noise_cpus(cpus), 1);
    control_measure(&clock, cpus, 1, &c);
    ck_assert((c.figures.timer_wake_p99_ns == DB_NONE) == (c.wake_why[0] != '\0'));
    ck_assert(isnan(c.figures.memory_copy_mib_per_s) == (c.copy_why[0] != '\0'));
    ck_assert_str_eq(c.noise_why, "");
    ck_assert_int_gt(c.noise_gap_p99_ns, 0);
    ck_assert_int_ge(c.noise_gap_max_ns, c.noise_gap_p99_ns);
    ck_assert(isnan(c.figures.cpu_per_transaction_ns)); /* nothing ran yet */
}
END_TEST

START_TEST(a_cpu_that_cannot_be_used_is_the_reason)
{
    const int cpus[] = {1023};
    struct control c;
    struct clock clock = clock_of_test();
    control_measure(&clock, cpus, 1, &c);
    ck_assert_int_eq(c.noise_gap_p99_ns, DB_NONE);
    ck_assert_int_eq(c.noise_gap_max_ns, DB_NONE);
    ck_assert_ptr_nonnull(strstr(c.noise_why, "CPU 1023"));
}
END_TEST

CHECK_MAIN("run/control", wake_ups_give_nearest_ranks, few_wake_ups_are_told_and_not_guessed,
           copies_give_their_median, each_figure_is_there_or_has_a_reason,
           a_cpu_that_cannot_be_used_is_the_reason)
