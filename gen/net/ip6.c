/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IPv6 (RFC 8200): checked header in, finished header out. Extension headers are skipped within
 * bounds, never sent. We are a host at the end of the path: what a router would answer with a
 * parameter problem is dropped and counted here.
 */
#include <assert.h>

#include "base/csum.h"
#include "net/hdr.h"
#include "net/layer.h"

#define EXT_HEADERS_MAX 8
#define EXT_BYTES_MAX   256 /* of all of them; RFC 8504 5.3 lets hosts set such limits */
#define ROUTING_TYPE_0  0   /* withdrawn: RFC 5095 */
#define OPT_PAD1        0
#define OPT_ACTION      0xc0 /* what to do with an option unknown: 0 skips it */
#define FRAGMENT_REST   0xfff9 /* offset and the more-fragments flag */

struct ext_hdr {
    uint8_t next_header, len; /* len: in units of 8 bytes, the first not counted */
    uint8_t routing_type, segments_left;
};

struct fragment_hdr {
    uint8_t next_header, reserved;
    struct be16 offset;
    struct be32 id;
};

struct walk {
    const uint8_t *at;
    uint32_t left;
    uint8_t next_header;
};

/* Options of a hop-by-hop or destination header (RFC 8200 4.2): well formed, none that must be
 * understood. */
static bool options_ok(const uint8_t *opt, const uint8_t *end)
{
    while (opt < end) {
        if (*opt == OPT_PAD1) {
            opt++;
            continue;
        }
        if (end - opt < 2 || end - opt < 2 + opt[1] || *opt & OPT_ACTION)
            return false;
        opt += 2 + opt[1];
    }
    return true;
}

/* A fragment that is the whole packet (RFC 6946) is taken, others are not put together. */
static int fragment_skip(struct walk *w)
{
    const struct fragment_hdr *f = (const void *)w->at;
    if (w->left < sizeof *f)
        return -DROP_IP_SHORT;
    if (be16_load(f->offset) & FRAGMENT_REST)
        return -DROP_IP_FRAGMENT;
    w->next_header = f->next_header;
    w->at += sizeof *f;
    w->left -= (uint32_t)sizeof *f;
    return 0;
}

static int extension_skip(struct walk *w)
{
    const struct ext_hdr *h = (const void *)w->at;
    if (w->left < 8 || w->left < (h->len + 1u) * 8)
        return -DROP_IP_SHORT;
    uint32_t len = (h->len + 1u) * 8;
    if (w->next_header == IP_ROUTING) {
        if (h->routing_type == ROUTING_TYPE_0 || h->segments_left)
            return -DROP_IP_EXTENSION;
    } else if (!options_ok(w->at + 2, w->at + len)) {
        return -DROP_IP_EXTENSION;
    }
    w->next_header = h->next_header;
    w->at += len;
    w->left -= len;
    return 0;
}

static bool is_extension(uint8_t next_header)
{
    return next_header == IP_HOP_BY_HOP || next_header == IP_ROUTING ||
           next_header == IP_FRAGMENT || next_header == IP_DESTINATION;
}

/* To the header behind them. Hop-by-hop options stand in front or nowhere (RFC 8200 4.1). */
static int extensions_skip(struct walk *w)
{
    uint32_t whole = w->left;
    for (int n = 0; is_extension(w->next_header); n++) {
        if (n == EXT_HEADERS_MAX || (n && w->next_header == IP_HOP_BY_HOP))
            return -DROP_IP_EXTENSION;
        int drop = w->next_header == IP_FRAGMENT ? fragment_skip(w) : extension_skip(w);
        if (drop)
            return drop;
        if (whole - w->left > EXT_BYTES_MAX)
            return -DROP_IP_EXTENSION;
    }
    return 0;
}

static inline uint64_t ip6_pseudo_sum(const struct ip6_hdr *ip, uint8_t next_header, uint32_t len)
{
    return csum_add(&ip->src, 32) + be16_sum(next_header) + be16_sum((uint16_t)len);
}

/* Not plain TCP between two hosts. Nobody yet may ask from the unspecified address whether an
 * address is free (RFC 4862 5.4.2); TCP knows no groups (RFC 9293 3.9.2.3). */
static int ip6_long_parse(struct pkt *p, const struct ip6_hdr *ip, uint32_t len, bool csum_ok)
{
    struct walk w = {(const uint8_t *)ip + IP6_HEADER, len, ip->next_header};
    int drop = extensions_skip(&w);
    if (drop)
        return drop;
    bool nobody = ip_is_none(p->src), group = ip6_is_multicast(p->dst);
    if (ip6_is_odd(p->src) && !(nobody && w.next_header == IP_ICMP6))
        return -DROP_IP_SOURCE;
    if (ip6_is_odd(p->dst) && !(group && w.next_header == IP_ICMP6))
        return -DROP_IP_NOT_OURS;
    uint64_t pseudo_sum = ip6_pseudo_sum(ip, w.next_header, w.left);
    if (w.next_header == IP_TCP)
        return tcp_parse(p, w.at, w.left, pseudo_sum, csum_ok);
    if (w.next_header == IP_ICMP6)
        return icmp6_parse(p, w.at, w.left, pseudo_sum, ip->hop_limit);
    return -DROP_IP_PROTOCOL;
}

int ip6_parse(struct pkt *p, const uint8_t *at, uint32_t len, bool csum_ok)
{
    const struct ip6_hdr *ip = (const void *)at;
    if (UNLIKELY(len < sizeof *ip))
        return -DROP_IP_SHORT;
    if (UNLIKELY(at[0] >> 4 != 6))
        return -DROP_IP_VERSION;
    uint32_t payload_len = be16_load(ip->payload_len);
    if (UNLIKELY(payload_len > len - IP6_HEADER))
        return -DROP_IP_SHORT;
    p->src = be128_load(&ip->src);
    p->dst = be128_load(&ip->dst);
    p->tcp.ecn = at[1] >> 4 & 3; /* the low bits of the traffic class */
    if (UNLIKELY(ip->next_header != IP_TCP || ip6_is_odd(p->src) || ip6_is_odd(p->dst)))
        return ip6_long_parse(p, ip, payload_len, csum_ok);
    return tcp_parse(p, at + IP6_HEADER, payload_len, ip6_pseudo_sum(ip, IP_TCP, payload_len),
                     csum_ok);
}

uint64_t ip6_write(uint8_t *at, const struct net_path *path, uint8_t next_header,
                   uint16_t payload_len)
{
    struct ip6_hdr *ip = (void *)at;
    assert(!ip_is4(path->src) && !ip_is4(path->dst));
    be32_store(&ip->word, IP6_VERSION | (uint32_t)path->dscp << (IP6_CLASS_SHIFT + 2));
    be16_store(&ip->payload_len, payload_len);
    ip->next_header = next_header;
    ip->hop_limit = path->ttl;
    be128_store(&ip->src, path->src);
    be128_store(&ip->dst, path->dst);
    return csum_add(&ip->src, 32) + be16_sum(next_header);
}
