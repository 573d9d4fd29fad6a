/* SPDX-License-Identifier: BSD-3-Clause */
/* What user space writes into the lab's tag programs (lab_tags.bpf.c), and who attaches them. */
#ifndef WIRE_LAB_TAGS_H
#define WIRE_LAB_TAGS_H

#include <linux/types.h>

struct lab_tags {
    __u32 vlan, vlan_outer; /* vlan_outer 0: one tag */
};

/* Attaches both to an interface of the calling thread's network namespace, with which they go. 0 or
 * -errno. */
int lab_tags_attach(const char *iface, const struct lab_tags *tags);

#endif
