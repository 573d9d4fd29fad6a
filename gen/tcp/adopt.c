/* SPDX-License-Identifier: BSD-3-Clause */
/* A connection that another engine left in the middle of its life, taken over for a replay. */
#include "tcp/internal.h"

static bool may_live_on(const struct conn *c)
{
    return c->state >= TCP_SYN_SENT && c->state < TCP_ABORTED && c->mss && conn_snd_shift(c) <= 14 &&
           conn_rcv_shift(c) <= 14;
}

/* Deadlines that have passed fire at once. */
static void arm(struct tcp *t, uint32_t index)
{
    const struct conn *c = &t->conns[index];
    if (conn_has(c, CONN_RTO))
        timer_arm(t, index, c->rto_at);
    if (conn_has(c, CONN_ACK_LATER))
        timer_arm(t, index, c->delack_at);
    if (conn_has(c, CONN_APP))
        timer_arm(t, index, c->app_at);
}

uint32_t tcp_adopt(struct tcp *t, const struct conn *saved, uint32_t path)
{
    if (!may_live_on(saved) || !tcp_tuple_free(t, path, saved->lport, saved->rport))
        return CONN_NONE;
    uint32_t index = conn_alloc(t);
    if (index == CONN_NONE)
        return CONN_NONE;
    struct conn *c = &t->conns[index];
    *c = *saved;
    c->path = path;
    c->ooo = OOO_NONE;
    wheel_node_init(&c->timer);
    conn_clear(c, CONN_OUT);
    t->half_open += c->state == TCP_SYN_RCVD;
    flow_add(&t->flows, tcp_hash(t, path, c->lport, c->rport), index);
    arm(t, index);
    if (conn_has(saved, CONN_OUT))
        out_add(t, index);
    return index;
}

void tcp_renumber(struct tcp *t, uint32_t conn, uint32_t iss)
{
    conn_number(&t->conns[conn], iss);
}
