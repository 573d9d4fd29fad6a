/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"

#include <arpa/inet.h>

#include "base/csum.h"
#include "base/rng.h"

#define LONGEST 600 /* both ways of summing, and each remainder of the longer one */
static uint8_t data[LONGEST + 16], copy[LONGEST + 16];

static void fill_random(uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed);
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = seed ? (uint8_t)rng_u64(&rng) : 0xff; /* seed 0: every carry there is */
}

/* RFC 1071, 4.1: sixteen bits at a time, in network order, a zero behind an odd end. */
static uint16_t naive(const uint8_t *p, size_t len)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < len; i++)
        sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

static uint16_t network(uint64_t sum)
{
    return ntohs(csum_fold(sum));
}

START_TEST(every_length_and_offset)
{
    for (uint64_t seed = 0; seed < 4; seed++) {
        fill_random(seed);
        for (size_t at = 0; at < 9; at++)
            for (size_t len = 0; len <= LONGEST; len++)
                ck_assert_uint_eq(network(csum_add(data + at, len)), naive(data + at, len));
    }
}
END_TEST

START_TEST(copying_sums_and_copies)
{
    fill_random(5);
    for (size_t from = 0; from < 5; from++) {
        for (size_t len = 0; len <= LONGEST; len++) {
            size_t to = (from * 3 + len) % 7;
            memset(copy, 0xa5, sizeof copy);
            ck_assert_uint_eq(network(csum_copy(copy + to, data + from, len)),
                              naive(data + from, len));
            ck_assert_int_eq(memcmp(copy + to, data + from, len), 0);
            ck_assert_uint_eq(copy[to + len], 0xa5);
            ck_assert(!to || copy[to - 1] == 0xa5);
        }
    }
}
END_TEST

START_TEST(pieces_add_up_at_any_cut)
{
    fill_random(6);
    for (size_t len = 0; len <= 80; len++) {
        for (size_t cut = 0; cut <= len; cut++) {
            uint64_t sum = csum_add(data, cut) + csum_at(csum_add(data + cut, len - cut), cut);
            ck_assert_uint_eq(network(sum), naive(data, len));
        }
    }
    uint64_t sum = 0;
    for (size_t off = 0, n; off < LONGEST; off += n) {
        n = off % 13 + 1 < LONGEST - off ? off % 13 + 1 : LONGEST - off;
        sum += csum_at(csum_add(data + off, n), off);
    }
    ck_assert_uint_eq(network(sum), naive(data, LONGEST));
}
END_TEST

START_TEST(example_of_rfc_1071)
{
    static const uint8_t example[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    ck_assert_uint_eq(network(csum_add(example, sizeof example)), 0xddf2); /* section 3 */
    ck_assert_uint_eq(csum_fold(UINT64_MAX), 0xffff);
    ck_assert_uint_eq(csum_fold(0), 0);
}
END_TEST

CHECK_MAIN("base/csum", every_length_and_offset, copying_sums_and_copies, pieces_add_up_at_any_cut,
           example_of_rfc_1071)
