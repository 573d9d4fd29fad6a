/* SPDX-License-Identifier: BSD-3-Clause */
/* What user space writes into the XDP program before it is loaded, and what the program writes for user
 * space. Host byte order. */
#ifndef WIRE_XDP_FILTER_H
#define WIRE_XDP_FILTER_H

#include <linux/types.h>

#define XDP_FILTER_RANGES 64
#define XDP_FILTER_PORTS  64

struct xdp_filter_block6 {
    __u64 first_hi, first_lo, last_hi, last_lo;
};

struct xdp_filter_config {
    __u32 first[XDP_FILTER_RANGES], last[XDP_FILTER_RANGES]; /* destination addresses, inclusive */
    __u32 count;
    struct xdp_filter_block6 six[XDP_FILTER_RANGES]; /* the same, IPv6 */
    __u32 six_count;
    __u32 vlan, vlan_outer; /* tags of ours; 0: none */
    __u16 port_lo[XDP_FILTER_PORTS], port_hi[XDP_FILTER_PORTS]; /* destination TCP ports, inclusive */
    __u32 ports;
    __u32 shared;           /* the kernel owns the addresses too */
    __u32 everything;       /* all frames, whatever they are */
    __u32 stamps;           /* each frame of ours gets the time in front of it */
};

/* In front of a frame that goes to a socket of ours. The mark tells it from what was there before. */
struct xdp_stamp {
    __u64 ns;   /* CLOCK_MONOTONIC, or the device's own clock; 0: there is none */
    __u64 mark; /* ns ^ XDP_STAMP_MARK */
};

#define XDP_STAMP_MARK 0x9e3779b97f4a7c15ull

#endif
