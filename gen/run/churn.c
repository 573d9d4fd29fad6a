/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Churn: connections are replaced at a rate of their own, oldest first, while as many stay open as
 * the phase wants. A connection with a transaction under way is replaced when it has ended, so that
 * churn fails none.
 */
#include "run/client_internal.h"

#define TRIES 64u /* sessions looked at for one that can be replaced */

void churn_begin(struct client *c, uint64_t start_ns)
{
    c->churn.next_ns = UINT64_MAX;
    if (c->load.churn.shape)
        schedule_init(&c->churn, &c->load.churn, start_ns);
}

/* The old connection closes on its own while the session opens the next one. */
static void replace(struct client *c, struct session *s)
{
    client_count(c, COUNTER_CHURNED);
    if (s->head != TRANS_NONE) { /* its request still waits for an acknowledgement */
        session_close(c, s);
        return;
    }
    session_detach(c, s);
    churn_reopen(c, s);
}

void churn_reopen(struct client *c, struct session *s)
{
    s->retiring = false;
    if (c->mode != CLIENT_LOAD || !session_open(c, s))
        reopen_later(c, s);
}

void churn_settle(struct client *c, struct session *s)
{
    if (!s->retiring) /* apart: asked together, gcc reads four bytes that have just been written one by one */
        return;
    if (!s->outstanding && s->state == SESSION_OPEN)
        replace(c, s);
}

static void retire_next(struct client *c)
{
    for (uint32_t i = 0; i < TRIES; i++) {
        struct session *s = &c->sessions[c->churn_at++ % c->load.sessions];
        if (s->state != SESSION_OPEN || s->retiring)
            continue;
        session_unlist(c, s);
        s->retiring = true;
        churn_settle(c, s);
        return;
    }
}

uint32_t churn_due(struct client *c, uint32_t budget)
{
    uint32_t n = 0;
    for (; n < budget && c->churn.next_ns <= c->now_ns; n++) {
        schedule_take(&c->churn);
        retire_next(c);
    }
    return n;
}
