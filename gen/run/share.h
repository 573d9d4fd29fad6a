/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An interface that the kernel uses too. With addresses of our own the kernel must own none of them,
 * or it would lose its own traffic; with its addresses (shared_address) ours are the TCP ports
 * alone, and no socket of the kernel may want one of them, now or later. What only the kernel
 * learns, the way to the next hop, is asked of it.
 */
#ifndef RUN_SHARE_H
#define RUN_SHARE_H

#include "base/addr.h"
#include "job/job.h"
#include "stack/neigh.h"

struct err;

/* What one side takes from the interface, and the keys that say so. */
struct share {
    const struct job *job;
    const char *iface;
    const struct ip_range *addrs;
    uint32_t addrs_count;
    const struct port_range *ports;
    uint32_t ports_count;
    const char *addrs_key, *ports_key;
    bool paired; /* ports[i] are those of addrs[i] alone */
};

/* Where a responder answers, one list as two. */
struct share_lists {
    struct ip_range addrs[JOB_TARGETS];
    struct port_range ports[JOB_TARGETS];
};

/* "eth0" of "eth0:1". */
void share_iface(const char *device, char out[16]);
/* The sides of a job on `iface`; arrays of the job are lent. */
struct share share_of_client(const struct job *job, const char *iface);
struct share share_of_responder(const struct job *job, const char *iface, struct share_lists *lists);
/* Whether an address is one of those that the side takes. */
bool share_takes(const struct share *s, struct ip_addr addr);
/* EXIT_USAGE: an address or a port that must not be ours. Reads the network namespace of the calling
 * thread.
 * The filter looks for the address and for the port, each by itself: of the kernel's own addresses
 * a responder's list must have every one at the same ports, or what nobody listed was taken too. */
int share_check(const struct share *s, struct err *e);

/* The MAC of the way to every server, as the kernel finds it. */
struct share_hops {
    struct neigh_known *known; /* malloc */
    uint32_t count;
};
int share_resolve(const struct job *job, const char *iface, struct share_hops *out, struct err *e);
void share_hops_free(struct share_hops *hops);

/* share_ports.c: ports that the kernel's sockets have, or may get. 0 or EXIT_USAGE told. */
int share_check_ports(const struct share *s, struct err *e);
/* Of a list like "8080,9000-9003" and a range: how many ports of the range it names. */
uint32_t share_reserved(const char *list, struct port_range range);

#endif
