/* SPDX-License-Identifier: BSD-3-Clause */
/* How many connections are open: brought to what a phase wants before it, and to none at the end. */
#include "run/client_internal.h"

#define AHEAD 8 /* sessions */

/* Nobody answers for a target: every open fails, with its reason. */
static void fail_unresolved(struct client *c)
{
    uint64_t left = 0;
    for (; c->to_open < c->cfg.sessions; c->to_open++)
        left += c->to_open < c->load.sessions && c->sessions[c->to_open].state == SESSION_DOWN;
    c->block->counters[COUNTER_CONNECTS_STARTED] += left;
    client_count_connects_failed(c, RESULT_NO_ROUTE, left);
}

static bool targets_resolved(struct client *c)
{
    if (c->resolved == NEIGH_WAIT)
        c->resolved = client_resolved(c);
    if (c->resolved == NEIGH_FAILED)
        fail_unresolved(c);
    return c->resolved == NEIGH_READY;
}

/* Opens or closes one connection, where the phase wants another state of it. False: not now. */
static bool settle(struct client *c, struct session *s)
{
    uint32_t number = session_number(c, s);
    if (s->state == SESSION_OPEN && !client_keeps_open(c, number)) {
        session_close(c, s);
        return true;
    }
    if (s->state != SESSION_DOWN || !client_wants_open(c, number))
        return true;
    if (c->opening >= c->cfg.connect_parallel || !client_may_connect(c))
        return false;
    if (!session_open(c, s)) {
        client_count(c, COUNTER_CONNECTS_STARTED);
        client_count_connects_failed(c, RESULT_NOT_SENT, 1);
    }
    return true;
}

uint32_t client_connect_due(struct client *c, uint32_t budget)
{
    uint32_t n = 0;
    if (!targets_resolved(c))
        return 0;
    for (; n < budget && c->to_open < c->cfg.sessions; n++, c->to_open++)
        if (!settle(c, &c->sessions[c->to_open]))
            break;
    return n;
}

/* The connection of a session whose turn comes soon. */
static void fetch(const struct client *c, uint32_t number)
{
    if (number < c->cfg.sessions && c->sessions[number].conn != CONN_NONE)
        conn_prefetch(tcp_conn(&c->stack->tcp, c->sessions[number].conn));
}

uint32_t client_close_due(struct client *c, uint32_t budget)
{
    uint32_t n = 0;
    while (n < budget && c->to_open < c->cfg.sessions && c->closing < c->cfg.connect_parallel) {
        fetch(c, c->to_open + AHEAD);
        struct session *s = &c->sessions[c->to_open++];
        if (s->state == SESSION_OPEN)
            session_close(c, s);
        else if (s->state == SESSION_OPENING)
            session_abort(c, s);
        n++;
    }
    return n;
}
