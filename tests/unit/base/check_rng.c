/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"

#include "base/rng.h"

/* SplitMix64 of 0 and 1234567, as its reference implementation prints them. */
START_TEST(splitmix_known_answers)
{
    ck_assert_uint_eq(rng_mix(0, 0), 0xe220a8397b1dcdaf);
    ck_assert_uint_eq(rng_mix(1, 0), 0x6e789e6aa1b965f4);
    ck_assert_uint_eq(rng_mix(2, 0), 0x06c45d188009454f);
    ck_assert_uint_eq(rng_mix(0, 1234567), 6457827717110365317ull);
    ck_assert_uint_eq(rng_mix(1, 1234567), 3203168211198807973ull);
}
END_TEST

/* xoshiro256++ from the state {1, 2, 3, 4}. */
START_TEST(xoshiro_known_answers)
{
    static const uint64_t want[] = {41943041ull, 58720359ull, 3588806011781223ull,
                                    3591011842654386ull, 9228616714210784205ull};
    struct rng r = {{1, 2, 3, 4}};
    for (int i = 0; i < 5; i++)
        ck_assert_uint_eq(rng_u64(&r), want[i]);
}
END_TEST

START_TEST(seeds_repeat_and_differ)
{
    struct rng a, b, c;
    rng_seed(&a, 0);
    rng_seed(&b, 0);
    rng_seed(&c, 1);
    ck_assert_uint_eq(a.s[0], 0xe220a8397b1dcdaf);
    ck_assert_uint_eq(a.s[1], 0x6e789e6aa1b965f4);
    int same = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t x = rng_u64(&a);
        ck_assert_uint_eq(x, rng_u64(&b));
        same += x == rng_u64(&c);
    }
    ck_assert_int_eq(same, 0);
    ck_assert_uint_ne(rng_entropy(), rng_entropy());
}
END_TEST

START_TEST(ranges_are_kept_and_filled)
{
    struct rng r;
    rng_seed(&r, 9);
    int seen[7] = {0};
    double total = 0;
    for (int i = 0; i < 70000; i++) {
        uint64_t n = rng_below(&r, 7);
        double x = rng_f64(&r);
        ck_assert_uint_lt(n, 7);
        ck_assert(x >= 0 && x < 1);
        seen[n]++;
        total += x;
    }
    for (int i = 0; i < 7; i++)
        ck_assert(seen[i] > 9500 && seen[i] < 10500); /* 5 standard deviations */
    ck_assert_double_eq_tol(total / 70000, 0.5, 0.006);
    ck_assert_uint_eq(rng_below(&r, 1), 0);
}
END_TEST

CHECK_MAIN("base/rng", splitmix_known_answers, xoshiro_known_answers, seeds_repeat_and_differ,
           ranges_are_kept_and_filled)
