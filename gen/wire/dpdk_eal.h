/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DPDK's environment layer (EAL) and what it says. It can be started once a process and never
 * again: it is the one global that the wires have. What it started stays when a port is closed.
 */
#ifndef WIRE_DPDK_EAL_H
#define WIRE_DPDK_EAL_H

#include <stddef.h>
#include <stdint.h>

struct err;

/* Which PCI devices it may look at: none is touched that nobody asked for. */
enum dpdk_pci { DPDK_PCI_NONE, DPDK_PCI_ONE, DPDK_PCI_ALL };

struct dpdk_start {
    enum dpdk_pci pci;
    const char *pci_args;  /* DPDK_PCI_ONE: "0000:03:00.0,key=value" */
    const char *more;      /* the user's arguments, blanks between; NULL: none */
    uint64_t memory_bytes; /* what frames take; counts where there are no huge pages */
};

/* Starts it when it is not there; later calls change nothing. The calling thread keeps its
 * processors. 0 or -errno, told. */
int dpdk_eal_start(const struct dpdk_start *s, struct err *e);

/* Bytes of huge pages that nobody uses, of all sizes. */
uint64_t dpdk_huge_bytes_free(void);

#define DPDK_SAID 200
/* Where its log stands, and the first line behind such a mark: the cause, as EAL or a driver tells it,
 * of a call that failed; what follows are consequences. "(no reason told)" when it said nothing.
 * Returns `out`, DPDK_SAID bytes. */
long dpdk_log_mark(void);
const char *dpdk_log_first(long mark, char *out);

#endif
