/* SPDX-License-Identifier: BSD-3-Clause */
#include "frames.h"
#include "tests/lib/check_main.h"

#define BUCKETS 1024
#define FLOWS   (BUCKETS * 64)

/* Pearson's chi-square over the buckets; BUCKETS - 1 degrees of freedom. */
static double chi_square(uint64_t key, unsigned shift, bool vary_path)
{
    static uint32_t count[BUCKETS];
    memset(count, 0, sizeof count);
    for (uint32_t i = 0; i < FLOWS; i++) {
        uint32_t hash = vary_path ? net_flow_hash(key, i, 40000, 9000)
                                  : net_flow_hash(key, i / 60000, (uint16_t)(1024 + i), 9000);
        count[hash >> shift & (BUCKETS - 1)]++;
    }
    double sum = 0, expected = (double)FLOWS / BUCKETS;
    for (int i = 0; i < BUCKETS; i++)
        sum += (count[i] - expected) * (count[i] - expected) / expected;
    return sum;
}

/* Consecutive ports and paths spread at least as well as chance: 1023 + 6 sigma. */
START_TEST(spreads_in_low_and_high_bits)
{
    static const uint64_t keys[] = {0, 1, 0x123456789abcdef0, 0xffffffffffffffff};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        for (unsigned shift = 0; shift <= 22; shift += 11) {
            ck_assert_double_lt(chi_square(keys[k], shift, false), 1023 + 6 * 45.3);
            ck_assert_double_lt(chi_square(keys[k], shift, true), 1023 + 6 * 45.3);
        }
}
END_TEST

START_TEST(depends_on_everything)
{
    uint32_t h = net_flow_hash(7, 1, 2, 3);
    ck_assert_uint_eq(net_flow_hash(7, 1, 2, 3), h);
    ck_assert_uint_ne(net_flow_hash(8, 1, 2, 3), h);
    ck_assert_uint_ne(net_flow_hash(7, 2, 2, 3), h);
    ck_assert_uint_ne(net_flow_hash(7, 1, 3, 3), h);
    ck_assert_uint_ne(net_flow_hash(7, 1, 2, 4), h);
    ck_assert_uint_ne(net_flow_hash(7, 1, 3, 2), h);
}
END_TEST

CHECK_MAIN("net/hash", spreads_in_low_and_high_bits, depends_on_everything)
