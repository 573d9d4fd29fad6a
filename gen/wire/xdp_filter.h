/* SPDX-License-Identifier: BSD-3-Clause */
/* What user space writes into the XDP program before it is loaded. Host byte order. */
#ifndef WIRE_XDP_FILTER_H
#define WIRE_XDP_FILTER_H

#include <linux/types.h>

#define XDP_FILTER_RANGES 64
#define XDP_FILTER_PORTS  64

struct xdp_filter_config {
    __u32 first[XDP_FILTER_RANGES], last[XDP_FILTER_RANGES]; /* destination addresses, inclusive */
    __u32 count;
    __u16 port_lo[XDP_FILTER_PORTS], port_hi[XDP_FILTER_PORTS]; /* destination TCP ports, inclusive */
    __u32 ports;
    __u32 shared;           /* the kernel owns the addresses too */
    __u32 everything;       /* all frames, whatever they are */
};

#endif
