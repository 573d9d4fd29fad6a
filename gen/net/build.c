/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TCP frames from a path's template: copy Ethernet and IP, patch length and checksum, write TCP
 * from registers. Checksums are summed from the values as they are stored, never read back.
 */
#include <assert.h>

#include "base/csum.h"
#include "net/hdr.h"
#include "net/layer.h"

/* Copied whole in front of a segment: at least the longest IPv4 template, never beyond the
 * shortest one's TCP header, which is written afterwards. */
#define IP4_TEMPLATE_COPY 48

static_assert(IP4_TEMPLATE_COPY >= ETH_HEADER + 8 + IP4_HEADER, "two tags fit");
static_assert(IP4_TEMPLATE_COPY <= ETH_HEADER + IP4_HEADER + TCP_HEADER, "payload untouched");

void net_template_init(struct net_template *t, const struct net_path *path)
{
    assert(ip_is4(path->src) && ip_is4(path->dst)); /* IPv6 has its own writer */
    memset(t, 0, sizeof *t);
    t->ip_off = (uint8_t)eth_write(t->bytes, path->dst_mac, path->src_mac, path->vlan_outer,
                                   path->vlan, ETH_IP4);
    t->len = (uint8_t)(t->ip_off + IP4_HEADER);
    t->is4 = true;
    t->ip_sum = ip4_write(t->bytes + t->ip_off, path, IP_TCP, 0);
    const struct ip4_hdr *ip = (const void *)(t->bytes + t->ip_off);
    t->pseudo_sum = csum_add(&ip->src, 8) + be16_sum(IP_TCP);
}

void net_template_set_dst_mac(struct net_template *t, const uint8_t mac[6])
{
    memcpy(t->bytes, mac, 6);
}

uint32_t net_tcp_header_len(const struct net_template *t, uint8_t opts)
{
    return t->len + TCP_HEADER + tcp_opts_len(opts);
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
    uint32_t header_len = TCP_HEADER + tcp_opts_len(s->opts), tcp_len = header_len + payload_len;
    struct tcp_hdr *h = (void *)(frame + t->len);
    memcpy(frame, t->bytes, IP4_TEMPLATE_COPY);
    ip4_patch(t, frame, IP4_HEADER + tcp_len, s->ecn);
    uint64_t sum = tcp_header_write(frame + t->len, s, header_len);
    sum += t->pseudo_sum + be16_sum((uint16_t)tcp_len) + payload_sum;
    be16_store_csum(&h->csum, csum_fold(sum));
    be16_store(&h->urgent, 0);
    return t->len + tcp_len;
}
