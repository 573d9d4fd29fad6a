/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

#include "frames6.h"
#include "tests/lib/check_main.h"

static const struct ip_addr ip1 = {0x2001000200000000, 1}, ip2 = {0x2001000200000000, 2};

static int parse_hex(const char *hex)
{
    struct bytes f = bytes_from_hex(hex);
    struct pkt p;
    int ret = pkt_parse(&p, f.data, f.len, false);
    free(f.data);
    return ret;
}

START_TEST(fields_are_read)
{
    struct bytes f = bytes_from_hex(DATA_TS6_FRAME);
    struct pkt p;
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), 0);
    ck_assert_int_eq(p.kind, PKT_TCP);
    ck_assert(ip_equal(p.src, ip2) && ip_equal(p.dst, ip1));
    ck_assert(p.tcp.src_port == 40000 && p.tcp.dst_port == 9000 && p.tcp.opts == TCP_OPT_TS);
    ck_assert_uint_eq(p.tcp.payload_len, 11);
    ck_assert_mem_eq(p.tcp.payload, "hello, wire", 11);
    free(f.data);
}
END_TEST

START_TEST(every_truncation_is_dropped)
{
    drop_every_truncation(known_frames6, KNOWN_FRAMES6);
}
END_TEST

/* In what the checksum covers: addresses, and all behind the IPv6 header. */
START_TEST(every_flipped_bit_is_dropped)
{
    struct bytes f = bytes_from_hex(DATA_TS6_FRAME);
    struct pkt p;
    for (uint32_t bit = (14 + 8) * 8; bit < f.len * 8; bit++) {
        f.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        ck_assert_int_lt(pkt_parse(&p, f.data, f.len, false), 0);
        f.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    free(f.data);
}
END_TEST

START_TEST(padding_is_ignored)
{
    struct bytes f = bytes_from_hex(DATA_TS6_FRAME);
    struct pkt p;
    f.data = realloc(f.data, f.len + 9);
    memset(f.data + f.len, 0xa5, 9);
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len + 9, false), 0);
    ck_assert_uint_eq(p.tcp.payload_len, 11);
    free(f.data);
}
END_TEST

/* The frame with another source or destination, checksum right. */
static int parse_with(const char *hex, bool src, const char *addr)
{
    struct bytes f = bytes_from_hex(hex);
    struct ip_addr a;
    struct pkt p;
    ck_assert_int_eq(ip_parse(addr, &a), 0);
    for (int i = 0; i < 8; i++) {
        f.data[14 + (src ? 8 : 24) + i] = (uint8_t)(a.hi >> (56 - 8 * i));
        f.data[14 + (src ? 16 : 32) + i] = (uint8_t)(a.lo >> (56 - 8 * i));
    }
    ip6_csum_fix(f, f.data[20]);
    int ret = pkt_parse(&p, f.data, f.len, false);
    free(f.data);
    return ret;
}

START_TEST(addresses_that_no_host_uses)
{
    static const char *const odd[] = {"::", "::1", "::198.18.0.2", "::ffff:198.18.0.2", "ff02::1",
                                      "ff0e::7"};
    ck_assert_int_eq(parse_with(ACK6_FRAME, true, "2001:2::9"), 0);
    ck_assert_int_eq(parse_with(ACK6_FRAME, false, "fe80::9"), 0);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        ck_assert_int_eq(parse_with(ACK6_FRAME, true, odd[i]), -DROP_IP_SOURCE);
        ck_assert_int_eq(parse_with(ACK6_FRAME, false, odd[i]), -DROP_IP_NOT_OURS);
        ck_assert_int_eq(parse_with(PING6_FRAME, true, odd[i]), -DROP_IP_SOURCE);
        ck_assert_int_lt(parse_with(PING6_FRAME, false, odd[i]), 0);
    }
    ck_assert_int_eq(parse_with(PING6_FRAME, false, "ff02::1"), -DROP_ICMP_IGNORED);
}
END_TEST

#define ETH  "020000000001 020000000002 86dd "
#define ENDS "20010002 00000000 00000000 00000002 20010002 00000000 00000000 00000001 "
#define TCP  "9c402328 00000005 00000006 5010ffff b0580000"

START_TEST(version_and_length)
{
    ck_assert_int_eq(parse_hex(ETH "60000000 00140640 " ENDS TCP), 0);
    ck_assert_int_eq(parse_hex(ETH "40000000 00140640 " ENDS TCP), -DROP_IP_VERSION);
    ck_assert_int_eq(parse_hex(ETH "70000000 00140640 " ENDS TCP), -DROP_IP_VERSION);
    ck_assert_int_eq(parse_hex(ETH "60000000 00150640 " ENDS TCP), -DROP_IP_SHORT);
    ck_assert_int_eq(parse_hex(ETH "60000000 00000640 " ENDS TCP), -DROP_TCP_SHORT);
    ck_assert_int_eq(parse_hex(ETH "6ff12345 00140601 " ENDS TCP), 0); /* class, label, last hop */
}
END_TEST

/* Behind the IPv6 header `len` bytes, the first of the kind `next`. */
static int parse_chain(const char *next, uint32_t len, const char *chain)
{
    char hex[1200];
    snprintf(hex, sizeof hex, ETH "60000000 %04x%s40 " ENDS "%s " TCP, len + 20, next, chain);
    return parse_hex(hex);
}

START_TEST(extension_headers_are_skipped)
{
    ck_assert_int_eq(parse_hex(ACK6_CHAIN_FRAME), 0);
    ck_assert_int_eq(parse_chain("00", 8, "06000104 00000000"), 0);  /* hop by hop, PadN */
    ck_assert_int_eq(parse_chain("3c", 8, "06000000 00000000"), 0);  /* destination, Pad1 x 6 */
    ck_assert_int_eq(parse_chain("3c", 16, "06011e0c 00000000 00000000 00000000"), 0); /* unknown */
    ck_assert_int_eq(parse_chain("2b", 8, "06000400 00000000"), 0);  /* a route that is done */
    ck_assert_int_eq(parse_chain("2c", 8, "06000000 12345678"), 0);  /* the whole packet */
}
END_TEST

START_TEST(extension_headers_that_are_refused)
{
    const int refused = -DROP_IP_EXTENSION;
    ck_assert_int_eq(parse_chain("3c", 8, "06000105 00000000"), -DROP_IP_EXTENSION); /* beyond */
    ck_assert_int_eq(parse_chain("3c", 8, "06000001 05010000"), refused);
    ck_assert_int_eq(parse_chain("00", 8, "06005e04 00000000"), refused); /* unknown: discard */
    ck_assert_int_eq(parse_chain("00", 8, "0600c204 00000000"), refused); /* jumbo payload */
    ck_assert_int_eq(parse_chain("2b", 8, "06000000 00000000"), refused); /* type 0 */
    ck_assert_int_eq(parse_chain("2b", 8, "06000201 00000000"), refused); /* a route to go */
    ck_assert_int_eq(parse_chain("3c", 16, "00000104 00000000 06000104 00000000"), refused);
    ck_assert_int_eq(parse_chain("2c", 8, "06000001 00000000"), -DROP_IP_FRAGMENT);
    ck_assert_int_eq(parse_chain("2c", 8, "06000008 00000000"), -DROP_IP_FRAGMENT);
    ck_assert_int_eq(parse_chain("3c", 8, "06040104 00000000"), -DROP_IP_SHORT);
    ck_assert_int_eq(parse_chain("3b", 0, ""), -DROP_IP_PROTOCOL); /* no next header */
    ck_assert_int_eq(parse_chain("11", 0, ""), -DROP_IP_PROTOCOL);
}
END_TEST

static int parse_many(uint32_t headers, bool large)
{
    char chain[1000] = "";
    for (uint32_t i = 0; i < headers; i++)
        sprintf(chain + strlen(chain), "%s%s", i + 1 < headers ? "3c" : "06",
                large ? "070100 01000100 01000100 01000100 01000100 01000100 01000100 01000100"
                        " 01000100 01000100 01000100 01000100 01000100 01000100 01000100 01000100 "
                      : "000104 00000000 ");
    return parse_chain("3c", headers * (large ? 64 : 8), chain);
}

START_TEST(chains_are_bounded)
{
    ck_assert_int_eq(parse_many(8, false), 0);
    ck_assert_int_eq(parse_many(9, false), -DROP_IP_EXTENSION);
    ck_assert_int_eq(parse_many(4, true), 0);
    ck_assert_int_eq(parse_many(5, true), -DROP_IP_EXTENSION);
}
END_TEST

START_TEST(groups_carry_only_neighbour_discovery)
{
    struct bytes f = bytes_from_hex(ACK6_FRAME);
    struct pkt p;
    memcpy(f.data, "\x33\x33\xff\0\0\1", 6);
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), -DROP_ETH_NOT_OURS);
    free(f.data);
    f = bytes_from_hex(ASK6_FRAME);
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), 0);
    memset(f.data, 0xff, 6);
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), -DROP_ETH_NOT_OURS);
    memcpy(f.data, "\2\0\0\0\0\1", 6); /* RFC 6085: one host of the group alone */
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), 0);
    free(f.data);
}
END_TEST

CHECK_MAIN("net/ip6", fields_are_read, every_truncation_is_dropped, every_flipped_bit_is_dropped,
           padding_is_ignored, addresses_that_no_host_uses, version_and_length,
           extension_headers_are_skipped, extension_headers_that_are_refused, chains_are_bounded,
           groups_carry_only_neighbour_discovery)
