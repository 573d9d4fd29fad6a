/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Links, addresses and routes of the calling thread's network namespace by rtnetlink. Each call
 * opens its own socket, so that it acts where the thread is. All return 0 or -errno.
 */
#ifndef WIRE_NETLINK_H
#define WIRE_NETLINK_H

#include <sys/types.h>

#include "base/addr.h"

struct veth {
    const char *name, *peer_name;
    pid_t peer_pid;       /* the peer end goes into this process's network namespace */
    uint32_t queues, mtu; /* of both ends */
};

int netlink_veth_add(const struct veth *v);
int netlink_link_up(const char *iface);
/* A queue of `frames` before all of the device's own (qdisc pfifo), so that it may hold senders up. */
int netlink_fifo_add(const char *iface, uint32_t frames);
/* `addr` with the subnet of `prefix_len` bits; an IPv6 one at once, without asking for it first. */
int netlink_addr_add(const char *iface, struct ip_addr addr, uint8_t prefix_len);

enum route_kind {
    ROUTE_ON_LINK, /* reached by asking on `iface` */
    ROUTE_LOCAL,   /* every address of the block is this host's own */
};
int netlink_route_add(const char *iface, struct ip_addr first, uint8_t prefix_len,
                      enum route_kind kind);

#endif
