/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When frames arrived, where the driver leaves it in a field of the mbuf (rte_mbuf_dyn.h). Unit and
 * beginning of that clock are the driver's own; they are known of net_pcap, whose times are the
 * kernel's, or those of the file that it reads. NICs that offer stamps (RTE_ETH_RX_OFFLOAD_TIMESTAMP)
 * are not asked for any: some receive slower then, and none was there to learn its unit from.
 */
#ifndef WIRE_DPDK_STAMP_H
#define WIRE_DPDK_STAMP_H

#include <stdint.h>

struct dpdk_stamp {
    uint64_t flag;    /* of mbufs that have one; 0: none has */
    int at;           /* of the field, in bytes */
    uint32_t tick_ns;
};

/* Call when the device is there. */
void dpdk_stamp_open(struct dpdk_stamp *s, const char *driver);

static inline uint64_t dpdk_stamp_ns(const struct dpdk_stamp *s, const void *mbuf)
{
    return *(const uint64_t *)((const uint8_t *)mbuf + s->at) * s->tick_ns;
}

#endif
