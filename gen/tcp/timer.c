/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One wheel node a connection serves three deadlines (retransmission, probe or keep-alive; delayed
 * ACK; the application's). A deadline moved later leaves the node where it is: when it fires early, it looks
 * and arms again. So a busy connection costs a wheel operation a time-out, not one a segment; and since a
 * node that goes into the wheel goes no further than the least time-out, a short life is one operation.
 */
#include "tcp/internal.h"

#define CHALLENGES_A_SECOND 1000 /* RFC 5961 7 */

/* `ahead` ticks from now. */
static void move_node(struct tcp *t, uint32_t index, uint32_t ahead)
{
    const uint32_t last = STEP_TICKS - 1;
    struct conn *c = &t->conns[index];
    uint32_t part = t->now_tk & last; /* of the current step gone by */
    uint32_t step = t->now_step + ((part + ahead + last) >> STEP_TICKS_SHIFT);
    if (wheel_has(&c->timer)) {
        if (seq_le(c->timer.at, step))
            return;
        wheel_remove(&t->wheel, index);
    }
    wheel_add(&t->wheel, index, step);
}

static uint32_t until(const struct tcp *t, uint32_t at_tk)
{
    return seq_lt(t->now_tk, at_tk) ? at_tk - t->now_tk : 0;
}

__attribute__((noinline)) void timer_move(struct tcp *t, uint32_t index, uint32_t at_tk)
{
    uint32_t ahead = until(t, at_tk), soon = t->cfg.rto_min_tk;
    soon -= soon < STEP_TICKS ? soon : STEP_TICKS; /* not behind a time-out that starts in the same step */
    move_node(t, index, ahead < soon ? ahead : soon);
}

void timer_rto_start(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    if (conn_has_more(c, MORE_KEEP)) { /* something is under way: its answer is waited for now */
        conn_clear_more(c, MORE_KEEP);
        conn_clear(c, CONN_PROBE);
        c->retries = 0;
    }
    uint32_t rto = rto_tk(t, c), wait = tlp_wait_tk(t, c, rto);
    timer_rto_after(t, index, wait);
    if (wait < rto)
        conn_set_more(c, MORE_PTO);
}

void timer_probe_start(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    uint32_t rto = rto_tk(t, c);
    if (tlp_wait_tk(t, c, rto) < rto)
        timer_rto_start(t, index);
}

void timer_ack_later(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    if (conn_has(c, CONN_ACK_LATER))
        return;
    conn_set(c, CONN_ACK_LATER);
    c->delack_at = t->now_tk + t->cfg.delack_tk;
    out_add(t, index); /* tcp_output arms, unless the ACK rides on text that leaves at once */
}

/* Left in the wheel it would be looked at when it fires, long out of the cache. A deadline is likely
 * again soon, and finds the node where it is: only what opens, or many, are worth it. */
void timer_rest(struct tcp *t, uint32_t index)
{
    const struct conn *c = &t->conns[index];
    if (wheel_has(&c->timer) && !conn_has(c, CONN_RTO | CONN_ACK_LATER | CONN_APP))
        wheel_remove(&t->wheel, index);
}

void tcp_timer_set(struct tcp *t, uint32_t conn, uint32_t at_tk)
{
    struct conn *c = &t->conns[conn];
    if (!conn_is_alive(c))
        return;
    c->app_at = at_tk;
    conn_set(c, CONN_APP);
    timer_arm(t, conn, at_tk);
}

void tcp_timer_clear(struct tcp *t, uint32_t conn)
{
    conn_clear(&t->conns[conn], CONN_APP);
}

static void repair_all(struct tcp *t, struct conn *c)
{
    congestion_rto(t, c, c->snd_max - c->snd_una);
    if (recovery_rto(t, c))
        return;
    recovery_give_up(t, c);
    newreno_rto(c);
}

/* RFC 6298 5.4 to 5.6; for a zero window the probe of RFC 9293 3.8.6.1 instead. */
static void on_rto(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    if (tlp_due(t, index))
        return;
    conn_clear(c, CONN_RTO);
    if (conn_has_more(c, MORE_KEEP)) {
        keepalive_due(t, index);
        return;
    }
    if (c->state == TCP_FIN_WAIT_2) { /* the peer never closes: its half is given up */
        conn_end(t, index, TCP_EVENT_TIMEOUT);
        return;
    }
    if (++c->retries > (conn_rule(c)->handshake ? t->cfg.syn_retries : t->cfg.retries)) {
        conn_end(t, index, TCP_EVENT_TIMEOUT);
        return;
    }
    if (c->backoff < UINT8_MAX)
        c->backoff++;
    if (c->retries > 1) /* is it the loss of one segment, or is nobody there any more? */
        t->doubted = c->path;
    if (conn_has(c, CONN_PERSIST)) {
        conn_set(c, CONN_PROBE);
    } else {
        tcp_count(t, COUNTER_RTO_FIRED);
        conn_clear(c, CONN_RTT | CONN_RESEND); /* Karn's rule */
        pmtu_rto(t, c);
        if (conn_rule(c)->handshake) /* a lost SYN: see `established` */
            c->snd_nxt = c->snd_una;
        else
            repair_all(t, c);
    }
    timer_rto_start(t, index);
    out_add(t, index);
}

static bool waits_for_reordering(const struct tcp *t, const struct conn *c)
{
    const struct side *s = conn_side(t, c);
    return s && s->ranges && side_has(s, SIDE_REORDER);
}

static void rearm(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    if (waits_for_reordering(t, c))
        move_node(t, index, until(t, conn_side(t, c)->reorder_at));
    if (conn_has(c, CONN_RTO))
        move_node(t, index, until(t, c->rto_at));
    if (conn_has(c, CONN_ACK_LATER))
        move_node(t, index, until(t, c->delack_at));
    if (conn_has(c, CONN_APP))
        move_node(t, index, until(t, c->app_at));
}

static void on_timer(void *ctx, uint32_t index)
{
    struct tcp *t = ctx;
    struct conn *c = &t->conns[index];
    t->busy = index;
    if (__builtin_expect(t->watch != NULL, 0))
        t->watch->timer(t->watch->ctx, index);
    if (conn_has(c, CONN_ACK_LATER) && seq_le(c->delack_at, t->now_tk)) {
        conn_clear(c, CONN_ACK_LATER);
        conn_set(c, CONN_ACK_NOW);
        out_add(t, index);
    }
    if (waits_for_reordering(t, c) && seq_le(conn_side(t, c)->reorder_at, t->now_tk))
        recovery_reordering_over(t, index);
    if (conn_has(c, CONN_RTO) && seq_le(c->rto_at, t->now_tk))
        on_rto(t, index);
    if (conn_is_alive(c) && conn_has(c, CONN_APP) && seq_le(c->app_at, t->now_tk)) {
        conn_clear(c, CONN_APP);
        t->ops->timer(t->ctx, index);
    }
    side_settle(t, c);
    if (conn_is_alive(c))
        rearm(t, index);
    conn_release_busy(t);
}

void timer_refill_challenges(struct tcp *t, uint64_t now_ns)
{
    uint32_t second = (uint32_t)(now_ns >> 30) + 1; /* 0: never filled */
    if (second == t->challenge_second)
        return;
    t->challenge_second = second;
    t->challenge_left = CHALLENGES_A_SECOND;
}

uint32_t tcp_timers(struct tcp *t, uint64_t now_ns, uint32_t budget)
{
    tcp_now(t, now_ns);
    timer_refill_challenges(t, now_ns);
    time_wait_expire(&t->time_wait, &t->flows, t->now_tk, budget);
    return wheel_advance(&t->wheel, t->now_step, budget, on_timer, t);
}
