/* SPDX-License-Identifier: BSD-3-Clause */
/* A frame that is cut: the segments that would have been built one by one. */
#include <string.h>

#include "net/cut.h"
#include "net/pkt.h"
#include "tests/lib/check_main.h"

enum { MSS = 1000, ROOM = 8192 };

static struct net_template template_of(bool is4, struct net_vlan vlan)
{
    struct net_path path = {.src_mac = {2, 0, 0, 0, 0, 1}, .dst_mac = {2, 0, 0, 0, 0, 2}, .vlan = vlan, .ttl = 64, .dscp = 8};
    struct net_template t;
    path.src = is4 ? ip4_addr(0x0a000001) : (struct ip_addr){0x2001000200000000, 1};
    path.dst = is4 ? ip4_addr(0x0a000002) : (struct ip_addr){0x2001000200000000, 2};
    net_template_init(&t, &path);
    return t;
}

/* Text [from, from + len) of the stream. */
static uint32_t build(uint8_t *frame, const struct net_template *t, struct net_seg seg, uint32_t from,
                      uint32_t len)
{
    uint8_t *text = frame + net_tcp_header_len(t, seg.opts);
    for (uint32_t i = 0; i < len; i++)
        text[i] = (uint8_t)((from + i) * 7 + (from + i) / 256);
    seg.seq += from;
    uint32_t all = net_tcp_build(t, frame, &seg, len, 0);
    net_tcp_open_csum(t, frame, all);
    return all;
}

static void check_cut(bool is4, struct net_vlan vlan, uint8_t opts, uint32_t len)
{
    static uint8_t whole[ROOM], cut[ROOM], wanted[ROOM];
    struct net_template t = template_of(is4, vlan);
    struct net_seg seg = {.src_port = 1, .dst_port = 2, .seq = 0xfffffe00, .ack = 3, .window = 4,
                          .opts = opts, .ts_val = 5, .ts_ecr = 6, .ecn = ECN_ECT0};
    struct net_seg each = seg;
    uint32_t count = (len + MSS - 1) / MSS;
    seg.flags = TCP_ACK | TCP_PSH | TCP_FIN | TCP_CWR;
    uint32_t all = build(whole, &t, seg, 0, len);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t from = i * MSS, part = len - from < MSS ? len - from : MSS;
        each.flags = (uint8_t)(TCP_ACK | (i ? 0 : TCP_CWR) | (i + 1 == count ? TCP_PSH | TCP_FIN : 0));
        uint32_t bytes = build(wanted, &t, each, from, part);
        ck_assert_uint_eq(net_tcp_cut(NULL, whole, all, MSS, i), bytes);
        ck_assert_uint_eq(net_tcp_cut(cut, whole, all, MSS, i), bytes);
        ck_assert_msg(!memcmp(cut, wanted, bytes), "segment %u of %u bytes", i, len);
    }
    ck_assert_uint_eq(net_tcp_cut(cut, whole, all, MSS, count), 0);
}

START_TEST(pieces_are_what_would_have_been_built)
{
    const struct net_vlan vlans[] = {{0, 0}, {100, 0}, {100, 200}};
    const uint32_t lens[] = {1, MSS - 1, MSS, MSS + 1, 2 * MSS, 5 * MSS + 123};
    for (uint32_t v = 0; v < 3; v++)
        for (uint32_t l = 0; l < sizeof lens / sizeof *lens; l++)
            for (uint32_t mode = 0; mode < 4; mode++)
                check_cut(mode & 1, vlans[v], mode & 2 ? TCP_OPT_TS : 0, lens[l]);
}
END_TEST

START_TEST(what_is_no_segment_is_not_cut)
{
    uint8_t frame[100] = {0}, to[100];
    ck_assert_uint_eq(net_tcp_cut(to, frame, sizeof frame, MSS, 0), 0);
    struct net_template t = template_of(true, (struct net_vlan){0});
    uint32_t len = build(frame, &t, (struct net_seg){.flags = TCP_ACK}, 0, 10);
    ck_assert_uint_eq(net_tcp_cut(to, frame, len - 1, MSS, 0), 0); /* cut off */
    frame[t.len + 12] = 0xf0; /* a header longer than the segment */
    ck_assert_uint_eq(net_tcp_cut(to, frame, len, MSS, 0), 0);
    len = build(frame, &t, (struct net_seg){.flags = TCP_ACK}, 0, 0);
    ck_assert_uint_eq(net_tcp_cut(to, frame, len, MSS, 0), 0); /* without text there is nothing to cut */
}
END_TEST

CHECK_MAIN("net/cut", pieces_are_what_would_have_been_built, what_is_no_segment_is_not_cut)
