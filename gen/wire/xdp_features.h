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

/* 0 or -errno; -ENOENT: the kernel is older than 6.3 and does not tell. */
int xdp_features_read(uint32_t ifindex, uint64_t *features);

#endif
