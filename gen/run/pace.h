/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sessions that rest between two starts. All rest equally long, so the queue is in order of its
 * ends. Memory: 16 bytes a session, only where a phase has a pace.
 */
#ifndef RUN_PACE_H
#define RUN_PACE_H

#include <stdint.h>

struct client;
struct err;
struct session;

struct pace_entry {
    uint64_t until_ns;
    uint32_t next;
};

struct pace {
    struct pace_entry *entries; /* by session; NULL: no phase has a pace */
    uint32_t head, tail;
};

int pace_init(struct client *c, struct err *e);
void pace_fini(struct client *c);
/* A transaction has started on it. */
void pace_rest(struct client *c, struct session *s);
/* Those that have rested may start again; at most `budget`, returns how many. */
uint32_t pace_due(struct client *c, uint32_t budget);

#endif
