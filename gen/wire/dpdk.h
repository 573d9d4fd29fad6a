/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dpdk:DEVARGS: a poll mode driver of DPDK's on a device that is ours whole. Built where libdpdk is
 * there (WIRE_HAS_DPDK).
 */
#ifndef WIRE_DPDK_H
#define WIRE_DPDK_H

#include "wire/wire.h"

extern const struct wire_device dpdk_device;

/* Starts DPDK's environment layer if it does not run yet, which makes a thread; then configures the
 * device with a queue and a pool of frames for each worker, and starts it. With cfg->initiates it
 * waits until somebody is at the other end. EXIT_ENVIRONMENT: what the driver said, and what would
 * do. A received frame may go to tx instead of rx_free. */
int dpdk_port_open(const struct wire_config *cfg, struct wire_port **out, struct err *e);

/* Bytes of all frames that it reserves for frames of so many IP bytes. */
uint64_t dpdk_memory(const struct wire_config *cfg, uint32_t mtu);

#endif
