/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TIME-WAIT as entries of 32 bytes in a bounded first-in first-out ring (the wait is the same for
 * all, so the oldest is always in front). Full: the oldest goes, counted. The flow table names an
 * entry by FLOW_TIME_WAIT | slot.
 */
#ifndef TCP_TIME_WAIT_H
#define TCP_TIME_WAIT_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

struct err;
struct flow_table;

#define FLOW_TIME_WAIT 0x80000000u

struct time_wait {
    uint64_t key;       /* of the connection */
    uint32_t hash;
    uint32_t snd_nxt, rcv_nxt;
    uint32_t ts_recent; /* with `ts` */
    uint32_t expire_tk; /* a restart (RFC 9293 3.10.7.4, a FIN again) moves it */
    bool ts, live;
    uint16_t reserved;
};
static_assert(sizeof(struct time_wait) == 32, "TIME-WAIT is half a cache line");

struct time_wait_pool {
    struct time_wait *slots;
    uint32_t size, head, count; /* size: power of two */
    uint32_t *path_uses;        /* as tcp_config says; NULL */
};

/* Whoever holds a path may give it up only when nobody uses it. `uses`: by path, NULL: not wanted. */
static inline void path_use(uint32_t *uses, uint32_t path, int32_t by)
{
    if (uses)
        uses[path] += (uint32_t)by;
}

uint32_t time_wait_slots(uint32_t entries); /* how many are reserved for so many */
int time_wait_init(struct time_wait_pool *p, uint32_t entries, uint32_t *path_uses, struct err *e);
void time_wait_fini(struct time_wait_pool *p);
/* Enters in the place that connection `index` has in the flow table; gives up the oldest when full and
 * returns true then. */
bool time_wait_add(struct time_wait_pool *p, struct flow_table *flows, struct time_wait entry,
                   uint32_t index);
void time_wait_remove(struct time_wait_pool *p, struct flow_table *flows, uint32_t slot);
/* Frees what has expired, at most `budget`. */
void time_wait_expire(struct time_wait_pool *p, struct flow_table *flows, uint32_t now_tk,
                      uint32_t budget);

#endif
