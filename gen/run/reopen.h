/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections that come back: sessions without one wait in a timing wheel and are opened again, or,
 * where connections are opened on demand, wait in a list until an arrival wants one. The wait
 * doubles from reconnect_min to reconnect_max with every open in vain, half of it drawn by lot so
 * that many do not come back at once.
 */
#ifndef RUN_REOPEN_H
#define RUN_REOPEN_H

#include <stdint.h>

#include "tcp/wheel.h"

struct client;
struct err;
struct session;

struct reopen {
    struct wheel wheel;
    struct wheel_node *nodes; /* by session; NULL: no phase opens again */
    uint64_t drawn;           /* waits drawn so far */
    uint32_t down_head;       /* on demand: sessions without a connection, by their `next` */
};

int reopen_init(struct client *c, struct err *e);
void reopen_fini(struct client *c);
/* A load begins: every session of it without a connection is put where it comes back from. */
void reopen_begin(struct client *c);
/* Its connection is gone, or could not be opened. Nothing where lost ones stay lost. */
void reopen_later(struct client *c, struct session *s);
/* Opens what has waited long enough; at most `budget`, returns how many. */
uint32_t reopen_due(struct client *c, uint32_t budget);
/* On demand: opens one more. False: none is left, or not now. */
bool reopen_one(struct client *c);

#endif
