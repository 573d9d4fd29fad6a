/* SPDX-License-Identifier: BSD-3-Clause */
/* RFC 6298 2 against the same in floating point. */
#include <math.h>

#include "base/rng.h"
#include "lib/check_main.h"
#include "tcp/internal.h"

static const struct tcp engine = {.cfg = {.rto_min_tk = 200000, .rto_max_tk = 60000000,
                                          .rto_initial_tk = 1000000}};

START_TEST(test_first_sample)
{
    struct conn c = {0};
    ck_assert_uint_eq(rto_tk(&engine, &c), 1000000);
    rtt_sample(&c, 400000);
    ck_assert_uint_eq(c.srtt >> 3, 400000);
    ck_assert_uint_eq(c.rttvar >> 2, 200000);
    ck_assert_uint_eq(rto_tk(&engine, &c), 400000 + 4 * 200000);
}
END_TEST

START_TEST(test_follows_formula)
{
    struct conn c = {0};
    struct rng r;
    double srtt = 0, rttvar = 0;
    rng_seed(&r, 3);
    for (int i = 0; i < 1000; i++) {
        uint32_t sample = 1000 + (uint32_t)rng_below(&r, 2000000);
        rtt_sample(&c, sample);
        rttvar = i ? 0.75 * rttvar + 0.25 * fabs(srtt - sample) : sample / 2.0;
        srtt = i ? 0.875 * srtt + 0.125 * sample : sample;
        ck_assert_double_eq_tol(c.srtt / 8.0, srtt, 8);
        ck_assert_double_eq_tol(c.rttvar / 4.0, rttvar, 8);
    }
}
END_TEST

START_TEST(test_bounds)
{
    struct conn c = {0};
    for (int i = 0; i < 100; i++)
        rtt_sample(&c, 0); /* below a tick */
    ck_assert_uint_ne(c.srtt, 0);
    ck_assert_uint_eq(rto_tk(&engine, &c), 200000);
    for (int i = 0; i < 100; i++)
        rtt_sample(&c, UINT32_MAX);
    ck_assert_uint_eq(rto_tk(&engine, &c), 60000000);
    for (int i = 0; i < 200; i++)
        rtt_sample(&c, 10);
    ck_assert_uint_eq(rto_tk(&engine, &c), 200000);
}
END_TEST

START_TEST(test_back_off)
{
    struct conn c = {.backoff = 3};
    ck_assert_uint_eq(rto_tk(&engine, &c), 8000000);
    c.backoff = 6;
    ck_assert_uint_eq(rto_tk(&engine, &c), 60000000);
    c.backoff = 255;
    ck_assert_uint_eq(rto_tk(&engine, &c), 60000000);
    rtt_sample(&c, 100);
    ck_assert_uint_eq(c.backoff, 0); /* Karn: a sample ends it */
}
END_TEST

CHECK_MAIN("tcp/rtt", test_first_sample, test_follows_formula, test_bounds, test_back_off)
