/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the kernel says about an interface of the calling thread's network namespace, by the
 * ethtool and SIOCGIF ioctls. All return 0 or -errno (-ENODEV: no such interface).
 */
#ifndef WIRE_NETDEV_H
#define WIRE_NETDEV_H

#include <stdbool.h>
#include <stdint.h>

struct netdev {
    char driver[32];
    uint8_t mac[6];
    uint32_t ifindex, mtu;
    uint32_t queues;         /* receive queues with a channel; 1 where the driver does not tell */
    uint64_t link_bit_per_s; /* 0: not known */
    bool up, running;        /* running: up and with a carrier */
};

int netdev_read(const char *iface, struct netdev *out);

/* Whether the device itself stamps frames that it receives, and sends; false where it does not tell. */
void netdev_clock(const char *iface, bool *rx, bool *tx);

enum netdev_offload {
    OFFLOAD_RX_CSUM,
    OFFLOAD_TX_CSUM,
    OFFLOAD_TSO,
    OFFLOAD_GSO,
    OFFLOAD_GRO,
    OFFLOAD_VLAN_STRIP,  /* receive */
    OFFLOAD_VLAN_INSERT, /* transmit */
    OFFLOAD_COUNT
};

/* Whether one is on: 1, 0 or -errno. */
int netdev_offload(const char *iface, enum netdev_offload which);
/* An offload that the device does not have counts as switched off. */
int netdev_offload_off(const char *iface, enum netdev_offload which);
/* One that has no flag of its own, by the kernel's name for it (ethtool -k); the same counts. */
int netdev_feature_off(const char *iface, const char *name);

#endif
