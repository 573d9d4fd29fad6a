/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Transactions under way: one bounded pool a worker, a first-in first-out list by index a session.
 * An entry holds all that its request's bytes are a function of, so that a retransmission is made
 * again from it; it is released when its reply is matched and its request acknowledged.
 */
#ifndef RUN_TRANS_H
#define RUN_TRANS_H

#include <stdbool.h>
#include <stdint.h>

#include "app/app.h"

#define TRANS_NONE 0xffffffffu

struct trans {
    struct app_message msg;
    uint64_t intended_ns, eligible_ns, sent_ns; /* sent_ns 0: first byte not handed over yet */
    struct app_parse parse;        /* of the reply in progress, at the head of the list only */
    uint32_t pos;                  /* of its first byte in the sent stream */
    uint32_t next;
    uint32_t last;                 /* the list's end, known to its head only */
    uint16_t replies;              /* messages of its reply that have come whole, but the last */
    uint8_t operation;             /* enum operation */
    bool measured : 1;             /* due in a measured phase */
    bool whole : 1;                /* its last byte was handed over once */
    bool replied : 1;              /* finished; waits for its acknowledgement */
};

struct trans_pool {
    struct trans *entries;
    uint32_t count, free, in_use;
};

struct err;
int trans_init(struct trans_pool *p, uint32_t count, struct err *e);
void trans_fini(struct trans_pool *p);
uint32_t trans_alloc(struct trans_pool *p); /* TRANS_NONE: empty */
void trans_free(struct trans_pool *p, uint32_t index);
/* A session's list, by its head; TRANS_NONE: empty. */
void trans_append(struct trans_pool *p, uint32_t *head, uint32_t index);
void trans_free_first(struct trans_pool *p, uint32_t *head);

#endif
