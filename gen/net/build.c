/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TCP frames from a path's template: copy Ethernet and IP, patch length, checksum or flow label,
 * write TCP from registers. Checksums are summed from the values as they are stored, never read back.
 */
#include <assert.h>

#include "base/csum.h"
#include "base/rng.h"
#include "net/hdr.h"
#include "net/layer.h"

/* Copied whole in front of a segment: at least the family's longest template, never beyond the
 * shortest one's TCP header, which is written afterwards. */
#define IP4_TEMPLATE_COPY 48
#define IP6_TEMPLATE_COPY 64

static_assert(IP4_TEMPLATE_COPY >= ETH_HEADER + 8 + IP4_HEADER, "two tags fit");
static_assert(IP4_TEMPLATE_COPY <= ETH_HEADER + IP4_HEADER + TCP_HEADER, "payload untouched");
static_assert(IP6_TEMPLATE_COPY >= ETH_HEADER + 8 + IP6_HEADER, "two tags fit");
static_assert(IP6_TEMPLATE_COPY <= ETH_HEADER + IP6_HEADER + TCP_HEADER, "payload untouched");

static void ip4_init(struct net_template *t, const struct net_path *path)
{
    t->len = (uint8_t)(t->ip_off + IP4_HEADER);
    t->ip_sum = ip4_write(t->bytes + t->ip_off, path, IP_TCP, 0);
    const struct ip4_hdr *ip = (const void *)(t->bytes + t->ip_off);
    t->pseudo_sum = csum_add(&ip->src, 8) + be16_sum(IP_TCP);
}

static void ip6_init(struct net_template *t, const struct net_path *path)
{
    struct ip6_hdr *ip = (void *)(t->bytes + t->ip_off);
    t->len = (uint8_t)(t->ip_off + IP6_HEADER);
    t->pseudo_sum = ip6_write(t->bytes + t->ip_off, path, IP_TCP, 0);
    t->ip6_word = be32_load(ip->word) | (path->flow_label & IP6_FLOW_LABEL);
    if (!path->flow_label)
        t->label_key = (uint32_t)rng_mix(path->src.lo ^ path->dst.hi, path->dst.lo) | 1;
}

void net_template_init(struct net_template *t, const struct net_path *path)
{
    memset(t, 0, sizeof *t);
    t->is4 = ip_is4(path->src);
    assert(t->is4 == ip_is4(path->dst));
    t->ip_off = (uint8_t)eth_write(t->bytes, path->dst_mac, path->src_mac, path->vlan,
                                   t->is4 ? ETH_IP4 : ETH_IP6);
    if (t->is4)
        ip4_init(t, path);
    else
        ip6_init(t, path);
}

void net_template_set_dst_mac(struct net_template *t, const uint8_t mac[6])
{
    memcpy(t->bytes, mac, 6);
}

/* One label a connection, the same each time (RFC 6437 2), never 0. */
static inline uint32_t flow_label(const struct net_template *t, const struct net_seg *s)
{
    uint32_t ports = (uint32_t)s->src_port << 16 | s->dst_port;
    return t->label_key ? ((ports ^ t->label_key) * 0x9e3779b1u >> 12) | 1 : 0;
}

static inline void ip6_patch(const struct net_template *t, uint8_t *frame, const struct net_seg *s,
                             uint32_t payload_len)
{
    struct ip6_hdr *ip = (void *)(frame + t->ip_off);
    be32_store(&ip->word, t->ip6_word | (uint32_t)s->ecn << IP6_CLASS_SHIFT | flow_label(t, s));
    be16_store(&ip->payload_len, (uint16_t)payload_len);
}

static inline void ip4_patch(const struct net_template *t, uint8_t *frame, uint32_t total_len,
                             uint8_t ecn)
{
    struct ip4_hdr *ip = (void *)(frame + t->ip_off);
    uint64_t len_sum = be16_sum((uint16_t)total_len) + be16_sum(ecn);
    ip->tos |= ecn; /* the template's is 0 there */
    be16_store(&ip->total_len, (uint16_t)total_len);
    be16_store_csum(&ip->csum, csum_fold(t->ip_sum + len_sum));
}

/* All but the checksum; returns the header's partial sum. */
static inline uint64_t tcp_header_write(uint8_t *at, const struct net_seg *s, uint32_t header_len)
{
    uint64_t sum = be32_put(at, (uint32_t)s->src_port << 16 | s->dst_port);
    sum += be32_put(at + 4, s->seq);
    sum += be32_put(at + 8, s->ack);
    sum += be32_put(at + 12, header_len << 26 | (uint32_t)s->flags << 16 | s->window);
    if (LIKELY(s->opts == TCP_OPT_TS)) {
        sum += be32_put(at + 20, TCP_TS_WORD);
        sum += be32_put(at + 24, s->ts_val);
        sum += be32_put(at + 28, s->ts_ecr);
    } else if (UNLIKELY(s->opts)) {
        sum += tcp_opts_write(at + TCP_HEADER, s);
    }
    return sum;
}

uint32_t net_tcp_build(const struct net_template *t, uint8_t *frame, const struct net_seg *s,
                       uint32_t payload_len, uint64_t payload_sum)
{
    uint32_t header_len = TCP_HEADER + net_tcp_opts_len(s->opts), tcp_len = header_len + payload_len;
    struct tcp_hdr *h = (void *)(frame + t->len);
    if (LIKELY(t->is4)) {
        memcpy(frame, t->bytes, IP4_TEMPLATE_COPY);
        ip4_patch(t, frame, IP4_HEADER + tcp_len, s->ecn);
    } else {
        memcpy(frame, t->bytes, IP6_TEMPLATE_COPY);
        ip6_patch(t, frame, s, tcp_len);
    }
    uint64_t sum = tcp_header_write(frame + t->len, s, header_len);
    sum += t->pseudo_sum + be16_sum((uint16_t)tcp_len) + payload_sum;
    be16_store_csum(&h->csum, csum_fold(sum));
    be16_store(&h->urgent, 0);
    return t->len + tcp_len;
}

void net_tcp_open_csum(const struct net_template *t, uint8_t *frame, uint32_t len)
{
    struct tcp_hdr *h = (void *)(frame + t->len);
    uint16_t sum = csum_fold(t->pseudo_sum + (len ? be16_sum((uint16_t)(len - t->len)) : 0));
    memcpy(&h->csum, &sum, sizeof sum);
}
