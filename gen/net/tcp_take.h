/* SPDX-License-Identifier: BSD-3-Clause */
/* TCP segments (RFC 9293 3.1): bytes to fields. What they mean is the engine's business. Here so that
 * the plain packet of each family is parsed in one go: half of a short segment's cost was calls. */
#ifndef NET_TCP_TAKE_H
#define NET_TCP_TAKE_H

#include "base/csum.h"
#include "net/hdr.h"
#include "net/layer.h"

/* In steady state a segment has no options, or timestamps as RFC 7323 appendix A lays them out. */
static inline int tcp_opts_take(struct pkt_tcp *t, const uint8_t *opts, uint32_t len)
{
    const struct be32 *word = (const void *)opts;
    t->opts = 0;
    if (len == 0)
        return 0;
    if (LIKELY(len == TCP_TS_SIZE && be32_load(word[0]) == TCP_TS_WORD)) {
        t->opts = TCP_OPT_TS;
        t->ts_val = be32_load(word[1]);
        t->ts_ecr = be32_load(word[2]);
        return 0;
    }
    return tcp_opts_parse(t, opts, len);
}

/* As tcp_parse. No call that anything would have to be kept for: a short segment's parsing would be half
 * as much again. */
static inline int tcp_take(struct pkt *p, const uint8_t *seg, uint32_t len, uint64_t pseudo_sum,
                           bool csum_ok)
{
    const struct tcp_hdr *h = (const void *)seg;
    struct pkt_tcp *t = &p->tcp;
    if (UNLIKELY(len < sizeof *h))
        return -DROP_TCP_SHORT;
    uint32_t header_len = (h->data_offset >> 4) * 4u;
    if (UNLIKELY(header_len < TCP_HEADER || header_len > len))
        return -DROP_TCP_SHORT;
    if (!csum_ok && UNLIKELY(len >= CSUM_LONG))
        return tcp_parse_long(p, seg, len, pseudo_sum);
    if (!csum_ok && UNLIKELY(csum_fold(pseudo_sum + csum_add_short(seg, len)) != 0xffff))
        return -DROP_TCP_CSUM;
    p->kind = PKT_TCP;
    t->src_port = be16_load(h->src_port);
    t->dst_port = be16_load(h->dst_port);
    t->seq = be32_load(h->seq);
    t->ack = be32_load(h->ack);
    t->window = be16_load(h->window);
    t->flags = h->flags;
    t->payload = seg + header_len;
    t->payload_len = len - header_len;
    return tcp_opts_take(t, seg + TCP_HEADER, header_len - TCP_HEADER);
}

#endif
