/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Neighbours: who has which MAC, by ARP or neighbour discovery. A bounded table (next hops, not
 * peers), filled before connections open: an address is asked for NEIGH_TRIES times, then it has
 * failed (and may be asked anew).
 *
 * One that has moved says so (RFC 826, RFC 4861 7.2.5) and is believed, but not again within
 * NEIGH_HOLD_NS: two that claim one address must not have every frame rewrite all paths. What it says
 * to all may not come to us (an XDP program that took it would take it from the kernel), so that each
 * is asked anew, one after the other, all within NEIGH_POLL_NS, and one that TCP doubts at once. Silence
 * means nothing then: TCP knows whether what it sends arrives.
 */
#ifndef STACK_NEIGH_H
#define STACK_NEIGH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"

#define NEIGH_DEFAULT  256 /* entries */
#define NEIGH_NONE     0xffffffffu
#define NEIGH_TRIES    5
#define NEIGH_RETRY_NS 200000000ull
#define NEIGH_HOLD_NS  1000000000ull
#define NEIGH_POLL_NS  30000000000ull /* as long as RFC 4861 10 takes one for reachable */

enum neigh_state { NEIGH_WAIT, NEIGH_READY, NEIGH_FAILED };

struct neigh {
    struct ip_addr addr, local; /* local: the address that asks */
    uint8_t mac[6];
    uint8_t state; /* enum neigh_state */
    uint8_t tries; /* requests sent */
    uint64_t due_ns; /* waiting: of the next request; ready: before it no other MAC is believed */
};

/* One that somebody else has resolved. */
struct neigh_known {
    struct ip_addr addr;
    uint8_t mac[6];
};

struct neigh_table {
    struct neigh *entries;
    uint32_t size, count, waiting;
    uint32_t hand;    /* whose turn it is to be asked anew */
    uint64_t poll_ns; /* when; UINT64_MAX: never */
    uint64_t doubt_ns; /* before it none is asked for being doubted */
};

struct err;
int neigh_init(struct neigh_table *t, uint32_t size, struct err *e);
void neigh_fini(struct neigh_table *t);

uint32_t neigh_find(const struct neigh_table *t, struct ip_addr addr);
/* Finds or enters; a new one, and one that has failed, is due to be asked at once. NEIGH_NONE: the
 * table is full. */
uint32_t neigh_want(struct neigh_table *t, struct ip_addr addr, struct ip_addr local,
                    uint64_t now_ns);
/* Somebody told us (ARP, NDP); returns the entry when it is wanted and this was news, else NEIGH_NONE.
 * *moved: it had another MAC before. */
uint32_t neigh_learn(struct neigh_table *t, struct ip_addr addr, const uint8_t mac[6],
                     uint64_t now_ns, bool *moved);
/* The next entry to be asked now, counted as asked; NEIGH_NONE: none is due. */
uint32_t neigh_next_due(struct neigh_table *t, uint64_t now_ns);
/* Whether one that is doubted is asked at once, counted as asked: at most one in NEIGH_HOLD_NS. */
bool neigh_doubt(struct neigh_table *t, uint32_t index, uint64_t now_ns);
/* The next one that is known and to be asked anew now; NEIGH_NONE: none is. */
uint32_t neigh_next_poll(struct neigh_table *t, uint64_t now_ns);

#endif
