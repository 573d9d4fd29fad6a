/* SPDX-License-Identifier: BSD-3-Clause */
#include "frames.h"
#include "tests/lib/check_main.h"

/* Parses a known frame whose byte `at` of the IP header was changed and summed again. */
static int parse_changed(const char *hex, uint32_t at, uint8_t value, bool fix)
{
    struct bytes f = bytes_from_hex(hex);
    struct pkt p;
    f.data[IP_AT + at] = value;
    if (fix)
        ip_csum_fix(f);
    int ret = pkt_parse(&p, f.data, f.len, true);
    free(f.data);
    return ret;
}

static const struct {
    const char *what;
    uint8_t at, value;
    int ret;
} rows[] = {
    {"version 6", 0, 0x65, -DROP_IP_VERSION},
    {"header of 16 bytes", 0, 0x44, -DROP_IP_VERSION},
    {"total length below the header", 3, 19, -DROP_IP_SHORT},
    {"total length beyond the frame", 3, 41, -DROP_IP_SHORT},
    {"total length 65,320", 2, 0xff, -DROP_IP_SHORT},
    {"more fragments", 6, 0x20, -DROP_IP_FRAGMENT},
    {"later fragment", 7, 1, -DROP_IP_FRAGMENT},
    {"later fragment, high offset", 6, 0x10, -DROP_IP_FRAGMENT},
    {"no DF", 6, 0, 0},
    {"TTL 1", 8, 1, 0},
    {"DSCP and ECN", 1, 0xff, 0},
    {"UDP", 9, 17, -DROP_IP_PROTOCOL},
    {"this network", 12, 0, -DROP_IP_SOURCE},
    {"loopback", 12, 127, -DROP_IP_SOURCE},
    {"multicast, low", 12, 224, -DROP_IP_SOURCE},
    {"multicast, high", 12, 239, -DROP_IP_SOURCE},
    {"below loopback", 12, 126, 0},
    {"above loopback", 12, 128, 0},
    {"below multicast", 12, 223, 0},
    {"net 1", 12, 1, 0},
};

START_TEST(header_rows)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int ret = parse_changed(ACK_FRAME, rows[i].at, rows[i].value, true);
        ck_assert_msg(ret == rows[i].ret, "%s: %d, expected %d", rows[i].what, ret, rows[i].ret);
    }
}
END_TEST

START_TEST(broadcast_source_is_dropped)
{
    struct bytes f = bytes_from_hex(ACK_FRAME);
    struct pkt p;
    memset(f.data + IP_AT + 12, 0xff, 4);
    ip_csum_fix(f);
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, true), -DROP_IP_SOURCE);
    free(f.data);
}
END_TEST

START_TEST(checksum_is_verified_even_when_the_device_did_tcp)
{
    ck_assert_int_eq(parse_changed(ACK_FRAME, 8, 63, false), -DROP_IP_CSUM);
    ck_assert_int_eq(parse_changed(ACK_IP_OPT_FRAME, 8, 63, false), -DROP_IP_CSUM);
    ck_assert_int_eq(parse_changed(ACK_IP_OPT_FRAME, 21, 0x95, false), -DROP_IP_CSUM);
}
END_TEST

/* The frame's options are NOP, router alert (length 4), END... */
static const struct {
    const char *what;
    uint8_t at, value;
    int ret;
} option_rows[] = {
    {"loose source route", 21, 131, -DROP_IP_OPTIONS},
    {"strict source route", 21, 137, -DROP_IP_OPTIONS},
    {"unknown option", 21, 222, 0},
    {"length 0", 22, 0, -DROP_IP_OPTIONS},
    {"length 1", 22, 1, -DROP_IP_OPTIONS},
    {"length to the end", 22, 7, 0},
    {"length beyond the end", 22, 8, -DROP_IP_OPTIONS},
    {"kind without length at the end", 27, 7, 0}, /* behind END */
    {"source route behind END", 26, 131, 0},
};

START_TEST(options)
{
    for (size_t i = 0; i < sizeof option_rows / sizeof *option_rows; i++) {
        int ret = parse_changed(ACK_IP_OPT_FRAME, option_rows[i].at, option_rows[i].value, true);
        ck_assert_msg(ret == option_rows[i].ret, "%s: %d", option_rows[i].what, ret);
    }
    struct bytes f = bytes_from_hex(ACK_IP_OPT_FRAME);
    struct pkt p;
    memset(f.data + IP_AT + 20, 1, 7);
    f.data[IP_AT + 27] = 7;
    ip_csum_fix(f);
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, true), -DROP_IP_OPTIONS);
    free(f.data);
}
END_TEST

/* A packet that ends with its options: a sanitizer sees a length read behind the last kind. */
START_TEST(options_end_with_the_frame)
{
    struct bytes whole = bytes_from_hex(ACK_IP_OPT_FRAME);
    struct bytes f = bytes_copy(whole.data, IP_AT + 28);
    struct pkt p;
    memset(f.data + IP_AT + 20, 1, 7);
    f.data[IP_AT + 27] = 7;
    put16(f.data + IP_AT + 2, 28);
    ip_csum_fix(f);
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, true), -DROP_IP_OPTIONS);
    free(whole.data);
    free(f.data);
}
END_TEST

START_TEST(addresses_are_host_order)
{
    struct bytes f = bytes_from_hex(ACK_FRAME);
    struct pkt p;
    ck_assert_int_eq(pkt_parse(&p, f.data, f.len, false), 0);
    ck_assert(ip_equal(p.src, ip4_addr(0xc6120002)));
    ck_assert(ip_equal(p.dst, ip4_addr(0xc6120001)));
    free(f.data);
}
END_TEST

CHECK_MAIN("net/ip4", header_rows, broadcast_source_is_dropped,
           checksum_is_verified_even_when_the_device_did_tcp, options, options_end_with_the_frame,
           addresses_are_host_order)
