/* SPDX-License-Identifier: BSD-3-Clause */
/* What the client's own files share. */
#ifndef RUN_CLIENT_INTERNAL_H
#define RUN_CLIENT_INTERNAL_H

#include "run/client.h"
#include "tcp/seq.h"

static inline void client_count(struct client *c, enum counter k)
{
    c->block->counters[k]++;
}

/* Something went wrong on a connection that still has its slot: its flight recording is kept. */
static inline void client_fault(struct client *c, uint32_t conn, enum result why)
{
    if (c->flight)
        flight_fault(c->flight, conn, why);
}

/* `n` active opens failed; `why` says how. */
static inline void client_count_connects_failed(struct client *c, enum result why, uint64_t n)
{
    c->block->counters[COUNTER_CONNECTS_FAILED] += n;
    c->block->connect_errors[why] += n;
    c->connects_failed[why] += n;
}

/* targets.c. `count`: targets that there are; `index`: of the one that a connection is opened to. */
int targets_init(struct client *c, uint64_t count, struct err *e);
void targets_fini(struct client *c);
void targets_opened(struct client *c, uint32_t session, uint64_t index);

static inline struct client_target_counts *client_told(struct client *c, uint32_t session)
{
    return &c->told[c->target_of ? c->target_of[session] : 1];
}

static inline struct session *client_session(struct client *c, uint32_t conn)
{
    return &c->sessions[tcp_conn(&c->stack->tcp, conn)->app];
}

static inline uint32_t session_number(const struct client *c, const struct session *s)
{
    return (uint32_t)(s - c->sessions);
}

/* The open of a session failed. */
static inline void client_count_connect_failed(struct client *c, const struct session *s,
                                               enum result why)
{
    client_count_connects_failed(c, why, 1);
    client_told(c, session_number(c, s))->connects_failed++;
}

/* Whether connect_rate allows another open now. */
static inline bool client_may_connect(const struct client *c)
{
    double due = (double)(c->now_ns - c->connect_start_ns) * c->load.connect_rate_per_s / 1e9;
    return !(c->load.connect_rate_per_s > 0) || (double)c->connects_begun <= due;
}

/* Whether session `number` is to be open when the load begins. */
static inline bool client_wants_open(const struct client *c, uint32_t number)
{
    return number < c->load.sessions && !c->load.opens_each && !c->load.on_demand;
}

/* Whether it may stay open from the phase before. */
static inline bool client_keeps_open(const struct client *c, uint32_t number)
{
    return number < c->load.sessions && !c->load.opens_each;
}

/* session.c: who may take work, and the connection of a session */
void session_list(struct client *c, struct session *s);
void session_unlist(struct client *c, struct session *s);
struct session *session_first_free(struct client *c); /* NULL: nobody is free */
/* Whether the phase lets a session in this state take work. */
bool session_fits(const struct client *c, const struct session *s);
/* Whether another transaction may start on it now, and it is not listed yet. */
bool session_has_room(const struct client *c, const struct session *s);
/* The first tuples are drawn, of paths that are there. */
void session_draw_ahead(struct client *c);
/* Opens a connection on the next free tuple; false: none, or no neighbour. */
bool session_open(struct client *c, struct session *s);
/* The session's connection is gone or going: nothing more starts on it. */
void session_leave(struct client *c, struct session *s, enum session_state state);
void session_close(struct client *c, struct session *s);
/* Ends a connection by reset; its transactions have been dealt with. */
void session_abort(struct client *c, struct session *s);

/* The session has no connection any more; the one it had closes by itself. Nothing of the session
 * may be unacknowledged. */
void session_detach(struct client *c, struct session *s);

/* churn.c */
void churn_begin(struct client *c, uint64_t start_ns);
/* Replaces what is due; at most `budget`, returns how many. */
uint32_t churn_due(struct client *c, uint32_t budget);
/* Its old connection is gone: the next one. */
void churn_reopen(struct client *c, struct session *s);
/* A transaction of the session has ended: now it may be replaced, if it was to be. */
void churn_settle(struct client *c, struct session *s);

/* connects.c: how many connections are open, in the connect phase and at the end */
uint32_t client_connect_due(struct client *c, uint32_t budget);
uint32_t client_close_due(struct client *c, uint32_t budget);

/* draw.c: of the start that comes next */
enum operation draw_operation(const struct client *c);
/* Transactions of an arrival: a batch is cut where the phase's own number of them is reached. */
uint64_t draw_starts(const struct client *c, enum operation operation);
/* Sizes of request and reply into `msg`, which is zero there. */
void draw_sizes(const struct client *c, enum operation operation, struct app_message *msg);

/* arrive.c */
/* Starts one arrival on a session with room: a transaction, or a batch of them. */
void client_start_on(struct client *c, struct session *s, uint64_t intended_ns,
                     uint64_t eligible_ns);
/* Nothing is outstanding, and nothing that was due waits to start. */
bool client_drained(const struct client *c);
/* Closed loop: the slot that has just become free starts the next. */
void client_continue(struct client *c, struct session *s);

/* finish.c */
/* Records a transaction that never had a connection. */
void client_sample_not_sent(struct client *c, enum operation operation, uint64_t intended_ns);
void client_finish(struct client *c, struct session *s, uint32_t trans, enum result result);
/* Fails everything outstanding on a session. */
void client_fail_all(struct client *c, struct session *s, enum result result);
/* The oldest transaction that still waits for its reply. */
uint32_t client_oldest(const struct client *c, const struct session *s);
/* Releases finished transactions at the head whose bytes below `pos` are acknowledged. */
void client_release(struct client *c, struct session *s, uint32_t pos);

#endif
