/* SPDX-License-Identifier: BSD-3-Clause */
#include "db/pfor.h"

#include <errno.h>
#include <string.h>

#include "base/rng.h"
#include "tests/lib/check_main.h"

#define MOST 1000u

static uint64_t values[MOST], back[MOST];
static uint8_t packed[MOST * 10 + 200];

static size_t there_and_back(size_t n)
{
    size_t len = pfor_pack(values, n, packed);
    ck_assert_uint_le(len, pfor_bound(n));
    memset(back, 0xa5, sizeof back);
    ck_assert_int_eq(pfor_unpack(packed, len, back, n), 0);
    ck_assert_mem_eq(values, back, n * sizeof *values);
    return len;
}

START_TEST(every_width_and_length)
{
    struct rng rng;
    rng_seed(&rng, 1);
    for (unsigned width = 0; width <= 64; width++)
        for (size_t n = 0; n <= 400; n += 1 + n / 3) {
            for (size_t i = 0; i < n; i++)
                values[i] = width ? rng_u64(&rng) >> (64 - width) : 0;
            there_and_back(n);
        }
}
END_TEST

START_TEST(extremes_together)
{
    for (size_t i = 0; i < 300; i++)
        values[i] = i % 3 == 0 ? 0 : i % 3 == 1 ? UINT64_MAX : 1ull << i % 64;
    there_and_back(300);
}
END_TEST

START_TEST(equal_values_cost_no_bits)
{
    for (size_t i = 0; i < 128; i++)
        values[i] = 1000000;
    ck_assert_uint_eq(there_and_back(128), 2 + 3);
}
END_TEST

START_TEST(one_outlier_does_not_widen_the_rest)
{
    for (size_t i = 0; i < 128; i++)
        values[i] = i % 16;
    values[77] = 1ull << 40;
    ck_assert_uint_le(there_and_back(128), 2 + 1 + 64 + 1 + 6);
}
END_TEST

START_TEST(damage_is_refused)
{
    for (size_t i = 0; i < 200; i++)
        values[i] = i * i * i;
    values[9] = UINT64_MAX;
    size_t len = pfor_pack(values, 200, packed);
    for (size_t cut = 0; cut < len; cut++)
        ck_assert_int_eq(pfor_unpack(packed, cut, back, 200), -EBADMSG);
    ck_assert_int_eq(pfor_unpack(packed, len + 1, back, 200), -EBADMSG);
    packed[0] = 65;
    ck_assert_int_eq(pfor_unpack(packed, len, back, 200), -EBADMSG);
}
END_TEST

CHECK_MAIN("db/pfor", every_width_and_length, extremes_together, equal_values_cost_no_bits,
           one_outlier_does_not_widen_the_rest, damage_is_refused)
