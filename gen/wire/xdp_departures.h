/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Times of departure: what a driver with zero-copy, or the kernel where a socket copies, writes in front of a
 * frame when it is done with it (AF_XDP's transmit metadata; Linux
 * Documentation/networking/xsk-tx-metadata.rst).
 */
#ifndef WIRE_XDP_DEPARTURES_H
#define WIRE_XDP_DEPARTURES_H

#include "wire/wire.h"

struct xdp_queue;

/* struct xsk_tx_metadata (Linux 6.8), and a field of our own behind it: right in front of the frame. */
struct xdp_departure {
    uint64_t flags;
    uint64_t stamp_ns;  /* when it is done: CLOCK_TAI, or the device's clock; 0: the driver tells none */
    uint64_t launch_ns;
    uint64_t handed_ns; /* ours: of the flush that the frame left with */
};

/* Those that are done and not reaped. */
struct xdp_departures {
    struct wire_stamp *at;
    uint32_t count, size;
    uint32_t handed;      /* of the transmit ring: up to where flushes have told their time */
    uint64_t now_ns;
};

/* Of a queue whose ring has `size` places. -ENOMEM. */
int xdp_departures_open(struct xdp_queue *x, uint32_t size);
void xdp_departures_close(struct xdp_queue *x);
/* A frame is about to be put into the transmit ring. */
void xdp_departures_ask(struct xdp_queue *x, uint32_t handle);
/* All that is in the transmit ring is handed over now. */
void xdp_departures_hand(struct xdp_queue *x);
/* The frame at `addr` of the completion ring has left. */
void xdp_departures_note(struct xdp_queue *x, uint32_t addr);

#endif
