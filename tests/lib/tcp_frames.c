/* SPDX-License-Identifier: BSD-3-Clause */
#include "tcp_frames.h"

#include <string.h>

#include "base/csum.h"
#include "check_main.h"

#define IP_TCP_HEADERS_MAX 100 /* with options */

static struct net_path path_of(int ip, uint32_t variety)
{
    struct net_path path = {.src_mac = {2, 1}, .dst_mac = {2, 2}, .ttl = 64};
    path.src = ip == 4 ? ip4_addr(0xc6120001) : (struct ip_addr){0x2001000200000000, variety};
    path.dst = ip == 4 ? ip4_addr(0xc6120002) : (struct ip_addr){0x2001000200000001, 2};
    path.src.lo |= 1;
    if (variety % 4 == 3)
        path.vlan = (struct net_vlan){7, 9};
    return path;
}

static struct net_seg header_of(const struct pkt_tcp *p)
{
    struct net_seg h = {.src_port = p->src_port, .dst_port = p->dst_port, .seq = p->seq,
                        .ack = p->ack, .window = p->window, .flags = p->flags, .opts = p->opts,
                        .mss = p->mss, .wscale = p->wscale, .ts_val = p->ts_val,
                        .ts_ecr = p->ts_ecr, .ecn = p->ecn};
    memcpy(h.sack, p->sack, tcp_sack_count(p->opts) * sizeof *h.sack);
    return h;
}

/* Builds around the payload that stands in its place already, and parses. */
static struct pkt_tcp through(const struct net_template *t, const struct net_seg *h, uint8_t *frame,
                              uint32_t len)
{
    struct pkt p;
    uint32_t at = net_tcp_header_len(t, h->opts);
    uint32_t whole = net_tcp_build(t, frame, h, len, csum_add(frame + at, len));
    ck_assert_uint_eq(whole, at + len);
    ck_assert_int_eq(pkt_parse(&p, frame, whole, false), 0);
    ck_assert_int_eq(p.kind, PKT_TCP);
    ck_assert_uint_eq(p.tcp.payload_len, len);
    return p.tcp;
}

void frames_through(int ip, uint32_t variety, struct pkt_tcp *seg, uint8_t *frame)
{
    struct net_path path = path_of(ip, variety);
    struct net_seg h = header_of(seg);
    struct net_template t;
    if (seg->payload_len + IP_TCP_HEADERS_MAX > UINT16_MAX)
        return;
    net_template_init(&t, &path);
    memcpy(frame + net_tcp_header_len(&t, h.opts), seg->payload, seg->payload_len);
    *seg = through(&t, &h, frame, seg->payload_len);
}

void frames_through_sent(int ip, uint32_t variety, struct tcp_seg *seg,
                         uint8_t (*text_byte)(uint64_t pos), uint8_t *frame)
{
    struct net_path path = path_of(ip, variety);
    struct net_template t;
    if (seg->len + IP_TCP_HEADERS_MAX > UINT16_MAX)
        return;
    net_template_init(&t, &path);
    uint8_t *text = frame + net_tcp_header_len(&t, seg->h.opts);
    for (uint32_t i = 0; i < seg->len; i++)
        text[i] = text_byte(seg->pos + i);
    struct pkt_tcp p = through(&t, &seg->h, frame, seg->len);
    for (uint32_t i = 0; i < seg->len; i++)
        if (p.payload[i] != text_byte(seg->pos + i)) /* ck_assert costs a system call */
            ck_abort_msg("byte %u of the text changed on its way", i);
    seg->h = header_of(&p);
}
