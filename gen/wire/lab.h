/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lab: two network namespaces joined by a veth pair. The near one belongs to this process (a
 * helper thread made it), the far one to a peer process (PR_SET_PDEATHSIG). Nothing has a name in
 * the file system: after any death the kernel takes everything back.
 */
#ifndef WIRE_LAB_H
#define WIRE_LAB_H

#include <sys/types.h>

#include "base/addr.h"

struct err;
struct lab;

#define LAB_NEAR_IFACE "wb0" /* in the near namespace */
#define LAB_FAR_IFACE  "wb1" /* in the far namespace */

struct lab_config {
    uint32_t queues, mtu;          /* MTU of both ends; 0: 1500 */
    uint64_t coalesce_ns;          /* see wire/coalesce.h; 0: none */
    bool polled;                   /* both ends are ports of ours that are opened as `polled` */
    uint16_t vlan, vlan_outer;     /* tags that a kernel's end speaks with; 0: none */
    bool near_kernel, far_kernel;  /* give the kernel that end's address and turn its offloads off */
    struct ip_range near_addr, far_addr; /* address and prefix for a kernel's end; for the far kernel also
                                          * the route to the near addresses */
    /* What runs in the far process: either `peer` (its return value is the exit status) or `argv`
     * (executed; NULL-terminated). `ready_fd` is to be closed or written by peer when it is up. It
     * starts with default signal handlers, nothing blocked, in a process group of its own. */
    int (*peer)(void *ctx, int ready_fd);
    void *ctx;
    char *const *argv;
};

/* Forks the far process, makes namespaces and veth, brings both ends up (IPv6 off, or on a kernel's
 * end with IPv6 addresses on with nothing that speaks unasked). With `peer`: returns after ready_fd
 * was written (0 byte) or fails when the peer died. Call before any other thread exists, from one
 * that outlives the lab: the far process dies with it. An end of more than one address takes the
 * whole block (one local route; of IPv6 addresses the kernel answers neighbours for the second one
 * only). -EPERM names the missing capability. */
int lab_open(const struct lab_config *cfg, struct lab **out, struct err *e);
pid_t lab_peer_pid(const struct lab *lab);
/* Runs fn(arg) on the helper thread inside the near namespace; returns its value. */
int lab_call_near(struct lab *lab, int (*fn)(void *arg), void *arg);
/* SIGTERM to the peer, waits up to `grace_ms`, then SIGKILL; its exit status (or 128 + signal) in
 * *status when not NULL; joins the helper thread; namespaces and veth are gone afterwards. */
void lab_close(struct lab *lab, uint32_t grace_ms, int *status);

#endif
