/* SPDX-License-Identifier: BSD-3-Clause */
/* Which device `dpdk:DEVARGS` means, and its port. */
#ifndef WIRE_DPDK_DEVICE_H
#define WIRE_DPDK_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/dpdk_eal.h"

struct err;

#define DPDK_TEXT 256

struct dpdk_device {
    enum dpdk_pci pci;      /* what EAL must look at for it */
    char args[DPDK_TEXT];   /* as DPDK takes them: "net_ring0", "0000:03:00.0,key=value" */
    char name[64];          /* the port's, or the one that is asked for */
    bool by_mac;
    uint8_t mac[6];
};

/* "net_memif0,role=client,..." a driver and its arguments; "03:00.0" or "0000:03:00.0[,...]" a PCI
 * address; "02:00:00:00:00:01" the MAC of a PCI device; "eth1" an interface whose PCI device it is;
 * else the name of a device that dpdk_eal makes. 0 or EXIT_USAGE told. */
int dpdk_device_parse(const char *text, struct dpdk_device *out, struct err *e);
/* Its port, probed when it is not there. EAL must be started. 0, or EXIT_ENVIRONMENT told with what
 * the driver said. */
int dpdk_device_find(const struct dpdk_device *d, uint16_t *port_id, struct err *e);
/* Takes the device away again; its port is closed before. */
void dpdk_device_remove(uint16_t port_id);

#endif
