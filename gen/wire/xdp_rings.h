/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel's side of an AF_XDP socket: its umem, its four rings, what it is bound to (Linux
 * Documentation/networking/af_xdp.rst). libxdp 1.3 would do it, but cannot say that frames to be sent have
 * metadata in front (tx_metadata_len); its inline functions work on the rings as ever.
 */
#ifndef WIRE_XDP_RINGS_H
#define WIRE_XDP_RINGS_H

#include <xdp/xsk.h>

struct xdp_rings {
    struct xsk_ring_cons rx, comp;
    struct xsk_ring_prod tx, fill;
    int fd; /* the socket; -1: none */
    struct {
        void *at;
        size_t bytes;
    } maps[4]; /* rx, tx, fill, completion */
};

struct xdp_rings_config {
    void *area;
    size_t area_bytes;
    uint32_t chunk_bytes, ring; /* ring: entries of each, a power of two */
    uint32_t tx_metadata_bytes; /* in front of each frame to send; 0: none */
    uint32_t ifindex, queue;
    uint16_t bind_flags;        /* XDP_COPY, XDP_USE_NEED_WAKEUP, ... */
};

/* 0 or -errno; nothing is left behind then. -EINVAL with tx_metadata_bytes: Linux 6.11 has them. */
int xdp_rings_open(struct xdp_rings *r, const struct xdp_rings_config *cfg);
void xdp_rings_close(struct xdp_rings *r);

#endif
