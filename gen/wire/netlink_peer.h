/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef WIRE_NETLINK_PEER_H
#define WIRE_NETLINK_PEER_H

#include <stdint.h>

/* The interface of the same network namespace that this one is tied to: the other end of a veth
 * pair, what a VLAN lies on. 0: none, or not here. -errno. */
int netlink_peer(uint32_t ifindex, uint32_t *peer);

#endif
