/* SPDX-License-Identifier: BSD-3-Clause */
/* That the figures belong together; how large they are is the machine's affair. */
#include "tests/lib/check_main.h"

#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/units.h"
#include "run/noise.h"

static struct clock clock_of_test(void)
{
    struct clock c;
    struct err e = {0};
    ck_assert_int_eq(clock_init(&c, CLOCK_SOURCE_AUTO, &e), 0);
    return c;
}

START_TEST(a_spin_accounts_for_its_time)
{
    static struct stolen s[2];
    struct clock c = clock_of_test();
    struct err e = {0};
    int cpus[NOISE_CPUS_MAX];
    ck_assert_uint_ge(noise_cpus(cpus), 1);
    s[0].cpu = s[1].cpu = cpus[0]; /* they steal from each other */
    ck_assert_msg(noise_stolen(&c, 100 * NS_PER_MS, s, 2, &e) == 0, "%s", e.message);
    for (int i = 0; i < 2; i++) {
        ck_assert_uint_ge(s[i].took_ns, 100 * NS_PER_MS);
        ck_assert_uint_gt(s[i].steps, s[i].gaps.count);
        ck_assert_uint_le(s[i].long_gaps, s[i].gaps.count);
        ck_assert(s[i].gaps.sum_ns <= (double)s[i].took_ns);
        ck_assert(!s[i].gaps.count || s[i].gaps.min_ns >= NOISE_GAP_NS);
        ck_assert_uint_eq(s[i].longest.count, s[i].took_ns / NOISE_SLICE_NS);
        ck_assert(!s[i].gaps.count || s[i].longest.max_ns <= s[i].gaps.max_ns);
    }
    ck_assert_uint_gt(s[0].long_gaps + s[1].long_gaps, 0);
}
END_TEST

START_TEST(a_cpu_that_is_not_there_is_named)
{
    static struct stolen s = {.cpu = 1023};
    struct clock c = clock_of_test();
    struct err e = {0};
    ck_assert_int_lt(noise_stolen(&c, NS_PER_MS, &s, 1, &e), 0);
    ck_assert_int_eq(e.exit_code, EXIT_ENVIRONMENT);
    ck_assert_ptr_nonnull(strstr(e.message, "CPU 1023"));
}
END_TEST

START_TEST(a_hand_over_takes_time)
{
    struct clock c = clock_of_test();
    int cpus[NOISE_CPUS_MAX];
    if (noise_cpus(cpus) < 2)
        return; /* two spinning threads on one CPU only wait for each other's slices */
    for (uint32_t batch = 1; batch <= 64; batch *= 8) {
        struct err e = {0};
        struct handover h = {0};
        ck_assert_msg(noise_handover(&c, cpus, batch, 11 * NS_PER_MS, &h, &e) == 0, "%s",
                      e.message);
        ck_assert(h.fastest_ns > 0);
        ck_assert(h.median_ns >= h.fastest_ns);
    }
}
END_TEST

CHECK_MAIN("run/noise", a_spin_accounts_for_its_time, a_cpu_that_is_not_there_is_named,
           a_hand_over_takes_time)
