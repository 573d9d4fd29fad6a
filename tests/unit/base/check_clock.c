/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/err.h"

/* The TSC, or NULL when this machine has none that is invariant (said on stderr). */
static bool open_tsc(struct clock *c)
{
    struct err e = {0};
    int ret = clock_init(c, CLOCK_SOURCE_TSC, &e);
    if (ret == 0)
        return true;
    ck_assert_int_eq(ret, -ENOTSUP);
    ck_assert_int_eq(e.exit_code, EXIT_ENVIRONMENT);
    fprintf(stderr, "not checked here: %s\n", e.message);
    return false;
}

START_TEST(auto_decides)
{
    struct clock c;
    ck_assert_int_eq(clock_init(&c, CLOCK_SOURCE_AUTO, NULL), 0);
    ck_assert_int_ne(c.source, CLOCK_SOURCE_AUTO);
    ck_assert_uint_gt(c.error_ns, 0);
    ck_assert_str_eq(clock_source_name(&c), c.source == CLOCK_SOURCE_TSC ? "tsc" : "clock_gettime");
}
END_TEST

START_TEST(never_goes_back)
{
    struct clock c;
    ck_assert_int_eq(clock_init(&c, CLOCK_SOURCE_AUTO, NULL), 0);
    uint64_t last = clock_now_ns(&c), back = 0;
    for (int i = 0; i < 1000000; i++) {
        uint64_t now = clock_now_ns(&c);
        back += now < last;
        last = now;
    }
    ck_assert_uint_eq(back, 0);
}
END_TEST

START_TEST(kernel_is_the_reference)
{
    struct clock c;
    ck_assert_int_eq(clock_init(&c, CLOCK_SOURCE_KERNEL, NULL), 0);
    ck_assert_str_eq(clock_source_name(&c), "clock_gettime");
    ck_assert_double_eq(c.tsc_hz, 0);
    uint64_t before = clock_kernel_ns(), now = clock_now_ns(&c), after = clock_kernel_ns();
    ck_assert(before <= now && now <= after);
}
END_TEST

/* A reading between two of the kernel's lies between them, give or take its error, at once and
 * some time later. */
static void compare_readings(const struct clock *c)
{
    for (int i = 0; i < 1000; i++) {
        uint64_t before = clock_kernel_ns(), now = clock_now_ns(c), after = clock_kernel_ns();
        ck_assert_uint_le(before, now + c->error_ns);
        ck_assert_uint_le(now, after + c->error_ns);
    }
}

START_TEST(error_bounds_the_difference)
{
    struct clock c;
    if (!open_tsc(&c))
        return;
    ck_assert(c.tsc_hz > 1e8 && c.tsc_hz < 1e11);
    ck_assert(c.error_ppm > 0);
    compare_readings(&c);
    nanosleep(&(struct timespec){.tv_nsec = 400000000}, NULL);
    compare_readings(&c);
}
END_TEST

START_TEST(conversion_is_exact_for_years)
{
    struct clock c = {
        .source = CLOCK_SOURCE_TSC, .tsc_base = 100, .ns_base = 7, .mult = 1ull << 31};
    ck_assert_uint_eq(clock_ns_from_tsc(&c, 100), 7);
    ck_assert_uint_eq(clock_ns_from_tsc(&c, 103), 8);
    ck_assert_uint_eq(clock_ns_from_tsc(&c, 100 + (1ull << 62)), 7 + (1ull << 61));
    c.tsc_base = UINT64_MAX - 9; /* the counter wraps */
    ck_assert_uint_eq(clock_ns_from_tsc(&c, 10), 7 + 10);
}
END_TEST

CHECK_MAIN("base/clock", auto_decides, never_goes_back, kernel_is_the_reference,
           error_bounds_the_difference, conversion_is_exact_for_years)
