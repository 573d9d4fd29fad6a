/* SPDX-License-Identifier: BSD-3-Clause */
/* A connection that another engine left in the middle of its life, taken over for a replay. */
#include "tcp/internal.h"

/* Whether the block says it all: no index in it leads on. */
static bool stands_alone(const struct side *s)
{
    return s->ooo == OOO_NONE && !s->ranges;
}

/* What an engine can have left; anything else may come from a file. */
static bool may_live_on(const struct conn *c)
{
    return c->state >= TCP_SYN_SENT && c->state < TCP_ABORTED && c->mss && conn_snd_shift(c) <= 14 &&
           conn_rcv_shift(c) <= 14 && conn_numbers_agree(c) && conn_deadlines_agree(c);
}

static bool side_may_live_on(const struct conn *c, const struct side *s)
{
    bool rate = !side_has(s, SIDE_REPAIR) || (conn_has(c, CONN_RECOVERY) && s->prr_flight);
    return stands_alone(s) && rate && side_blocks_agree(s) && !side_is_idle(s);
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

bool tcp_save(const struct tcp *t, uint32_t conn, struct tcp_saved *out)
{
    const struct conn *c = &t->conns[conn];
    const struct side *s = conn_side(t, c);
    if (c->state == TCP_CLOSED || (s && !stands_alone(s)))
        return false;
    *out = (struct tcp_saved){.conn = *c};
    if (s)
        out->side = *s;
    return true;
}

static bool adopt_side(struct tcp *t, struct conn *c, const struct tcp_saved *saved)
{
    c->side = SIDE_NONE;
    if (saved->conn.side == SIDE_NONE)
        return true;
    struct side *s = side_may_live_on(c, &saved->side) ? side_attach(t, c) : NULL;
    if (s)
        *s = saved->side;
    return s != NULL;
}

uint32_t tcp_adopt(struct tcp *t, const struct tcp_saved *saved, uint32_t path)
{
    const struct conn *from = &saved->conn;
    if (!may_live_on(from) || !tcp_tuple_free(t, path, from->lport, from->rport))
        return CONN_NONE;
    uint32_t index = conn_alloc(t, path);
    if (index == CONN_NONE)
        return CONN_NONE;
    struct conn *c = &t->conns[index];
    *c = *from;
    c->path = path;
    wheel_node_init(&c->timer);
    conn_clear(c, CONN_OUT);
    if (!adopt_side(t, c, saved)) {
        conn_free(t, index);
        return CONN_NONE;
    }
    t->half_open += c->state == TCP_SYN_RCVD;
    flow_add(&t->flows, tcp_hash(t, path, c->lport, c->rport), index);
    arm(t, index);
    if (conn_has(from, CONN_OUT))
        out_add(t, index);
    return index;
}

void tcp_renumber(struct tcp *t, uint32_t conn, uint32_t iss)
{
    conn_number(&t->conns[conn], iss);
}
