/* SPDX-License-Identifier: BSD-3-Clause */
#include <stddef.h>

#include "wire/wire.h"

const struct wire_kind wire_kinds[] = {
    {"lab", "lab", "two namespaces joined by a veth pair, AF_XDP on it; gone with the process",
     NULL},
    {"pair", "pair", "rings in memory between client and responder of one process; no privileges",
     NULL},
    {"xdp", "xdp:IFACE[:QUEUE]", "AF_XDP on an interface", NULL},
    {"dpdk", "dpdk:DEVARGS", "any DPDK poll mode driver", "a later release brings it"},
};

const uint32_t wire_kind_count = sizeof wire_kinds / sizeof *wire_kinds;
