/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"

#include <errno.h>
#include <string.h>

#include "base/addr.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct ip_addr parsed(const char *text)
{
    struct ip_addr a;
    ck_assert_msg(ip_parse(text, &a) == 0, "%s", text);
    return a;
}

START_TEST(addresses_come_back_as_written)
{
    static const char *const texts[] = {
        "0.0.0.0", "198.18.0.1", "255.255.255.255",      "::",
        "::1",     "2001:2::1",  "2001:db8:1:2:3:4:5:6", "fe80::a:b"};
    char buf[46];
    for (size_t i = 0; i < COUNT(texts); i++)
        ck_assert_str_eq(ip_format(buf, sizeof buf, parsed(texts[i])), texts[i]);
    ck_assert(ip_equal(parsed("198.18.0.1"), ip4_addr(0xc6120001)));
    ck_assert(ip_is4(parsed("::ffff:198.18.0.1")));
    ck_assert(!ip_is4(parsed("2001:2::1")) && !ip_is4(parsed("::1")));
    ck_assert_uint_eq(parsed("2001:2::1").hi, 0x2001000200000000);
    ck_assert_str_eq(ip_format(buf, 5, parsed("198.18.0.1")), "198.");
}
END_TEST

START_TEST(wrong_addresses)
{
    static const char *const texts[] = {"",         "198.18.0",    "198.18.0.256", "198.18.0.1.2",
                                        "host",     " 198.18.0.1", "198.18.0.1 ",  "198.18.0.1/24",
                                        "2001:::1", "[::1]",       "1.2.3.4:80",   "0x7f.1"};
    struct ip_addr a;
    for (size_t i = 0; i < COUNT(texts); i++)
        ck_assert_msg(ip_parse(texts[i], &a) == -EINVAL, "%s", texts[i]);
}
END_TEST

struct range_row {
    const char *text;
    uint64_t count;
    unsigned prefix_len;
    const char *last; /* or the one at 2^40 of a wide one */
};

START_TEST(ranges)
{
    static const struct range_row rows[] = {
        {"198.18.0.0/17", 32768, 17, "198.18.127.255"},
        {"198.18.0.5", 1, 32, "198.18.0.5"},
        {"10.0.0.0/8", 1 << 24, 8, "10.255.255.255"},
        {"10.1.2.3/32", 1, 32, "10.1.2.3"},
        {"0.0.0.0/0", 1ull << 32, 0, "255.255.255.255"},
        {"2001:2::/112", 65536, 112, "2001:2::ffff"},
        {"2001:2::1", 1, 128, "2001:2::1"},
        {"2001:2::/65", 1ull << 63, 65, NULL},
        {"2001:2::/48", 1ull << 63, 48, NULL},
        {"::/0", 1ull << 63, 0, NULL},
    };
    char buf[46];
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ip_range r;
        ck_assert_msg(ip_parse_range(rows[i].text, &r) == 0, "%s", rows[i].text);
        ck_assert_uint_eq(r.count, rows[i].count);
        ck_assert_uint_eq(r.prefix_len, rows[i].prefix_len);
        if (rows[i].last)
            ck_assert_str_eq(ip_format(buf, sizeof buf, ip_nth(r, r.count - 1)), rows[i].last);
    }
}
END_TEST

START_TEST(wrong_ranges)
{
    static const char *const texts[] = {
        "198.18.0.5/24",
        "198.18.0.0/33",
        "198.18.0.0/",
        "/8",
        "",
        "198.18.0.0/-1",
        "198.18.0.0/ 8",
        "2001:2::/129",
        "2001:2::1/64",
        "2001:2:0:0:1::/64",
        "198.18.0.0/8/8",
        "198.18.0.0/0x8",
        "a/8",
        "1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111"};
    struct ip_range r;
    for (size_t i = 0; i < COUNT(texts); i++)
        ck_assert_msg(ip_parse_range(texts[i], &r) == -EINVAL, "%s", texts[i]);
}
END_TEST

START_TEST(nth_carries)
{
    struct ip_range r = {.first = {5, UINT64_MAX}, .count = 3};
    ck_assert(ip_equal(ip_nth(r, 1), (struct ip_addr){6, 0}));
    ck_assert(ip_equal(ip_nth(r, 0), r.first));
}
END_TEST

START_TEST(endpoints)
{
    struct ip_addr a;
    uint16_t port;
    ck_assert_int_eq(ip_parse_endpoint("198.18.0.1:9000", &a, &port), 0);
    ck_assert(ip_equal(a, parsed("198.18.0.1")) && port == 9000);
    ck_assert_int_eq(ip_parse_endpoint("[2001:2::1]:65535", &a, &port), 0);
    ck_assert(ip_equal(a, parsed("2001:2::1")) && port == 65535);
    static const char *const wrong[] = {
        "198.18.0.1", "198.18.0.1:",       "198.18.0.1:0",         ":9000",
        "",           "198.18.0.1:65536",  "198.18.0.1:+1",        "198.18.0.1: 1",
        ":",          "2001:2::1:9000",    "[2001:2::1]",          "[2001:2::1]9000",
        "[",          "[198.18.0.1]:9000", "198.18.0.1]:9000",     "[]:1",
        "]:1",        "198.18.0.1:9000x",  "198.18.0.1:123456789", "[2001:2::1:80"};
    for (size_t i = 0; i < COUNT(wrong); i++)
        ck_assert_msg(ip_parse_endpoint(wrong[i], &a, &port) == -EINVAL, "%s", wrong[i]);
}
END_TEST

START_TEST(reserved_ranges)
{
    static const char *const in[] = {
        "10.0.0.0",     "10.255.255.255",  "172.16.0.0", "172.31.255.255", "192.168.0.1",
        "127.0.0.1",    "169.254.1.1",     "198.18.0.0", "198.19.255.255", "192.0.2.1",
        "198.51.100.7", "203.0.113.255",   "::1",        "2001:2::",       "2001:2:0:ffff:ffff::1",
        "2001:db8::1",  "2001:db8:ffff::", "fc00::1",    "fdff::1",        "fe80::1",
        "febf::1",      "::ffff:10.0.0.1"};
    static const char *const out[] = {"9.255.255.255",
                                      "11.0.0.0",
                                      "172.15.255.255",
                                      "172.32.0.0",
                                      "192.167.255.255",
                                      "192.169.0.0",
                                      "126.255.255.255",
                                      "128.0.0.0",
                                      "169.253.255.255",
                                      "169.255.0.0",
                                      "198.17.255.255",
                                      "198.20.0.0",
                                      "192.0.1.255",
                                      "192.0.3.0",
                                      "198.51.99.255",
                                      "198.51.101.0",
                                      "203.0.112.255",
                                      "203.0.114.0",
                                      "0.0.0.0",
                                      "255.255.255.255",
                                      "8.8.8.8",
                                      "::",
                                      "::2",
                                      "2001:1:ffff::",
                                      "2001:2:1::",
                                      "2001:db7::1",
                                      "2001:db9::",
                                      "fbff::1",
                                      "fe00::1",
                                      "fe7f::1",
                                      "fec0::1",
                                      "2606:4700::1",
                                      "::10.0.0.1"};
    for (size_t i = 0; i < COUNT(in); i++)
        ck_assert_msg(ip_is_reserved_for_tests(parsed(in[i])), "%s", in[i]);
    for (size_t i = 0; i < COUNT(out); i++)
        ck_assert_msg(!ip_is_reserved_for_tests(parsed(out[i])), "%s", out[i]);
}
END_TEST

CHECK_MAIN("base/addr", addresses_come_back_as_written, wrong_addresses, ranges, wrong_ranges,
           nth_carries, endpoints, reserved_ranges)
