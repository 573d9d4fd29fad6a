/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ICMP errors of either family: what they say and which segment they quote. Whether that segment
 * is under way is the engine's to know; anybody can send such a message (RFC 5927).
 */
#include "base/cursor.h"
#include "net/hdr.h"
#include "net/layer.h"

#define FRAGMENTATION 4 /* code of ICMP_UNREACHABLE: fragmentation needed (RFC 1191 4) */
#define IP6_MTU_MIN   1280 /* RFC 8201 4: a smaller one is no news */
#define IP4_MTU_MIN   68

/* What kind of news; NET_ERROR_NONE: not an error. That RFC 1122 4.2.3.9 and RFC 9293 3.9.2.2 call
 * some of the others hard (protocol or port unreachable, prohibited) is not told apart: anybody can
 * send those, and they end no connection either (RFC 5461, RFC 5927 5.2). */
static enum net_error_kind kind_of4(uint8_t type, uint8_t code)
{
    switch (type) {
    case ICMP_UNREACHABLE:
        return code == FRAGMENTATION ? NET_ERROR_TOO_BIG : NET_ERROR_OTHER;
    case ICMP_TIME_EXCEEDED:
    case ICMP_PARAMETER:
        return NET_ERROR_OTHER;
    }
    return NET_ERROR_NONE;
}

static enum net_error_kind kind_of6(uint8_t type)
{
    switch (type) {
    case ICMP6_TOO_BIG:
        return NET_ERROR_TOO_BIG;
    case ICMP6_UNREACHABLE:
    case ICMP6_TIME_EXCEEDED:
    case ICMP6_PARAMETER:
        return NET_ERROR_OTHER;
    }
    return NET_ERROR_NONE;
}

static bool quoted4(struct cursor *c, struct net_error *out)
{
    const struct ip4_hdr *ip = (const void *)cursor_take(c, IP4_HEADER);
    uint32_t header_len = ip ? (ip->version_len & 15u) * 4 : 0;
    if (header_len < IP4_HEADER || ip->version_len >> 4 != 4 || ip->protocol != IP_TCP ||
        be16_load(ip->fragment) & IP4_FRAGMENT_OFFSET)
        return false;
    cursor_take(c, header_len - IP4_HEADER);
    out->src = ip4_addr(be32_load(ip->src));
    out->dst = ip4_addr(be32_load(ip->dst));
    out->quoted_len = be16_load(ip->total_len);
    return true;
}

/* We send no extension headers, so that TCP stands right behind. */
static bool quoted6(struct cursor *c, struct net_error *out)
{
    const struct ip6_hdr *ip = (const void *)cursor_take(c, IP6_HEADER);
    if (!ip || be32_load(ip->word) >> 28 != 6 || ip->next_header != IP_TCP)
        return false;
    out->src = be128_load(&ip->src);
    out->dst = be128_load(&ip->dst);
    uint32_t len = IP6_HEADER + (uint32_t)be16_load(ip->payload_len);
    out->quoted_len = (uint16_t)(len < UINT16_MAX ? len : UINT16_MAX);
    return true;
}

/* A router that does not tell its MTU dates from before RFC 1191; its section 7.1 has this list. */
static uint16_t plateau_below(uint16_t len)
{
    static const uint16_t plateaus[] = {32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68};
    for (size_t i = 0; i < sizeof plateaus / sizeof *plateaus; i++)
        if (plateaus[i] < len)
            return plateaus[i];
    return IP4_MTU_MIN;
}

int net_icmp_error(const struct pkt *p, struct net_error *out)
{
    struct cursor c = cursor_over(p->icmp.body, p->icmp.body_len);
    bool is4 = ip_is4(p->src);
    *out = (struct net_error){.kind = is4 ? kind_of4(p->icmp.type, p->icmp.code)
                                          : kind_of6(p->icmp.type)};
    if (out->kind == NET_ERROR_NONE)
        return -DROP_ICMP_IGNORED;
    uint32_t rest = cursor_be32(&c), mtu = is4 ? rest & 0xffff : rest;
    if (!(is4 ? quoted4(&c, out) : quoted6(&c, out)))
        return -DROP_ICMP_QUOTE;
    out->src_port = cursor_be16(&c);
    out->dst_port = cursor_be16(&c);
    out->seq = cursor_be32(&c);
    if (c.bad || !ip_equal(out->src, p->dst))
        return -DROP_ICMP_QUOTE;
    if (out->kind != NET_ERROR_TOO_BIG)
        return 0;
    if (is4 && !mtu)
        mtu = plateau_below(out->quoted_len);
    if (mtu < (is4 ? IP4_MTU_MIN : IP6_MTU_MIN) || mtu >= out->quoted_len)
        return -DROP_ICMP_BAD;
    out->mtu = (uint16_t)mtu;
    return 0;
}
