/* SPDX-License-Identifier: BSD-3-Clause */
/* The hash by which NICs deal flows: the examples that Microsoft gives ("Verifying the RSS Hash
 * Calculation"), and the table behind it. */
#include "tests/lib/check_main.h"
#include "wire/rss.h"

static const uint8_t key[RSS_KEY_LEAST] = {
    0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3,
    0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3,
    0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa};

static const struct example {
    const char *to, *from;
    uint16_t to_port, from_port;
    uint32_t hash;
} examples[] = {
    {"161.142.100.80", "66.9.149.187", 1766, 2794, 0x51ccc178},
    {"65.69.140.83", "199.92.111.2", 4739, 14230, 0xc626b0ea},
    {"12.22.207.184", "24.19.198.95", 38024, 12898, 0x5c2b394a},
    {"209.142.163.6", "38.27.205.30", 2217, 48228, 0xafc7327f},
    {"202.188.127.2", "153.39.163.191", 1303, 44251, 0x10e828a2},
    {"3ffe:2501:200:3::1", "3ffe:2501:200:1fff::7", 1766, 2794, 0x40207d3d},
    {"ff02::1", "3ffe:501:8::260:97ff:fe40:efab", 4739, 14230, 0xdde51bbf},
    {"fe80::200:f8ff:fe21:67cf", "3ffe:1900:4545:3:200:f8ff:fe21:67cf", 38024, 44251, 0x02d1feef},
};

static struct rss_flow flow_of(const struct example *x)
{
    struct rss_flow f = {.from_port = x->from_port, .to_port = x->to_port};
    ck_assert_int_eq(ip_parse(x->from, &f.from), 0);
    ck_assert_int_eq(ip_parse(x->to, &f.to), 0);
    return f;
}

START_TEST(the_examples_of_its_makers)
{
    static struct rss r;
    rss_init(&r, key);
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct rss_flow f = flow_of(&examples[i]);
        ck_assert_msg(rss_hash(&r, &f) == examples[i].hash, "%s: %08x", examples[i].to, rss_hash(&r, &f));
    }
}
END_TEST

START_TEST(the_low_bits_are_a_place_in_the_table)
{
    static struct rss r = {.size = 128};
    struct rss_flow f = flow_of(&examples[0]);
    rss_init(&r, key);
    r.queues[0x51ccc178 & 127] = 3;
    ck_assert_uint_eq(rss_queue(&r, &f), 3);
    f.to_port++;
    ck_assert_uint_eq(rss_queue(&r, &f), 0);
}
END_TEST

CHECK_MAIN("wire/rss", the_examples_of_its_makers, the_low_bits_are_a_place_in_the_table)
