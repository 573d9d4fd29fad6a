/* SPDX-License-Identifier: BSD-3-Clause */
/* One end of the lab's link, set up inside its own namespace by a thread that is there. */
#ifndef WIRE_LAB_END_H
#define WIRE_LAB_END_H

#include <stdbool.h>

#include "base/addr.h"

struct err;

struct lab_end {
    const char *iface;
    bool kernel;                /* the kernel speaks here: addresses, routes, offloads off */
    uint64_t coalesce_ns;       /* 0: what arrives is handed on at once */
    bool polled;                /* ... or lies in a queue until its receiver looks (wire/napi.h) */
    struct ip_range own, other; /* used where `kernel`, as are: */
    uint16_t vlan, vlan_outer;
};

/* Leaves the caller's network namespace for a fresh one with its loopback up. 0 or -errno. */
int lab_end_enter_new(struct err *e);
/* Brings the end up; without IPv6, or on a kernel's with nothing of it that speaks unasked. 0 or
 * -errno. */
int lab_end_up(const struct lab_end *end, struct err *e);
/* Waits until the link carries frames (both ends up), at most 2 s. 0 or -ETIMEDOUT. */
int lab_end_await(const struct lab_end *end, struct err *e);

#endif
