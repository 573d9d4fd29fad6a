/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

#include "frames.h"
#include "tests/lib/check_main.h"

/* Parses an ACK that carries these option bytes (a multiple of four). */
static int parse_options(const char *hex, struct pkt *p)
{
    struct bytes opts = bytes_from_hex(hex), bare = bytes_from_hex(ACK_FRAME);
    struct bytes f = {malloc(bare.len + opts.len), bare.len + opts.len};
    memcpy(f.data, bare.data, bare.len);
    memcpy(f.data + bare.len, opts.data, opts.len);
    put16(f.data + IP_AT + 2, f.len - IP_AT);
    f.data[IP_AT + 32] = (uint8_t)((20 + opts.len) / 4 << 4);
    ip_csum_fix(f);
    tcp_csum_fix(f);
    int ret = pkt_parse(p, f.data, f.len, false);
    free(opts.data);
    free(bare.data);
    free(f.data);
    return ret;
}

static const struct {
    const char *hex;
    int ret;
    uint8_t opts;
} rows[] = {
    {"01010101", 0, 0},
    {"00000000", 0, 0},
    {"00ffffff", 0, 0}, /* nothing is read behind END */
    {"020405b4", 0, TCP_OPT_MSS},
    {"01030307", 0, TCP_OPT_WSCALE},
    {"03030701", 0, TCP_OPT_WSCALE},
    {"04020101", 0, TCP_OPT_SACK_OK},
    {"0101080a 00000001 00000002", 0, TCP_OPT_TS},
    {"080a0000 00010000 00020000", 0, TCP_OPT_TS},
    {"080a0000 00010000 00020402", 0, TCP_OPT_TS | TCP_OPT_SACK_OK},
    {"0101050a 00000001 00000002", 0, 1 << TCP_SACK_SHIFT},
    {"01010522 00000001 00000002 00000003 00000004 00000005 00000006 00000007 00000008", 0,
     4 << TCP_SACK_SHIFT},
    {"0101080a 00000001 00000002 0101051a 00000001 00000002 00000003 00000004 00000005 00000006", 0,
     TCP_OPT_TS | 3 << TCP_SACK_SHIFT},
    {"0512 00000001 00000002 00000003 00000004 0512 00000001 00000002 00000003 00000004", 0,
     4 << TCP_SACK_SHIFT},
    {"05020101", -DROP_TCP_OPTION, 0},                 /* no block */
    {"01010509 00000001 00000002", -DROP_TCP_OPTION, 0}, /* a part of one */
    {"0101050e 00000001 00000002 00000003", -DROP_TCP_OPTION, 0},
    {"0101050a 00000001", -DROP_TCP_OPTION, 0},        /* beyond the header */
    {"fd04f989", 0, 0},                   /* experiment: skipped */
    {"02040500 03030001 0402080a 00000000 00000000", 0, 15},
    {"02000000", -DROP_TCP_OPTION, 0},
    {"02010000", -DROP_TCP_OPTION, 0},
    {"02030500", -DROP_TCP_OPTION, 0},
    {"02050500 00000000", -DROP_TCP_OPTION, 0},
    {"0202ffff", -DROP_TCP_OPTION, 0},
    {"03020101", -DROP_TCP_OPTION, 0},
    {"04030001", -DROP_TCP_OPTION, 0},
    {"0808ffff ffffffff", -DROP_TCP_OPTION, 0},
    {"01010104", -DROP_TCP_OPTION, 0}, /* a kind and no length */
    {"010108ff 00000001 00000002", -DROP_TCP_OPTION, 0},
    {"0101080b 00000001 00000002", -DROP_TCP_OPTION, 0},
    {"fe05ffff", -DROP_TCP_OPTION, 0},
    {"fe000000", -DROP_TCP_OPTION, 0},
};

START_TEST(option_rows)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pkt p;
        int ret = parse_options(rows[i].hex, &p);
        ck_assert_msg(ret == rows[i].ret, "%s: %d", rows[i].hex, ret);
        if (ret == 0)
            ck_assert_msg(p.tcp.opts == rows[i].opts, "%s: %d", rows[i].hex, p.tcp.opts);
    }
}
END_TEST

START_TEST(values_are_read_at_any_offset)
{
    struct pkt p;
    ck_assert_int_eq(parse_options("01080a80 00000101 02030403 03060000", &p), 0);
    ck_assert_uint_eq(p.tcp.ts_val, 0x80000001);
    ck_assert_uint_eq(p.tcp.ts_ecr, 0x01020304);
    ck_assert_uint_eq(p.tcp.wscale, 6);
}
END_TEST

START_TEST(window_scale_is_clamped)
{
    struct pkt p;
    ck_assert_int_eq(parse_options("0103030e", &p), 0);
    ck_assert_uint_eq(p.tcp.wscale, 14);
    ck_assert_int_eq(parse_options("0103030f", &p), 0);
    ck_assert_uint_eq(p.tcp.wscale, 14);
    ck_assert_int_eq(parse_options("010303ff", &p), 0);
    ck_assert_uint_eq(p.tcp.wscale, 14);
}
END_TEST

/* What is recognised at a glance is what the long way reads: with four NOPs behind it that is taken. */
START_TEST(usual_syn)
{
    static const char *const usual[] = {"020405b4 0402080a 01020304 05060708 01030307",
                                        "0204ffff 0402080a ffffffff 00000000 010303ff",
                                        "02040000 0402080a 00000000 80000000 01030300"};
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        struct pkt p, slow;
        char longer[64];
        snprintf(longer, sizeof longer, "%s 01010101", usual[i]);
        ck_assert_int_eq(parse_options(usual[i], &p), 0);
        ck_assert_int_eq(parse_options(longer, &slow), 0);
        ck_assert_uint_eq(p.tcp.opts, 15);
        ck_assert_uint_eq(slow.tcp.opts, 15);
        ck_assert_uint_eq(p.tcp.mss, slow.tcp.mss);
        ck_assert_uint_eq(p.tcp.wscale, slow.tcp.wscale);
        ck_assert_uint_eq(p.tcp.ts_val, slow.tcp.ts_val);
        ck_assert_uint_eq(p.tcp.ts_ecr, slow.tcp.ts_ecr);
    }
    struct pkt p; /* as long, and another one in each word that is looked at */
    ck_assert_int_eq(parse_options("030304b4 0402080a 01020304 05060708 01030307", &p), -DROP_TCP_OPTION);
    ck_assert_int_eq(parse_options("020405b4 0101080a 01020304 05060708 01030307", &p), 0);
    ck_assert_uint_eq(p.tcp.opts, TCP_OPT_MSS | TCP_OPT_TS | TCP_OPT_WSCALE);
    ck_assert_int_eq(parse_options("020405b4 0402080a 01020304 05060708 01010101", &p), 0);
    ck_assert_uint_eq(p.tcp.opts, TCP_OPT_MSS | TCP_OPT_TS | TCP_OPT_SACK_OK);
}
END_TEST

CHECK_MAIN("net/tcp_opts", option_rows, values_are_read_at_any_offset, window_scale_is_clamped, usual_syn)
