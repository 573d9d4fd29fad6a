/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The list of wires, in the order in which people read it. It does not compile while a HERE line
 * has no function open_name in run/wires.c, nor link while a DEVICE line has no name_device.
 */
#ifndef WIRE_KINDS_H
#define WIRE_KINDS_H

#include "wire/wire_features.h" /* made by the build: what it found */

/* HERE(name, form, far end, meaning): both ends are this program's; run/wires.c opens them.
 * DEVICE(name, form, meaning): `const struct wire_device name_device` opens what form names.
 * LATER(name, form, far end, meaning, what brings it): listed and refused by name. */
#define WIRE_KINDS(HERE, DEVICE, LATER)                                                            \
    HERE(lab, "lab", WIRE_FAR_KERNEL,                                                              \
         "two namespaces joined by a veth pair, AF_XDP on it; gone with the process")              \
    HERE(pair, "pair", WIRE_FAR_MEMORY,                                                            \
         "rings in memory between client and responder of one process; no privileges")             \
    DEVICE(xdp, "xdp:IFACE[:QUEUE]", "AF_XDP on an interface")                                     \
    WIRE_KIND_DPDK(DEVICE, LATER)

/* Where the library of a wire may be missing, its line is one of two. */
#define DPDK_MEANING "any DPDK poll mode driver: a virtual device, a PCI address or a MAC"
#if WIRE_HAS_DPDK
#define WIRE_KIND_DPDK(DEVICE, LATER) DEVICE(dpdk, "dpdk:DEVARGS", DPDK_MEANING)
#else
#define WIRE_KIND_DPDK(DEVICE, LATER)                                                              \
    LATER(dpdk, "dpdk:DEVARGS", WIRE_FAR_OUTSIDE, DPDK_MEANING,                      \
          "it was built without libdpdk: install libdpdk-dev, then meson setup --reconfigure")
#endif

#endif
