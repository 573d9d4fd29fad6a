/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/cut.h"

#include <string.h>

#include "base/csum.h"
#include "net/hdr.h"
#include "net/peek.h"
#include "net/pkt.h"

static void patch_ip(uint8_t *ip, bool is4, uint32_t tcp_len)
{
    struct ip4_hdr *ip4 = (void *)ip;
    if (!is4) {
        be16_store(&((struct ip6_hdr *)ip)->payload_len, (uint16_t)tcp_len);
        return;
    }
    be16_store(&ip4->total_len, (uint16_t)(IP4_HEADER + tcp_len));
    be16_store(&ip4->csum, 0);
    be16_store_csum(&ip4->csum, csum_fold(csum_add(ip4, IP4_HEADER)));
}

/* `from`: where its text begins in the whole text. */
static void patch_tcp(struct tcp_hdr *h, const struct net_transport *t, uint32_t tcp_len, uint32_t from,
                      bool last)
{
    uint16_t sum = csum_fold(csum_add(t->addresses, t->addresses_len) + be16_sum(IP_TCP) +
                             be16_sum((uint16_t)tcp_len));
    memcpy(&h->csum, &sum, sizeof sum);
    be32_store(&h->seq, be32_load(h->seq) + from);
    if (from)
        h->flags &= (uint8_t)~TCP_CWR;
    if (!last)
        h->flags &= (uint8_t)~(TCP_PSH | TCP_FIN);
}

uint32_t net_tcp_cut(uint8_t *to, const uint8_t *frame, uint32_t len, uint32_t mss, uint32_t i)
{
    struct net_transport t;
    if (!net_peek(&t, frame, len) || t.protocol != IP_TCP || t.len < TCP_HEADER)
        return 0;
    const struct tcp_hdr *h = (const void *)t.at;
    uint32_t at = (uint32_t)(t.at - frame), header = (h->data_offset >> 4) * 4u, from = i * mss;
    if (header > t.len || from >= t.len - header)
        return 0;
    uint32_t left = t.len - header - from, text = left < mss ? left : mss;
    if (!to)
        return at + header + text;
    bool is4 = t.addresses_len == 2 * sizeof(struct be32);
    memcpy(to, frame, at + header);
    memcpy(to + at + header, frame + at + header + from, text);
    patch_ip(to + at - (is4 ? IP4_HEADER : IP6_HEADER), is4, header + text);
    patch_tcp((void *)(to + at), &t, header + text, from, text == left);
    return at + header + text;
}
