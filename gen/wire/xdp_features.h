/* SPDX-License-Identifier: BSD-3-Clause */
/* What a driver says about its XDP, by the kernel's "netdev" family of generic netlink. */
#ifndef WIRE_XDP_FEATURES_H
#define WIRE_XDP_FEATURES_H

#include <stdint.h>

/* enum netdev_xdp_act of newer kernels' headers. */
enum xdp_feature {
    XDP_FEATURE_BASIC = 1 << 0,
    XDP_FEATURE_REDIRECT = 1 << 1,
    XDP_FEATURE_ZERO_COPY = 1 << 3,
};

/* enum netdev_xdp_rx_metadata and enum netdev_xsk_flags: of 6.6 and 6.8. */
enum { XDP_RX_TIMESTAMP = 1 << 0, XDP_TX_TIMESTAMP = 1 << 0 };

struct xdp_features {
    uint64_t act; /* enum xdp_feature */
    uint64_t rx;  /* what a program bound to the device may ask of a frame: XDP_RX_TIMESTAMP */
    uint64_t tx;  /* what a socket may ask of a frame to send: XDP_TX_TIMESTAMP */
};

/* 0 or -errno; -ENOENT: the kernel is older than 6.3 and does not tell. */
int xdp_features_read(uint32_t ifindex, struct xdp_features *out);

#endif
