/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Long frames: what a device is to cut into segments (TSO), and what arrives so long that a driver hands
 * it over as a chain of mbufs. Users know nothing of chains: a frame is one piece of memory, so a chain is
 * copied into a long one.
 */
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <string.h>

#include "wire/dpdk_frame.h"

static struct rte_mbuf *take(struct dpdk_queue *d)
{
    void *m;
    return rte_mempool_get(d->long_pool, &m) ? NULL : m;
}

static void copy_chain(struct rte_mbuf *to, const struct rte_mbuf *from)
{
    to->data_off = RTE_PKTMBUF_HEADROOM;
    to->ol_flags = from->ol_flags;
    to->hash = from->hash;
    to->tx_offload = from->tx_offload; /* where tso_segsz is */
    memcpy(to->dynfield1, from->dynfield1, sizeof to->dynfield1);
    to->pkt_len = 0;
    for (; from; from = from->next) {
        memcpy(rte_pktmbuf_mtod_offset(to, uint8_t *, to->pkt_len), rte_pktmbuf_mtod(from, void *),
               from->data_len);
        to->pkt_len += from->data_len;
    }
    to->data_len = (uint16_t)to->pkt_len;
}

struct rte_mbuf *dpdk_join(struct dpdk_queue *d, struct rte_mbuf *m)
{
    bool fits = m->pkt_len <= DPDK_LONG_BYTES;
    struct rte_mbuf *whole = fits ? take(d) : NULL;
    if (whole)
        copy_chain(whole, m);
    else
        d->stats.drops[DROP_WIRE_LONG]++;
    rte_pktmbuf_free(m);
    return whole;
}

uint32_t dpdk_long_alloc(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct dpdk_queue *d = (struct dpdk_queue *)q;
    uint32_t got = 0;
    struct rte_mbuf *m;
    while (got < n && (m = take(d)))
        frame_blank(d, m, DPDK_LONG_BYTES, &frames[got++]);
    return got;
}
