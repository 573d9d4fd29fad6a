/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside the dpdk wire: what the port (dpdk_port.c) sets up and the queues (dpdk.c) run on.
 *
 * The port makes everything before the device starts: a pool of frames (mbufs) for each queue, which
 * the driver takes from when it receives and gives back to when it has sent.
 */
#ifndef WIRE_DPDK_PORT_H
#define WIRE_DPDK_PORT_H

#include "wire/dpdk_device.h"
#include "wire/dpdk_stamp.h"
#include "wire/rss.h"
#include "wire/wire.h"

struct rte_mempool;

/* What the configuration and the device come to. */
struct dpdk_sizes {
    uint16_t mtu, rx_ring, tx_ring, batch;
    uint32_t frames;     /* in the pool of a queue */
    uint32_t room_bytes; /* data of a frame, headroom included */
};

/* Frames beside those, of the largest size that there is: to be cut into segments by the device, or for
 * what arrives in several pieces. */
enum {
    DPDK_LONG_FRAMES = 64, /* of a queue: 4 MiB, at 100 Gbit/s under way for a third of a millisecond */
    DPDK_LONG_ROOM = UINT16_MAX / 64 * 64, /* headroom included; an mbuf's sizes have 16 bits */
};

struct dpdk_queue {
    struct wire_queue q;
    struct rte_mempool *pool, *long_pool;
    uint16_t port_id, capacity; /* capacity: bytes of a frame to send */
    struct dpdk_stamp stamp;
    bool open;
    bool named_thread;          /* the thread that opened it has a number of EAL's by us */
    struct wire_stats stats;
};

struct dpdk_port {
    struct wire_port p;
    struct dpdk_device device;
    struct dpdk_sizes sizes;
    uint16_t id;
    bool found, started;
    int socket;              /* memory node of the device; SOCKET_ID_ANY */
    uint64_t rx_offloads, tx_offloads, rss_flows; /* that are on */
    struct dpdk_queue *queues;
    struct rss *rss;         /* how it deals flows to several queues, where it says so; NULL */
};

/* Data path and queue life, filled in by dpdk.c. */
extern const struct wire_ops dpdk_ops;

void dpdk_port_close(struct wire_port *port);
/* dpdk_pool.c: the frames of a queue. 0 or told. */
int dpdk_pools_make(struct dpdk_port *d, struct dpdk_queue *q, struct err *e);
void dpdk_pools_free(struct dpdk_queue *q);
/* Of all frames of a queue, with what the pools add to them. */
uint64_t dpdk_pools_bytes(const struct dpdk_sizes *s);
/* dpdk_long.c: what arrived in pieces as one; NULL: dropped, counted. Long frames to send. */
struct rte_mbuf *dpdk_join(struct dpdk_queue *d, struct rte_mbuf *m);
uint32_t dpdk_long_alloc(struct wire_queue *q, struct frame *frames, uint32_t n);
/* dpdk_rss.c: the hash and the table by which a device that runs deals TCP; free() it. NULL: it has
 * none, or another kind, or does not say. */
struct rss *dpdk_rss_read(uint16_t port_id, bool ip6);
/* dpdk_start.c: the device runs, and with cfg->initiates has a link. 0 or told. */
int dpdk_start(struct dpdk_port *d, const struct wire_config *cfg, struct err *e);
/* dpdk_setup.c: everything between the device that was found and the one that runs. 0 or told. */
int dpdk_setup(struct dpdk_port *d, const struct wire_config *cfg, struct err *e);
/* Tells what the device does not do (`what`) and, from the log behind `mark`, why; returns rc. */
int dpdk_refuse(const struct dpdk_port *d, int rc, const char *what, long mark, struct err *e);

#endif
