/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keep-alives (RFC 9293 3.8.4, RFC 1122 4.2.3.6): a connection with nothing under way that hears
 * nothing for so long asks; a peer that is there answers. The deadline is the retransmission
 * timer's (MORE_KEEP tells them apart): the one has something to do exactly when the other has not.
 */
#include "tcp/internal.h"

static void wait_for(struct tcp *t, uint32_t index, uint32_t ticks)
{
    struct conn *c = &t->conns[index];
    c->rto_at = t->now_tk + ticks;
    conn_set(c, CONN_RTO);
    conn_set_more(c, MORE_KEEP);
    timer_arm(t, index, c->rto_at);
}

/* FIN-WAIT-2 has a bound of its own, and in every other closing state our FIN is under way. */
void keepalive_heard(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    bool open = c->state == TCP_ESTABLISHED || c->state == TCP_CLOSE_WAIT;
    bool busy = c->snd_una != c->snd_max; /* a window probe's byte, with its timer just stopped */
    if (!open || busy || (conn_has(c, CONN_RTO) && !conn_has_more(c, MORE_KEEP)))
        return;
    conn_clear(c, CONN_PROBE);
    c->retries = 0;
    wait_for(t, index, t->cfg.keepalive_tk);
}

void keepalive_due(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    if (c->retries >= t->cfg.keepalive_probes) {
        conn_end(t, index, TCP_EVENT_TIMEOUT);
        return;
    }
    c->retries++;
    conn_set(c, CONN_PROBE);
    wait_for(t, index, t->cfg.keepalive_interval_tk);
    out_add(t, index);
}
