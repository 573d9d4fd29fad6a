/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the kernel would send a packet: route and neighbour of the calling thread's network
 * namespace, by rtnetlink. For an address that the kernel owns too: it answers ARP and neighbour
 * discovery for it and learns from them, an XDP program cannot see a copy.
 */
#ifndef WIRE_NEXTHOP_H
#define WIRE_NEXTHOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"

struct nexthop {
    struct ip_addr to;
    struct ip_addr hop; /* `to` itself where it is on the link; may be given */
    uint8_t mac[6];
    bool known;         /* mac */
};

/* Fills `hop` of each that has none by the routes of the interface. 0 or -errno (-ENETUNREACH: no
 * route there), *failed says at which. */
int nexthop_route(const char *iface, struct nexthop *list, uint32_t count, uint32_t *failed);
/* Has the kernel ask for every hop that it does not know and waits for the answers, at most
 * `timeout_ms`. The number that stays unknown, or -errno. */
int nexthop_resolve(const char *iface, struct nexthop *list, uint32_t count, uint32_t timeout_ms);

#endif
