/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The queues of the dpdk wire. A frame is an mbuf: it is in its pool, in a ring of the driver's, or
 * lent to the user. The driver takes from the pool when it receives and gives back what it has sent;
 * we give back what the user has read, and take what he wants to fill.
 */
#include "wire/dpdk.h"

#include <errno.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <time.h>

#include "base/err.h"
#include "wire/dpdk_frame.h"

enum {
    BURST_MAX = 256, /* mbufs on the stack at once */
    RING_MAX = 65536,
    ETH_TYPE_AT = 12,
    TAG_BYTES = 4,
    TCP_LEN_AT = 12, /* in its upper half, in words */
    NAP_NS = 50000,
};

static struct dpdk_queue *of(struct wire_queue *q)
{
    return (struct dpdk_queue *)q;
}

/* ---- giving back ---- */

/* As a driver hands out whatever came in one piece: nothing of it is to be undone before it goes back
 * to its pool. */
static inline bool is_plain(const struct rte_mbuf *m)
{
    return m->nb_segs == 1 && RTE_MBUF_DIRECT(m) && rte_mbuf_refcnt_read(m) == 1;
}

/* rte_pktmbuf_free_bulk would look at the second cache line of each as well. */
static void give_back(struct dpdk_queue *d, const struct frame *frames, uint32_t n)
{
    void *plain[BURST_MAX];
    for (uint32_t part; n; n -= part, frames += part) {
        uint32_t count = 0;
        part = n < BURST_MAX ? n : BURST_MAX;
        for (uint32_t i = 0; i < part; i++) {
            struct rte_mbuf *m = frame_mbuf(d, frames[i].handle);
            if (__builtin_expect(m->pool == d->pool && is_plain(m), 1))
                plain[count++] = m;
            else
                rte_pktmbuf_free(m);
        }
        rte_mempool_put_bulk(d->pool, plain, count);
    }
}

static void dpdk_free(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    give_back(of(q), frames, n);
}

/* ---- receive ---- */

/* A virtual device may hand over a segment of which its sender left the checksum open: nothing lies
 * between that could have changed it (RTE_MBUF_F_RX_L4_CKSUM_NONE). */
static inline uint16_t rx_flags(uint64_t ol)
{
    switch (ol & RTE_MBUF_F_RX_L4_CKSUM_MASK) {
    case RTE_MBUF_F_RX_L4_CKSUM_GOOD:
        return FRAME_CSUM_OK;
    case RTE_MBUF_F_RX_L4_CKSUM_BAD:
        return FRAME_CSUM_BAD;
    case RTE_MBUF_F_RX_L4_CKSUM_NONE:
        return FRAME_CSUM_OK | FRAME_CSUM_PARTIAL;
    }
    return 0;
}

/* Field by field: gcc 12 puts a literal together on the stack and reads it back in larger pieces, for
 * which the processor has to wait until all of it is in the cache: 150 cycles a frame. */
static inline void lend(const struct dpdk_queue *d, struct rte_mbuf *m, struct frame *out)
{
    out->data = rte_pktmbuf_mtod(m, uint8_t *);
    out->stamp_ns = m->ol_flags & d->stamp.flag ? dpdk_stamp_ns(&d->stamp, m) : 0;
    out->handle = frame_handle(d, m);
    out->hash = m->ol_flags & RTE_MBUF_F_RX_RSS_HASH ? m->hash.rss : 0;
    out->len = m->data_len;
    out->flags = rx_flags(m->ol_flags);
    out->vlan = out->mss = out->l4_off = 0;
}

/* What its sender, or the device, did not cut into segments comes in several pieces, or says so. */
static inline bool is_long(const struct rte_mbuf *m)
{
    return m->nb_segs > 1 || m->ol_flags & RTE_MBUF_F_RX_LRO;
}

/* False: it is dropped. */
static bool lend_long(struct dpdk_queue *d, struct rte_mbuf *m, struct frame *out)
{
    if (m->nb_segs > 1 && !(m = dpdk_join(d, m)))
        return false;
    lend(d, m, out);
    if (m->ol_flags & RTE_MBUF_F_RX_LRO && m->tso_segsz) {
        out->flags |= FRAME_TSO;
        out->mss = m->tso_segsz;
    }
    return true;
}

static uint32_t dpdk_rx(struct wire_queue *q, struct frame *frames, uint32_t max)
{
    struct dpdk_queue *d = of(q);
    struct rte_mbuf *got[BURST_MAX];
    uint16_t n = rte_eth_rx_burst(d->port_id, (uint16_t)q->index, got,
                                  (uint16_t)(max < BURST_MAX ? max : BURST_MAX));
    uint64_t bytes = 0;
    uint32_t whole = 0;
    for (uint16_t i = 0; i < n; i++) {
        if (__builtin_expect(!is_long(got[i]), 1))
            lend(d, got[i], &frames[whole]);
        else if (!lend_long(d, got[i], &frames[whole]))
            continue;
        bytes += frames[whole++].len;
    }
    d->stats.rx_bytes += bytes;
    d->stats.rx_frames += whole;
    return whole;
}

/* ---- transmit ---- */

static uint32_t dpdk_tx_alloc(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct dpdk_queue *d = of(q);
    void *m[BURST_MAX];
    n = n < BURST_MAX ? n : BURST_MAX;
    while (n && rte_mempool_get_bulk(d->pool, m, n))
        n /= 2; /* all or none: the pool is nearly empty */
    for (uint32_t i = 0; i < n; i++)
        frame_blank(d, m[i], d->capacity, &frames[i]);
    return n;
}

static inline uint32_t link_len(const uint8_t *data)
{
    uint32_t at = ETH_TYPE_AT;
    while ((data[at] == 0x81 && data[at + 1] == 0x00) || (data[at] == 0x88 && data[at + 1] == 0xa8))
        at += TAG_BYTES;
    return at + 2;
}

/* Where its headers lie, for a device that is to complete the checksum of TCP, or of what it cuts. */
static void ask_for_csum(struct rte_mbuf *m, const struct frame *f)
{
    uint32_t link = link_len(f->data), mss = f->flags & FRAME_TSO ? f->mss : 0;
    bool is4 = f->data[link] >> 4 == 4;
    m->ol_flags |= RTE_MBUF_F_TX_TCP_CKSUM | (is4 ? RTE_MBUF_F_TX_IPV4 : RTE_MBUF_F_TX_IPV6);
    if (mss)
        m->ol_flags |= RTE_MBUF_F_TX_TCP_SEG | (is4 ? RTE_MBUF_F_TX_IP_CKSUM : 0);
    m->tx_offload = rte_mbuf_tx_offload(link, f->l4_off - link, (f->data[f->l4_off + TCP_LEN_AT] >> 4) * 4u,
                                        mss, 0, 0, 0);
}

/* What reception said of a frame that is sent on is no request to the device. */
static inline struct rte_mbuf *dress(const struct dpdk_queue *d, const struct frame *f)
{
    struct rte_mbuf *m = frame_mbuf(d, f->handle);
    m->data_len = f->len;
    m->pkt_len = f->len;
    m->ol_flags &= RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL;
    if (f->flags & FRAME_TX_CSUM)
        ask_for_csum(m, f);
    return m;
}

/* What the driver has to do to frames before it takes them. One that it will never take is dropped:
 * it would stand in front of all others. */
static uint32_t prepare(struct dpdk_queue *d, struct rte_mbuf **m, uint32_t n)
{
    uint32_t good = rte_eth_tx_prepare(d->port_id, (uint16_t)d->q.index, m, (uint16_t)n);
    d->stats.tx_invalid += good == 0;
    return good;
}

static uint32_t dpdk_tx(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct dpdk_queue *d = of(q);
    struct rte_mbuf *m[BURST_MAX];
    n = n < BURST_MAX ? n : BURST_MAX;
    for (uint32_t i = 0; i < n; i++)
        m[i] = dress(d, &frames[i]);
    if (q->port->caps.tx_csum && n && !(n = prepare(d, m, n))) {
        rte_pktmbuf_free(m[0]);
        return 1;
    }
    uint32_t taken = rte_eth_tx_burst(d->port_id, (uint16_t)q->index, m, (uint16_t)n);
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < taken; i++)
        bytes += frames[i].len;
    d->stats.tx_bytes += bytes;
    d->stats.tx_frames += taken;
    return taken;
}

/* What the driver took is on its way. */
static void dpdk_flush(struct wire_queue *q)
{
    (void)q;
}

static uint32_t dpdk_reap(struct wire_queue *q, struct wire_stamp *stamps, uint32_t max)
{
    (void)q, (void)stamps, (void)max;
    return 0; /* no driver's stamps are read yet */
}

static void dpdk_wait(struct wire_queue *q, uint64_t timeout_ns)
{
    (void)q;
    long nap = timeout_ns < NAP_NS ? (long)timeout_ns : NAP_NS;
    nanosleep(&(struct timespec){.tv_nsec = nap}, NULL);
}

/* What the device lost for want of room is told by device, not by queue: the first one says it. */
static void dpdk_stats(struct wire_queue *q, struct wire_stats *out)
{
    struct rte_eth_stats s;
    *out = of(q)->stats;
    if (q->index == 0 && !rte_eth_stats_get(of(q)->port_id, &s))
        out->rx_dropped = s.imissed;
}

/* ---- life ---- */

/* A thread that EAL numbers has frames of each pool at hand; without a number each batch of frames
 * goes through the pool's shared ring. */
static int dpdk_queue_open(struct wire_port *port, uint32_t index, struct wire_queue **out, struct err *e)
{
    struct dpdk_port *p = (struct dpdk_port *)port;
    if (index >= port->caps.queues)
        return err_set(e, EXIT_USAGE, -EINVAL, "wire dpdk:%s: queue %u: found %u queues", p->device.args,
                       index, port->caps.queues);
    struct dpdk_queue *d = &p->queues[index];
    if (d->open)
        return err_set(e, EXIT_ENVIRONMENT, -EBUSY, "wire dpdk:%s: queue %u is open already",
                       p->device.args, index);
    d->named_thread = rte_lcore_id() == LCORE_ID_ANY && !rte_thread_register();
    d->open = true;
    *out = &d->q;
    return 0;
}

/* What arrived and was not read is dropped, so that a later opening starts empty: as much as any ring
 * holds, for some drivers never run dry (net_null). */
static void dpdk_queue_close(struct wire_queue *q)
{
    struct dpdk_queue *d = of(q);
    struct frame left[64];
    uint32_t n;
    for (uint32_t dropped = 0; dropped < RING_MAX && (n = dpdk_rx(q, left, 64)) > 0; dropped += n)
        dpdk_free(q, left, n);
    if (d->named_thread)
        rte_thread_unregister();
    d->named_thread = d->open = false;
}

const struct wire_ops dpdk_ops = {
    .name = "dpdk",
    .port_close = dpdk_port_close,
    .queue_open = dpdk_queue_open,
    .queue_close = dpdk_queue_close,
    .rx = dpdk_rx,
    .rx_free = dpdk_free,
    .tx_alloc = dpdk_tx_alloc,
    .tx_alloc_long = dpdk_long_alloc,
    .tx_free = dpdk_free,
    .tx = dpdk_tx,
    .flush = dpdk_flush,
    .reap = dpdk_reap,
    .wait = dpdk_wait,
    .stats = dpdk_stats,
};
