/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/dpdk_stamp.h"

#include <rte_mbuf_dyn.h>
#include <string.h>

void dpdk_stamp_open(struct dpdk_stamp *s, const char *driver)
{
    *s = (struct dpdk_stamp){.tick_ns = 1000};
    if (strcmp(driver, "net_pcap") || rte_mbuf_dyn_rx_timestamp_register(&s->at, &s->flag))
        s->flag = 0;
}
