/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A frame of the dpdk wire is an mbuf. Its handle is the distance of that from the queue's pool in cache
 * lines, which mbufs are aligned to. It may be negative: a virtual device passes mbufs of another port's
 * pool on. All of them lie in the memory that EAL reserved, less than 2^31 lines (128 GiB) apart.
 */
#ifndef WIRE_DPDK_FRAME_H
#define WIRE_DPDK_FRAME_H

#include <assert.h>
#include <rte_mbuf.h>

#include "wire/dpdk_port.h"

#define FRAME_LINE_SHIFT 6
#define DPDK_LONG_BYTES  (DPDK_LONG_ROOM - RTE_PKTMBUF_HEADROOM)

static inline struct rte_mbuf *frame_mbuf(const struct dpdk_queue *d, uint32_t handle)
{
    return (struct rte_mbuf *)((uint8_t *)d->pool + (intptr_t)(int32_t)handle * (1 << FRAME_LINE_SHIFT));
}

static inline uint32_t frame_handle(const struct dpdk_queue *d, const struct rte_mbuf *m)
{
    uint32_t handle = (uint32_t)(((const uint8_t *)m - (const uint8_t *)d->pool) >> FRAME_LINE_SHIFT);
    assert(frame_mbuf(d, handle) == m);
    return handle;
}

/* To be filled. What a pool holds is in one piece; of all else in it that may be stale, this is what counts
 * when it is sent. Its second cache line is not touched. */
static inline void frame_blank(const struct dpdk_queue *d, struct rte_mbuf *m, uint16_t capacity,
                               struct frame *out)
{
    m->data_off = RTE_PKTMBUF_HEADROOM;
    m->ol_flags = 0;
    out->data = rte_pktmbuf_mtod(m, uint8_t *);
    out->stamp_ns = 0;
    out->handle = frame_handle(d, m);
    out->hash = 0;
    out->len = capacity;
    out->flags = out->vlan = out->mss = out->l4_off = 0;
}

#endif
