/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside the xdp wire: what the port (xdp_port.c, its program: xdp_program.c) sets up and the queues
 * (xdp.c) run on.
 *
 * port_open makes everything, sockets of all queues included, because a socket belongs to the
 * network namespace of the thread that made it; queue_open merely lets frames in.
 */
#ifndef WIRE_XDP_PORT_H
#define WIRE_XDP_PORT_H

#include "wire/area.h"
#include "wire/napi.h"
#include "wire/netdev.h"
#include "wire/wire.h"
#include "wire/xdp_departures.h"
#include "wire/xdp_rings.h"

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
    uint32_t chunk_bytes; /* what the kernel fills at once: a power of two, at most a page */
    uint32_t parts;       /* chunks that a frame of the device's MTU may take */
};

struct xdp_queue {
    struct wire_queue q;
    struct xdp_rings r;
    uint8_t *area;
    struct lifo free; /* of chunk addresses: byte offsets into the area */
    uint32_t chunk_bytes;
    struct xdp_wide *wide; /* NULL: every frame fits a chunk */
    bool open, budget_refused;
    struct napi napi; /* its receive poll, where our loop runs it */
    struct xdp_departures *departures; /* NULL: departures are not stamped */
    uint32_t lead_bytes; /* in front of each frame to send, for what the kernel writes there */
    bool stamped; /* a struct xdp_stamp stands in front of each frame */
    int zero_copy_refused; /* 0, or the -errno for which frames are copied; -ENOTSUP: not asked for */
    struct wire_stats stats;
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

/* Transmit frames begin at one of several lines, or all would share sets of a cache. */
#define XDP_SKEW_MAX  256u
#define XDP_SKEW_STEP 64u
static inline uint32_t xdp_skew(uint32_t number)
{
    return number * XDP_SKEW_STEP % XDP_SKEW_MAX;
}

static inline uint32_t xdp_chunk_of(const struct xdp_queue *x, uint32_t handle)
{
    return handle & ~(x->chunk_bytes - 1);
}

/* Data path and queue life: xdp.c, and xdp_wide.c where a frame may take several chunks. */
extern const struct wire_ops xdp_ops, xdp_wide_ops;

/* What both have in common. Reads the stamps in front of frames that have just arrived. */
void xdp_read_stamps(struct frame *frames, uint32_t n);
void xdp_top_up_fill(struct xdp_queue *x);
/* Where nothing has arrived: has the kernel look, by whatever the queue has for that. */
void xdp_look(struct xdp_queue *x);
bool xdp_kick_all(struct xdp_queue *x); /* false: there was nothing to send */
uint32_t xdp_reap(struct wire_queue *q, struct wire_stamp *stamps, uint32_t max); /* xdp_departures.c */
void xdp_wait(struct wire_queue *q, uint64_t timeout_ns);
int xdp_fd(const struct wire_queue *q);
void xdp_stats(struct wire_queue *q, struct wire_stats *out);
int xdp_queue_open(struct wire_port *port, uint32_t index, struct wire_queue **out, struct err *e);
void xdp_queue_close(struct wire_queue *q);

/* Bytes that the places of wide frames take behind the chunks; 0: there are none. */
uint64_t xdp_wide_bytes(const struct xdp_sizes *s);
/* Needs the queue's area. -ENOMEM. */
int xdp_wide_open(struct xdp_queue *xq, const struct xdp_sizes *s);
void xdp_wide_close(struct xdp_queue *xq);

/* One socket with its umem, bound to the device's queue; retries EBUSY. 0 or -errno. */
int xdp_socket_open(struct xdp_port *x, struct xdp_queue *xq, const struct wire_config *cfg,
                    struct err *e);
void xdp_socket_close(struct xdp_queue *xq);
/* Whether the kernel moves frames of this socket without a copy. */
bool xdp_socket_is_zero_copy(const struct xdp_queue *xq);
/* xdp_napi.c: for all queues, where the configuration says `polled`; with `initiates` returns when the other
 * end has told its own. -ETIMEDOUT: it did not in 5 s. */
int xdp_napi_open(struct xdp_port *x, const struct wire_config *cfg, struct err *e);
/* One receive poll: what it finds is in the ring then. */
void xdp_napi_run(struct xdp_queue *x);

/* Loads our program with what the configuration says of frames and stamps, and attaches it. -EOPNOTSUPP,
 * -EINVAL: the driver tells programs no times; others as xdp_port_open. */
int xdp_program_open(struct xdp_port *x, const struct wire_config *cfg, struct err *e);
/* Puts the queue's socket into the program's map, or takes it out. 0 or -errno. */
int xdp_program_steer(struct xdp_port *x, struct xdp_queue *xq, bool to_us);
void xdp_program_detach(struct xdp_port *x);
void xdp_program_close(struct xdp_port *x);
void xdp_port_close(struct wire_port *port);

#endif
