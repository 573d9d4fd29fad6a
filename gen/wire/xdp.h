/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * xdp:IFACE[:QUEUE]: AF_XDP sockets by libxdp on an interface of the calling thread's network
 * namespace, our own XDP program attached by a bpf_link (gone with the process).
 */
#ifndef WIRE_XDP_H
#define WIRE_XDP_H

#include "wire/wire.h"

/* Native mode first, generic as a stated fallback (caps.detail). -EBUSY: another program holds the
 * interface (after retries of 2 s); -EPERM: names the missing privilege; -ENODEV: no such interface. */
int xdp_port_open(const struct wire_config *cfg, struct wire_port **out, struct err *e);

/* Facts for `gen doctor`, without opening anything. `have` false: `remedy` says what to do. */
struct xdp_facts {
    char driver[32];
    bool native, zero_copy;
    uint32_t queues, mtu;
    bool tx_csum_on, tso_on, gso_on, gro_on, vlan_strip_on;
    char remedy[256];
};
int xdp_facts(const char *iface, struct xdp_facts *out, struct err *e);

#endif
