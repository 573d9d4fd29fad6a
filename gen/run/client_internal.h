/* SPDX-License-Identifier: BSD-3-Clause */
/* What the client's own files share. */
#ifndef RUN_CLIENT_INTERNAL_H
#define RUN_CLIENT_INTERNAL_H

#include "run/client.h"

static inline void client_count(struct client *c, enum counter k)
{
    c->block->counters[k]++;
}

/* `n` active opens failed; `why` says how. */
static inline void client_count_connects_failed(struct client *c, enum result why, uint64_t n)
{
    c->block->counters[COUNTER_CONNECTS_FAILED] += n;
    c->block->connect_errors[why] += n;
    c->connects_failed[why] += n;
}

static inline struct session *client_session(struct client *c, uint32_t conn)
{
    return &c->sessions[tcp_conn(&c->stack->tcp, conn)->app];
}

static inline uint32_t session_number(const struct client *c, const struct session *s)
{
    return (uint32_t)(s - c->sessions);
}

/* session.c: the free list and the connection of a session */
void session_list(struct client *c, struct session *s);
void session_unlist(struct client *c, struct session *s);
/* Whether another transaction may start on it now. */
bool session_has_room(const struct client *c, const struct session *s);
/* Opens a connection on the next free tuple; false: none, or no neighbour. */
bool session_open(struct client *c, struct session *s);
/* The session's connection is gone or going: nothing more starts on it. */
void session_leave(struct client *c, struct session *s, enum session_state state);
void session_close(struct client *c, struct session *s);
/* Ends a connection by reset; its transactions have been dealt with. */
void session_abort(struct client *c, struct session *s);

/* arrive.c */
/* Starts one transaction on a session with room. */
void client_start_on(struct client *c, struct session *s, uint64_t intended_ns,
                     uint64_t eligible_ns);
/* Counts an arrival that never got a connection. */
void client_count_not_sent(struct client *c, enum result why, uint64_t intended_ns);
/* Closed loop: the slot that has just become free starts the next. */
void client_continue(struct client *c, struct session *s);

/* finish.c */
/* Records a transaction that never had a connection. */
void client_sample_not_sent(struct client *c, enum result why, uint64_t intended_ns);
void client_finish(struct client *c, struct session *s, uint32_t trans, enum result result);
/* Fails everything outstanding on a session. */
void client_fail_all(struct client *c, struct session *s, enum result result);
/* The oldest transaction that still waits for its reply. */
uint32_t client_oldest(const struct client *c, const struct session *s);
/* Releases finished transactions at the head whose bytes below `pos` are acknowledged. */
void client_release(struct client *c, struct session *s, uint64_t pos);

#endif
