/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * xdp:IFACE[:QUEUE]: AF_XDP sockets on an interface of the calling thread's network
 * namespace, our own XDP program attached by a bpf_link (gone with the process).
 */
#ifndef WIRE_XDP_H
#define WIRE_XDP_H

#include "wire/wire.h"

#define XDP_RING_DEFAULT 2048 /* frames, when the configuration leaves it open */

/* Opens sockets for all queues, so that queue_open may be called from any thread and namespace. A
 * received frame may go to tx instead of rx_free.
 * Native mode first, generic as a stated fallback (caps.detail). -EBUSY: another program holds the
 * interface or another socket the queue (after retries of 2 s); -EPERM: names the missing
 * privilege; -ENODEV: no such interface; -ENETDOWN: it is down. */
int xdp_port_open(const struct wire_config *cfg, struct wire_port **out, struct err *e);

/* Whether so many workers fit DEVICE (IFACE[:QUEUE]) of `there` queues: one each, and none left without,
 * unless a queue is named. -EINVAL. */
int xdp_check_queues(const char *device, uint32_t wanted, uint32_t there, struct err *e);

/* Bytes of all frames that it reserves on a device of this MTU. */
uint64_t xdp_memory(const struct wire_config *cfg, uint32_t mtu);

/* The two as the list of wires has them. */
extern const struct wire_device xdp_device;

/* Facts for `gen doctor`. `native` is tried by attaching a program that passes everything for a
 * moment, unless one is attached already. `remedy` says what to do about the first lack; empty:
 * there is none. */
struct xdp_facts {
    char driver[32];
    bool native, zero_copy;
    uint32_t queues, mtu;
    bool tx_csum_on, tso_on, gso_on, gro_on, vlan_strip_on;
    bool rx_stamp_asked, tx_stamp_asked; /* XDP programs and sockets may ask the driver for times */
    bool rx_clock, tx_clock;             /* ... and it has a clock to tell them by */
    int native_refused; /* 0, or -errno: -EBUSY: a program is there (`native` tells its mode);
                         * -EPERM: not tried, or not permitted; others: generic mode works */
    char remedy[256];
};
int xdp_facts(const char *iface, struct xdp_facts *out, struct err *e);

#endif
