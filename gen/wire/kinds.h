/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The list of wires, in the order in which people read it. For each BUILT line run/wires.c has a
 * function open_name; it does not compile without.
 */
#ifndef WIRE_KINDS_H
#define WIRE_KINDS_H

/* BUILT(name, form, far end, meaning)
 * LATER(name, form, far end, meaning, what brings it): listed and refused by name. */
#define WIRE_KINDS(BUILT, LATER)                                                                   \
    BUILT(lab, "lab", WIRE_FAR_KERNEL,                                                             \
          "two namespaces joined by a veth pair, AF_XDP on it; gone with the process")             \
    BUILT(pair, "pair", WIRE_FAR_MEMORY,                                                           \
          "rings in memory between client and responder of one process; no privileges")            \
    BUILT(xdp, "xdp:IFACE[:QUEUE]", WIRE_FAR_OUTSIDE, "AF_XDP on an interface")                    \
    LATER(dpdk, "dpdk:DEVARGS", WIRE_FAR_OUTSIDE, "any DPDK poll mode driver",                     \
          "it comes with the DPDK wire")

#endif
