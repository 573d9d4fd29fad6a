/* SPDX-License-Identifier: BSD-3-Clause */
/* A session's connection and its place among those that may take work. */
#include "run/client_internal.h"

#define TUPLE_TRIES 64

bool session_fits(const struct client *c, const struct session *s)
{
    return session_number(c, s) < c->load.sessions &&
           s->outstanding + c->load.burst <= c->load.depth &&
           s->state == (c->load.opens_each ? SESSION_DOWN : SESSION_OPEN);
}

bool session_has_room(const struct client *c, const struct session *s)
{
    return !s->listed && !s->resting && !s->retiring && session_fits(c, s);
}

static uint32_t ring_place(const struct client *c, uint32_t ahead)
{
    uint32_t at = c->free.at + ahead;
    return at < c->cfg.sessions ? at : at - c->cfg.sessions;
}

void session_list(struct client *c, struct session *s)
{
    if (!c->free.listed++)
        c->free_since_ns = c->now_ns > c->free_since_ns ? c->now_ns : c->free_since_ns;
    s->listed = true;
    if (s->queued)
        return;
    s->queued = true;
    c->free.ring[ring_place(c, c->free.queued++)] = session_number(c, s);
}

static void leave_front(struct client *c)
{
    c->sessions[c->free.ring[c->free.at]].queued = false;
    c->free.at = ring_place(c, 1);
    c->free.queued--;
}

void session_unlist(struct client *c, struct session *s)
{
    if (!s->listed)
        return;
    s->listed = false;
    c->free.listed--;
    if (c->free.ring[c->free.at] == session_number(c, s))
        leave_front(c);
}

struct session *session_first_free(struct client *c)
{
    if (!c->free.listed)
        return NULL;
    while (!c->sessions[c->free.ring[c->free.at]].listed)
        leave_front(c);
    return &c->sessions[c->free.ring[c->free.at]];
}

/* What is drawn is on its way from memory when its turn comes: its place in the flow table. */
static void draw_tuple(struct client *c, struct tuple *out)
{
    struct tcp *t = &c->stack->tcp;
    *out = tuples_take(&c->tuples);
    flow_prefetch(&t->flows, tcp_hash(t, c->paths[out->path], out->port, out->target->port));
}

void session_draw_ahead(struct client *c)
{
    for (uint32_t i = 0; i < TUPLES_AHEAD; i++)
        draw_tuple(c, &c->ahead[i]);
}

static struct tuple next_tuple(struct client *c)
{
    struct tuple *at = &c->ahead[c->ahead_at++ % TUPLES_AHEAD], next = *at;
    draw_tuple(c, at);
    return next;
}

/* Those that still live or wait are passed over; when many in a row do, the pool is used up. */
static uint32_t open_next_tuple(struct client *c, uint32_t number)
{
    struct tcp *t = &c->stack->tcp;
    for (uint32_t tries = 0; tries < TUPLE_TRIES; tries++) {
        struct tuple tuple = next_tuple(c);
        uint32_t path = c->paths[tuple.path];
        uint32_t conn = tcp_open(t, path, tuple.port, tuple.target->port, c->stack->paths[path].mss,
                                 number);
        if (conn != CONN_NONE)
            targets_opened(c, number, (uint64_t)(tuple.target - c->tuples.targets));
        if (conn != CONN_NONE || !t->free_count)
            return conn;
        client_count(c, COUNTER_TUPLES_BUSY);
    }
    return CONN_NONE;
}

bool session_open(struct client *c, struct session *s)
{
    uint32_t conn = open_next_tuple(c, session_number(c, s));
    if (conn == CONN_NONE)
        return false;
    s->conn = conn;
    s->state = SESSION_OPENING;
    c->opening++;
    c->connects_begun++;
    client_count(c, COUNTER_CONNECTS_STARTED);
    tcp_timer_set(&c->stack->tcp, conn, tcp_ticks(c->now_ns + c->load.connect_timeout_ns));
    return true;
}

void session_leave(struct client *c, struct session *s, enum session_state state)
{
    session_unlist(c, s);
    if (s->state == SESSION_OPENING)
        c->opening--;
    if (s->state == SESSION_OPEN)
        c->open--;
    if (s->state == SESSION_CLOSING)
        c->closing--;
    s->state = (unsigned)state & 3u;
    if (state == SESSION_CLOSING)
        c->closing++;
    if (state == SESSION_DOWN)
        s->conn = CONN_NONE;
}

/* The connection's own timer ends a close that the peer does not answer. */
void session_detach(struct client *c, struct session *s)
{
    uint32_t conn = s->conn;
    if (c->load.close_by_reset) {
        session_abort(c, s);
        return;
    }
    session_leave(c, s, SESSION_DOWN);
    c->detached++;
    tcp_timer_set(&c->stack->tcp, conn, tcp_ticks(c->now_ns + c->load.timeout_ns));
    tcp_close(&c->stack->tcp, conn);
}

void session_abort(struct client *c, struct session *s)
{
    uint32_t conn = s->conn;
    session_leave(c, s, SESSION_DOWN);
    tcp_abort(&c->stack->tcp, conn);
}

void session_close(struct client *c, struct session *s)
{
    if (c->load.close_by_reset) {
        session_abort(c, s);
        return;
    }
    session_leave(c, s, SESSION_CLOSING);
    /* Against a peer that closes first we only wait; our timer ends a wait in vain. */
    tcp_timer_set(&c->stack->tcp, s->conn, tcp_ticks(c->now_ns + c->load.timeout_ns));
    if (!c->load.close_by_peer)
        tcp_close(&c->stack->tcp, s->conn);
}
