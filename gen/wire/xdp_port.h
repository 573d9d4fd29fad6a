/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside the xdp wire: what the port (xdp_port.c) sets up and the queues (xdp.c) run on.
 *
 * port_open makes everything, sockets of all queues included, because a socket belongs to the
 * network namespace of the thread that made it; queue_open merely lets frames in.
 */
#ifndef WIRE_XDP_PORT_H
#define WIRE_XDP_PORT_H

#include <xdp/xsk.h>

#include "wire/area.h"
#include "wire/netdev.h"
#include "wire/wire.h"

struct xdp_filter; /* the generated skeleton */

/* IFACE or IFACE:QUEUE. */
struct xdp_place {
    char iface[16];
    uint32_t first_queue; /* of the device; ours count from 0 */
    bool queue_named;     /* by somebody who knows what arrives there */
};

/* What the configuration and the device come to. */
struct xdp_sizes {
    uint32_t ring, frames, batch;
    uint32_t chunk_bytes; /* a frame's place in the umem, a power of two */
};

struct xdp_queue {
    struct wire_queue q;
    struct xsk_ring_cons rx, comp;
    struct xsk_ring_prod tx, fill;
    uint8_t *area;
    struct lifo free; /* of chunk addresses: byte offsets into the area */
    uint32_t chunk_bytes;
    int fd;
    bool open, budget_refused;
    struct wire_stats stats;
    struct xsk_socket *socket;
    struct xsk_umem *umem;
    size_t area_bytes;
};

struct xdp_port {
    struct wire_port p;
    struct netdev dev;
    struct xdp_place at;
    struct xdp_sizes sizes;
    struct xdp_filter *filter;
    int link_fd; /* the attachment; the kernel detaches when it closes */
    struct xdp_queue *queues;
};

/* Data path and queue life, filled in by xdp.c. */
extern const struct wire_ops xdp_ops;

/* One socket with its umem, bound to the device's queue; retries EBUSY. 0 or -errno. */
int xdp_socket_open(struct xdp_port *x, struct xdp_queue *xq, const struct wire_config *cfg,
                    struct err *e);
void xdp_socket_close(struct xdp_queue *xq);
/* Whether the kernel moves frames of this socket without a copy. */
bool xdp_socket_is_zero_copy(const struct xdp_queue *xq);
/* Puts the queue's socket into the program's map, or takes it out. 0 or -errno. */
int xdp_port_steer(struct xdp_port *x, struct xdp_queue *xq, bool to_us);
void xdp_port_close(struct wire_port *port);

#endif
