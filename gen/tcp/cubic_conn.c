/* SPDX-License-Identifier: BSD-3-Clause */
/* CUBIC's windows (RFC 9438) of a connection that lost something; its state lies in the side block. */
#include "tcp/congestion.h"
#include "tcp/internal.h"

static uint32_t rtt_steps(const struct conn *c)
{
    return c->srtt >> 3 >> (TCP_STEP_SHIFT - TCP_TICK_SHIFT);
}

void cubic_on_reduce(struct tcp *t, struct conn *c, uint32_t flight)
{
    struct side *s = side_attach(t, c);
    if (!s) {
        reno_reduce(t, c, flight);
        return;
    }
    cubic_reduce(&s->cubic, c->cwnd);
    uint32_t kept = (uint32_t)((uint64_t)flight * 7 / 10); /* 4.6, beta = 0.7 */
    c->ssthresh = kept > 2u * c->mss ? kept : 2u * c->mss;
}

void cubic_on_avoid(struct tcp *t, struct conn *c, uint32_t acked, bool full)
{
    bool room = c->side != SIDE_NONE || t->sides.free_count; /* its lack was counted at the loss */
    struct side *s = room ? side_attach(t, c) : NULL;
    if (!s) {
        reno_avoid(t, c, acked, full);
        return;
    }
    if (cubic_is_idle(&s->cubic)) /* forgotten in a pause: as after a time-out */
        cubic_time_out(&s->cubic);
    if (full)
        c->cwnd = cubic_grow(&s->cubic, c->cwnd, c->mss, acked, t->now_step, rtt_steps(c));
    else
        cubic_pause(&s->cubic, t->now_step);
}

void cubic_on_time_out(struct tcp *t, struct conn *c)
{
    struct side *s = conn_side(t, c);
    if (s && !cubic_is_idle(&s->cubic))
        cubic_time_out(&s->cubic);
}

void cubic_on_undo(struct tcp *t, struct conn *c)
{
    struct side *s = conn_side(t, c);
    if (s && !cubic_is_idle(&s->cubic))
        cubic_undo(&s->cubic);
}

void cubic_on_resume(struct tcp *t, struct conn *c, bool anew)
{
    struct side *s = conn_side(t, c);
    if (!s)
        return;
    if (!anew) {
        cubic_pause(&s->cubic, t->now_step);
        return;
    }
    s->cubic = (struct cubic){0};
    side_settle(t, c);
}
