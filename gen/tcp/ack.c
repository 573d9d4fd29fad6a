/* SPDX-License-Identifier: BSD-3-Clause */
/* The ACK field of a synchronized connection (RFC 9293 3.10.7.4, fifth check; RFC 5961 5). */
#include "tcp/internal.h"

#define ANSWER_STEPS 488 /* of 2^20 ns: 512 ms */
#define ANSWERS_MAX  64  /* of one place meanwhile */

/* RFC 7323 appendix G: every second full segment of what is under way brings a sample; how many they
 * are, to the nearest power of two below. */
static unsigned samples_shift(const struct conn *c)
{
    uint32_t flight = c->snd_max - c->snd_una, pair = 2u * c->mss;
    return flight <= pair ? 0 : (unsigned)(__builtin_clz(pair) - __builtin_clz(flight));
}

static void measure_rtt(struct tcp *t, struct conn *c, const struct pkt_tcp *p)
{
    if (conn_has(c, CONN_TS)) {
        if (p->opts & TCP_OPT_TS && p->ts_ecr) { /* RFC 7323 4.3; a step is 2^10 ticks */
            uint32_t elapsed = options_ts_now(t) - p->ts_ecr;
            if (elapsed < 1u << 17)
                rtt_sample_of(c, elapsed << 10, samples_shift(c));
        }
    } else if (conn_has(c, CONN_RTT) && seq_le(c->rtt_seq, p->ack)) {
        rtt_sample(c, t->now_tk - c->rtt_at);
        conn_clear(c, CONN_RTT);
    }
}

void ack_answers_init(struct tcp *t)
{
    for (uint32_t i = 0; i < TCP_ANSWERS; i++)
        t->answers[i] = (struct tcp_answer){.conn = CONN_NONE, .step = t->now_step - ANSWER_STEPS};
}

/* Connections share the places: each of those that ask in the same half second is answered once, up
 * to a bound that two of them in turns would run into. */
bool ack_answers(struct tcp *t, uint32_t index, const struct pkt_tcp *p)
{
    struct tcp_answer *last = &t->answers[index % TCP_ANSWERS];
    if (p->payload_len || p->flags & (TCP_SYN | TCP_FIN))
        return true;
    if (t->now_step - last->step >= ANSWER_STEPS)
        *last = (struct tcp_answer){.conn = CONN_NONE, .step = t->now_step};
    if (last->conn == index || last->count == ANSWERS_MAX)
        return false;
    last->conn = index;
    last->count++;
    return true;
}

void ack_challenge(struct tcp *t, uint32_t index)
{
    if (!t->challenge_left)
        return;
    t->challenge_left--;
    tcp_count(t, COUNTER_CHALLENGE_ACKS);
    conn_set(&t->conns[index], CONN_ACK_NOW);
    out_add(t, index);
}

void ack_advance(struct conn *c, uint32_t ack)
{
    c->snd_una = ack;
    if (seq_lt(c->snd_nxt, ack)) /* data sent before a time-out arrived after all */
        c->snd_nxt = ack;
}

void ack_take(struct tcp *t, struct conn *c, const struct pkt_tcp *p)
{
    measure_rtt(t, c, p);
    pmtu_acked(c, p->ack - c->snd_una);
    ack_advance(c, p->ack);
    c->retries = 0;
}

void ack_timer(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    if (c->snd_una != c->snd_max) {
        if (c->snd_una == c->snd_lim) /* but for the FIN: no text waits for a window any more */
            conn_clear(c, CONN_PERSIST | CONN_PROBE);
        timer_rto_start(t, index);
        return;
    }
    conn_clear(c, CONN_RTO | CONN_PERSIST | CONN_PROBE);
    conn_clear_more(c, MORE_PTO);
    if (__builtin_expect(t->wheel.count > TIMERS_MANY, 0))
        timer_rest(t, index);
}

static void new_data_acked(struct tcp *t, uint32_t index, const struct pkt_tcp *p)
{
    struct conn *c = &t->conns[index];
    uint32_t acked = p->ack - c->snd_una, flight = c->snd_max - c->snd_una;
    ack_take(t, c, p);
    if (conn_has(c, CONN_RECOVERY)) {
        newreno_acked(t, c, acked);
    } else {
        c->dupacks = 0;
        congestion_acked(t, c, acked, flight);
    }
    ack_timer(t, index);
}

/* RFC 9293 3.10.7.4: only newer segments may move the window. Of equal numbers it may have been any
 * order: one that opens it is taken, and one that closes it, which a probe undoes. */
static void update_window(struct tcp *t, struct conn *c, const struct pkt_tcp *p, bool advanced)
{
    uint32_t window = (uint32_t)p->window << conn_snd_shift(c);
    if (!advanced && !seq_lt(c->snd_wl1, p->seq) &&
        !(c->snd_wl1 == p->seq && (window > c->snd_wnd || !window)))
        return;
    c->snd_wl1 = p->seq;
    if (p->window > c->max_wnd)
        c->max_wnd = p->window;
    if (window && conn_has(c, CONN_PERSIST)) {
        conn_clear(c, CONN_PERSIST | CONN_RTO | CONN_PROBE);
        c->retries = c->backoff = 0;
    }
    if (!window && c->snd_wnd && c->snd_lim != c->snd_una)
        tcp_count(t, COUNTER_ZERO_WINDOW);
    c->snd_wnd = window;
}

/* With SACK only what reports something counts (RFC 6675 2). */
static bool is_duplicate(const struct conn *c, const struct pkt_tcp *p)
{
    if (conn_has_more(c, MORE_SACK) && tcp_sack_count(p->opts) == recovery_tells_twice(p))
        return false;
    return p->ack == c->snd_una && c->snd_una != c->snd_max && !p->payload_len &&
           !(p->flags & (TCP_SYN | TCP_FIN)) &&
           ((uint32_t)p->window << conn_snd_shift(c)) == c->snd_wnd && c->snd_wnd;
}

/* Whether bytes, a FIN or a repair wait that may now be allowed to leave. */
static bool wants_output(const struct conn *c)
{
    return c->snd_nxt != c->snd_lim + (conn_has(c, CONN_FIN) ? 1 : 0) || conn_has(c, CONN_RESEND);
}

/* RFC 5961 5.2, of an ACK of nothing new: of what was not sent, or too old. */
static bool is_unacceptable(const struct conn *c, uint32_t ack)
{
    uint32_t oldest = c->snd_una - ((uint32_t)c->max_wnd << conn_snd_shift(c));
    return seq_lt(c->snd_max, ack) || seq_lt(ack, oldest);
}

/* Returns 0 or -DROP_TCP_BAD_ACK. The connection may be gone afterwards only through `acked`. */
int ack_receive(struct tcp *t, uint32_t index, const struct pkt_tcp *p)
{
    struct conn *c = &t->conns[index];
    bool advanced = ack_advances(c, p->ack);
    if (!advanced && is_unacceptable(c, p->ack)) {
        if (ack_answers(t, index, p))
            ack_challenge(t, index);
        return -DROP_TCP_BAD_ACK;
    }
    if (recovery_listens(t, c, p) && recovery_ack(t, index, p))
        (void)0;
    else if (advanced)
        new_data_acked(t, index, p);
    else if (is_duplicate(c, p))
        newreno_duplicate_ack(t, index);
    if (!advanced && !c->snd_wnd && p->ack == c->snd_una)
        c->retries = 0; /* a closed window that answers lives (RFC 9293 3.8.6.1) */
    if (p->flags & TCP_ECE && conn_has(c, CONN_ECN))
        congestion_notified(t, c);
    if (!seq_lt(p->ack, c->snd_una))
        update_window(t, c, p, advanced);
    if (wants_output(c))
        out_add(t, index);
    if (advanced && t->ops->acked) {
        bool fin_acked = conn_has(c, CONN_FIN) && c->snd_una == c->snd_lim + 1;
        t->ops->acked(t->ctx, index, conn_position(c, c->snd_una) - (fin_acked ? 1 : 0));
    }
    return 0;
}

void ack_predicted(struct tcp *t, uint32_t index, const struct pkt_tcp *p)
{
    struct conn *c = &t->conns[index];
    uint32_t acked = p->ack - c->snd_una, flight = c->snd_max - c->snd_una;
    ack_take(t, c, p);
    c->dupacks = 0;
    congestion_acked(t, c, acked, flight);
    ack_timer(t, index);
    update_window(t, c, p, true);
    if (c->snd_nxt != c->snd_lim)
        out_add(t, index);
    if (t->ops->acked)
        t->ops->acked(t->ctx, index, conn_position(c, c->snd_una));
}
