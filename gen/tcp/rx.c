/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SEGMENT ARRIVES (RFC 9293 3.10.7), one function a step. A segment of an undisturbed ESTABLISHED
 * connection passes every check of the long way; predict() recognises it first (Jacobson 1990).
 */
#include "tcp/internal.h"

#define FIN_WAIT_2_TK (uint32_t)(60000000000ull >> TCP_TICK_SHIFT) /* 60 s of silence */
#define OVERTAKEN     128 /* timestamps of about 1 ms */

/* 3.10.7.1; flags stay 0 for a reset. */
static void reset_for(const struct pkt_tcp *p, struct net_seg *answer)
{
    *answer = (struct net_seg){.src_port = p->dst_port, .dst_port = p->src_port};
    if (p->flags & TCP_RST)
        return;
    if (p->flags & TCP_ACK) {
        answer->seq = p->ack;
        answer->flags = TCP_RST;
    } else {
        answer->ack = p->seq + p->payload_len + !!(p->flags & TCP_SYN) + !!(p->flags & TCP_FIN);
        answer->flags = TCP_RST | TCP_ACK;
    }
}

int rx_reset(struct tcp *t, const struct pkt_tcp *p, struct net_seg *answer, enum drop why)
{
    reset_for(p, answer);
    if (answer->flags)
        tcp_count(t, COUNTER_RST_SENT);
    return -(int)why;
}

static bool has_old_timestamp(const struct tcp *t, const struct conn *c, const struct pkt_tcp *p)
{
    return seq_lt(p->ts_val, c->ts_recent) && !options_ts_outdated(t, c);
}

/* A repair that filled a hole is newer than the text behind it that was sent before and comes later: R1
 * would discard that, "unnecessarily", and its repair the next. Where segments lately came out of order,
 * text is let through that is a little older: what PAWS is for left three quarters of the numbers earlier,
 * 250 ms at 100 Gbit/s. */
static bool was_overtaken(const struct conn *c, const struct pkt_tcp *p)
{
    return conn_is_disordered(c) && p->payload_len && !seq_lt(p->ts_val + OVERTAKEN, c->ts_recent);
}

/* RFC 7323 5.3 R1 and 3.2: old or missing timestamps. */
static int check_timestamp(struct tcp *t, uint32_t index, const struct pkt_tcp *p)
{
    struct conn *c = &t->conns[index];
    if (!conn_has(c, CONN_TS) || p->flags & TCP_RST)
        return 0;
    if (p->opts & TCP_OPT_TS && (!has_old_timestamp(t, c, p) || was_overtaken(c, p)))
        return 0;
    if (p->opts & TCP_OPT_TS && ack_answers(t, index, p)) {
        conn_set(c, CONN_ACK_NOW);
        out_add(t, index);
        if (seq_lt(p->seq, c->rcv_nxt)) /* a repair overtaken: the sender learns that it was needless */
            sack_note_twice(t, c, p->seq, p->seq + p->payload_len);
    }
    return -DROP_TCP_PAWS;
}

static void record_timestamp(const struct tcp *t, struct conn *c, const struct pkt_tcp *p)
{
    if (conn_has(c, CONN_TS) && p->opts & TCP_OPT_TS && seq_le(p->seq, c->rcv_acked))
        options_ts_keep(t, c, p->ts_val); /* RFC 7323 4.3 (2); newness was checked */
}

static void record_if_new(const struct tcp *t, struct conn *c, const struct pkt_tcp *p)
{
    if (!has_old_timestamp(t, c, p))
        record_timestamp(t, c, p);
}

/* Whether our SYN is acknowledged, and was sent at all. */
static bool acks_syn(const struct conn *c, const struct pkt_tcp *p)
{
    return p->flags & TCP_ACK && p->ack == c->iss + 1 && c->snd_max == c->iss + 1;
}

/* A SYN again before we are synchronized: the peer's answer in a simultaneous open acknowledges ours
 * (RFC 9293 3.5, figure 8); any other says that our SYN-ACK was lost. */
static int syn_again(struct tcp *t, uint32_t index, const struct pkt_tcp *p)
{
    struct conn *c = &t->conns[index];
    if (p->seq + 1 == c->rcv_nxt && acks_syn(c, p))
        return 0;
    ecn_agree(t, c, p);
    c->snd_nxt = c->iss;
    out_add(t, index);
    return -DROP_TCP_DUPLICATE;
}

/* First check: sequence number (the table of 3.4; a bare ACK at the very edge of the window comes
 * from a peer that filled it). */
static int check_sequence(struct tcp *t, uint32_t index, const struct pkt_tcp *p)
{
    struct conn *c = &t->conns[index];
    uint32_t len = p->payload_len + !!(p->flags & TCP_SYN) + !!(p->flags & TCP_FIN);
    uint32_t window = c->rcv_adv - c->rcv_nxt;
    bool starts_inside = p->seq - c->rcv_nxt <= window;
    bool ends_inside = len && p->seq + len - 1 - c->rcv_nxt < window;
    if (starts_inside || ends_inside)
        return 0;
    if (p->flags & TCP_RST)
        return -DROP_TCP_BAD_RST;
    if (c->state == TCP_SYN_RCVD && p->flags & TCP_SYN)
        return syn_again(t, index, p);
    if (ack_answers(t, index, p)) {
        conn_set(c, CONN_ACK_NOW);
        out_add(t, index);
    }
    if (!seq_lt(p->seq, c->rcv_nxt))
        return -DROP_TCP_OUT_OF_WINDOW;
    sack_note_twice(t, c, p->seq, p->seq + p->payload_len);
    if (p->payload_len && c->state != TCP_SYN_RCVD)
        c->quick_acks = QUICK_ACKS;
    /* Our ACK was lost: the next one echoes the segment sent again, or the peer would take the
     * whole time since the first for a round trip. Very old numbers may be forged. */
    if (c->rcv_nxt - p->seq <= t->cfg.window)
        record_if_new(t, c, p);
    return -DROP_TCP_DUPLICATE;
}

/* What a reset means: with all text exchanged and acknowledged only the peer's memory of our FIN
 * is missing. */
static enum tcp_event reset_event(const struct conn *c)
{
    if (c->state == TCP_SYN_RCVD)
        return TCP_EVENT_REFUSED;
    bool said_all = (c->state == TCP_CLOSING || c->state == TCP_LAST_ACK) && c->snd_una == c->snd_lim;
    return said_all ? TCP_EVENT_CLOSED : TCP_EVENT_RESET;
}

/* Second check: RST (RFC 5961 3.2). */
static int check_reset(struct tcp *t, uint32_t index, const struct pkt_tcp *p)
{
    struct conn *c = &t->conns[index];
    if (!(p->flags & TCP_RST))
        return 0;
    if (p->seq != c->rcv_nxt) {
        ack_challenge(t, index);
        return -DROP_TCP_BAD_RST;
    }
    tcp_count(t, COUNTER_RST_RECEIVED);
    conn_end(t, index, reset_event(c));
    return -DROP_NONE;
}

/* Fourth check: SYN (RFC 9293 3.10.7.4, RFC 5961 4.2). */
static int check_syn(struct tcp *t, uint32_t index, const struct pkt_tcp *p)
{
    const struct conn *c = &t->conns[index];
    if (!(p->flags & TCP_SYN) || (c->state == TCP_SYN_RCVD && p->seq + 1 == c->rcv_nxt))
        return 0; /* the latter: see syn_again */
    if (c->state == TCP_SYN_RCVD && conn_has(c, CONN_PASSIVE))
        conn_end(t, index, TCP_EVENT_RESET); /* back to LISTEN; nobody knew of it */
    else
        ack_challenge(t, index);
    return -DROP_TCP_BAD_SYN;
}

/* RFC 5681 3.1, RFC 6298 5.7. */
static void syn_was_lost(const struct tcp *t, struct conn *c)
{
    if (congestion_is_on(t))
        c->cwnd = c->mss;
    rtt_be_cautious(t, c);
}

/* Text that comes with it wants a deadline at once, which finds the node in the wheel; else see
 * timer_rest. */
static void established(struct tcp *t, uint32_t index, bool text)
{
    struct conn *c = &t->conns[index];
    if (!c->retries)
        rtt_sample(c, t->now_tk - c->rtt_at);
    else
        syn_was_lost(t, c);
    c->retries = c->backoff = 0;
    conn_clear(c, CONN_RTO);
    if (conn_has(c, CONN_PASSIVE))
        tcp_count(t, COUNTER_ACCEPTS);
    c->reorder = c->quick_acks = 0;
    c->state = conn_has(c, CONN_FIN) ? TCP_FIN_WAIT_1 : TCP_ESTABLISHED;
    if (c->snd_nxt != c->snd_lim || conn_has(c, CONN_FIN))
        out_add(t, index);
    t->ops->event(t->ctx, index, TCP_EVENT_OPEN);
    if (!text)
        timer_rest(t, index);
}

/* Fifth check in SYN-RECEIVED. */
static int check_handshake_ack(struct tcp *t, uint32_t index, const struct pkt_tcp *p,
                               struct net_seg *answer)
{
    struct conn *c = &t->conns[index];
    if (!acks_syn(c, p))
        return rx_reset(t, p, answer, DROP_TCP_BAD_ACK);
    t->half_open--;
    ack_advance(c, p->ack);
    c->snd_wnd = (uint32_t)p->window << conn_snd_shift(c);
    c->max_wnd = p->window;
    c->snd_wl1 = p->seq;
    established(t, index, p->payload_len);
    return 0;
}

/* Waiting for the peer's FIN, and for each of its segments before. */
static void await_fin(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    c->rto_at = t->now_tk + FIN_WAIT_2_TK;
    conn_set(c, CONN_RTO);
    timer_arm(t, index, c->rto_at);
}

/* What the acknowledgement of our FIN leads to. True: the connection is over. */
static bool fin_acknowledged(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    if (!conn_has(c, CONN_FIN) || c->snd_una != c->snd_lim + 1)
        return false;
    uint8_t move = conn_rule(c)->on_fin_acked;
    if (move == TCP_MOVE_TIME_WAIT) {
        conn_time_wait(t, index);
        return true;
    }
    if (move == TCP_MOVE_END) {
        conn_end(t, index, TCP_EVENT_CLOSED);
        return true;
    }
    if (move != TCP_MOVE_NONE) {
        c->state = move;
        await_fin(t, index);
    }
    return false;
}

/* From the fifth check on, for an ACK that passed the others and is recorded. */
static inline int rx_acceptable(struct tcp *t, uint32_t index, const struct pkt_tcp *p,
                                struct net_seg *answer)
{
    struct conn *c = &t->conns[index];
    int drop = c->state == TCP_SYN_RCVD ? check_handshake_ack(t, index, p, answer)
                                        : ack_receive(t, index, p);
    if (drop || !conn_is_alive(c) || p->flags & TCP_SYN)
        return drop;
    if (fin_acknowledged(t, index))
        return 0;
    return text_receive(t, index, p);
}

/* Not inlined: the straight path beside it needs fewer instructions so. */
static __attribute__((noinline)) int rx_synchronized(struct tcp *t, uint32_t index,
                                                     const struct pkt_tcp *p, struct net_seg *answer)
{
    struct conn *c = &t->conns[index];
    int drop = check_timestamp(t, index, p);
    if (!drop)
        drop = check_sequence(t, index, p);
    if (drop)
        return drop;
    if (p->flags & TCP_RST)
        return check_reset(t, index, p);
    record_if_new(t, c, p);
    drop = check_syn(t, index, p);
    if (drop)
        return drop;
    if (!(p->flags & TCP_ACK)) /* fifth check: no ACK, no entry */
        return -DROP_TCP_STATE;
    return rx_acceptable(t, index, p, answer);
}

/* 3.10.7.3 SYN-SENT. */
static int rx_syn_sent(struct tcp *t, uint32_t index, const struct pkt_tcp *p,
                       struct net_seg *answer)
{
    struct conn *c = &t->conns[index];
    if (p->flags & TCP_ACK && !acks_syn(c, p))
        return rx_reset(t, p, answer, DROP_TCP_BAD_ACK);
    if (p->flags & TCP_RST) {
        if (!(p->flags & TCP_ACK))
            return -DROP_TCP_BAD_RST;
        tcp_count(t, COUNTER_RST_RECEIVED);
        conn_end(t, index, TCP_EVENT_REFUSED);
        return 0;
    }
    if (!(p->flags & TCP_SYN))
        return -DROP_TCP_STATE;
    c->rcv_nxt = c->rcv_acked = p->seq + 1;
    c->rcv_adv = c->rcv_nxt + (t->cfg.window < UINT16_MAX ? t->cfg.window : UINT16_MAX);
    options_agree(t, c, p);
    ecn_agree(t, c, p);
    conn_set(c, CONN_ACK_NOW);
    out_add(t, index);
    if (!(p->flags & TCP_ACK)) { /* simultaneous open */
        c->state = TCP_SYN_RCVD;
        t->half_open++;
        c->snd_nxt = c->iss;
        return 0;
    }
    ack_advance(c, p->ack);
    established(t, index, false);
    return 0;
}

/* What lies beside a connection may be CUBIC's state only: nothing stored, nothing in repair. */
static bool is_calm(const struct side *s)
{
    return !s || !(side_repairs(s) || side_reports(s));
}

/* Header prediction: in order, nothing but ACK, data and FIN, nothing disturbed. All that the long way
 * checks before the ACK field holds then, in any synchronized state. */
static bool predict(const struct tcp *t, const struct conn *c, const struct pkt_tcp *p)
{
    const uint16_t special = CONN_RECOVERY | CONN_RESEND | CONN_PERSIST | CONN_PAUSED;
    return (p->flags & ~(TCP_PSH | TCP_FIN)) == TCP_ACK && p->seq == c->rcv_nxt &&
           p->payload_len <= c->rcv_adv - c->rcv_nxt && !conn_has(c, special) &&
           is_calm(conn_side(t, c)) && p->opts == (conn_has(c, CONN_TS) ? TCP_OPT_TS : 0) &&
           (!conn_has(c, CONN_TS) || !seq_lt(p->ts_val, c->ts_recent));
}

/* Text of a peer that acknowledges and allows what it did before, as in a transfer one way: of all that
 * ack_receive does only the note that it is newer is left. */
static bool ack_repeats(struct conn *c, const struct pkt_tcp *p)
{
    uint32_t window = (uint32_t)p->window << conn_snd_shift(c);
    if (p->ack != c->snd_una || window != c->snd_wnd || !window || !p->payload_len)
        return false;
    c->snd_wl1 = p->seq;
    return true;
}

/* Whether nothing is left to be said or heard after this one: it acknowledges our FIN where the peer's is
 * here already, or comes with it. */
static bool is_farewell(const struct conn *c, const struct pkt_tcp *p)
{
    bool answers = c->state == TCP_LAST_ACK || (c->state == TCP_FIN_WAIT_1 && p->flags & TCP_FIN);
    return answers && conn_has(c, CONN_FIN) && p->ack == c->snd_lim + 1 && c->snd_max == p->ack &&
           c->snd_una != p->ack && !p->payload_len;
}

/* Round-trip time, windows and deadlines are of no more use. */
static void rx_farewell(struct tcp *t, uint32_t index, const struct pkt_tcp *p)
{
    struct conn *c = &t->conns[index];
    ack_advance(c, p->ack);
    if (t->ops->acked) {
        t->ops->acked(t->ctx, index, conn_position(c, c->snd_una) - 1);
        if (!conn_is_alive(c))
            return;
    }
    if (c->state == TCP_LAST_ACK) {
        conn_end(t, index, TCP_EVENT_CLOSED);
        return;
    }
    c->rcv_nxt++;
    conn_time_wait(t, index);
}

/* The peer closes, and acknowledges what was new, if anything. */
static int rx_peer_closes(struct tcp *t, uint32_t index, const struct pkt_tcp *p)
{
    struct conn *c = &t->conns[index];
    if (ack_advances(c, p->ack))
        ack_predicted(t, index, p);
    else if (ack_receive(t, index, p))
        return -DROP_TCP_BAD_ACK;
    if (conn_is_alive(c))
        fin_receive(t, index);
    return 0;
}

/* Predicted, in another state than ESTABLISHED or with a FIN. */
static __attribute__((noinline)) int rx_begins_or_ends(struct tcp *t, uint32_t index,
                                                       const struct pkt_tcp *p, struct net_seg *answer)
{
    struct conn *c = &t->conns[index];
    int drop = 0;
    if (is_farewell(c, p))
        rx_farewell(t, index, p);
    else if (c->state == TCP_ESTABLISHED && !p->payload_len)
        drop = rx_peer_closes(t, index, p);
    else
        drop = rx_acceptable(t, index, p, answer);
    side_settle(t, c);
    return drop;
}

static int receive(struct tcp *t, uint32_t index, const struct pkt_tcp *p, struct net_seg *answer)
{
    struct conn *c = &t->conns[index];
    if (c->state == TCP_SYN_SENT) {
        int drop = rx_syn_sent(t, index, p, answer);
        side_settle(t, c); /* what the segment left idle */
        return drop;
    }
    if (!predict(t, c, p)) {
        int drop = rx_synchronized(t, index, p, answer);
        side_settle(t, c);
        return drop;
    }
    record_timestamp(t, c, p);
    if (c->state != TCP_ESTABLISHED || p->flags & TCP_FIN)
        return rx_begins_or_ends(t, index, p, answer);
    int drop = 0;
    if (ack_advances(c, p->ack))
        ack_predicted(t, index, p);
    else if (!ack_repeats(c, p))
        drop = ack_receive(t, index, p);
    return drop || !conn_is_alive(c) ? drop : text_predicted(t, index, p);
}

int rx_conn(struct tcp *t, uint32_t index, const struct pkt_tcp *p, struct net_seg *answer)
{
    int drop = receive(t, index, p, answer);
    /* Repeated text, a keep-alive of the peer's among it, is a sign of life too. */
    if (t->cfg.keepalive_tk && (!drop || drop == -DROP_TCP_DUPLICATE))
        keepalive_heard(t, index);
    return drop;
}
