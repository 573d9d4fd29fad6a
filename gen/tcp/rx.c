/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SEGMENT ARRIVES (RFC 9293 3.10.7), one function a step. A segment of an undisturbed ESTABLISHED
 * connection passes every check of the long way; predict() recognises it first (Jacobson 1990).
 */
#include "tcp/internal.h"

void tcp_reset_for(const struct pkt_tcp *p, struct net_seg *answer)
{
    *answer = (struct net_seg){.src_port = p->dst_port, .dst_port = p->src_port};
    if (p->flags & TCP_RST)
        return;
    if (p->flags & TCP_ACK) { /* 3.10.7.1 */
        answer->seq = p->ack;
        answer->flags = TCP_RST;
    } else {
        answer->ack = p->seq + p->payload_len + !!(p->flags & TCP_SYN) + !!(p->flags & TCP_FIN);
        answer->flags = TCP_RST | TCP_ACK;
    }
}

static void challenge(struct tcp *t, uint32_t index)
{
    if (!t->challenge_left) /* RFC 5961 7 */
        return;
    t->challenge_left--;
    tcp_count(t, COUNTER_CHALLENGE_ACKS);
    conn_set(&t->conns[index], CONN_ACK_NOW);
    out_add(t, index);
}

/* RFC 7323 5.3 R1 and 3.2: old or missing timestamps. */
static int check_timestamp(struct tcp *t, uint32_t index, const struct pkt_tcp *p)
{
    struct conn *c = &t->conns[index];
    if (!conn_has(c, CONN_TS) || p->flags & TCP_RST)
        return 0;
    if (p->opts & TCP_OPT_TS && !seq_lt(p->ts_val, c->ts_recent))
        return 0;
    if (p->opts & TCP_OPT_TS) {
        conn_set(c, CONN_ACK_NOW);
        out_add(t, index);
    }
    return -DROP_TCP_PAWS;
}

/* First check: sequence number (the table of 3.4). */
static int check_sequence(struct tcp *t, uint32_t index, const struct pkt_tcp *p)
{
    struct conn *c = &t->conns[index];
    uint32_t len = p->payload_len + !!(p->flags & TCP_SYN) + !!(p->flags & TCP_FIN);
    uint32_t window = c->rcv_adv - c->rcv_nxt;
    bool starts_inside = p->seq - c->rcv_nxt < window || (p->seq == c->rcv_nxt);
    bool ends_inside = len && p->seq + len - 1 - c->rcv_nxt < window;
    if (starts_inside || ends_inside)
        return 0;
    if (p->flags & TCP_RST)
        return -DROP_TCP_BAD_RST;
    if (c->state == TCP_SYN_RCVD && p->flags & TCP_SYN) { /* our SYN-ACK was lost */
        c->snd_nxt = c->iss;
        out_add(t, index);
        return -DROP_TCP_DUPLICATE;
    }
    conn_set(c, CONN_ACK_NOW);
    out_add(t, index);
    return seq_lt(p->seq, c->rcv_nxt) ? -DROP_TCP_DUPLICATE : -DROP_TCP_OUT_OF_WINDOW;
}

static void record_timestamp(struct conn *c, const struct pkt_tcp *p)
{
    if (conn_has(c, CONN_TS) && p->opts & TCP_OPT_TS && seq_le(p->seq, c->rcv_acked))
        c->ts_recent = p->ts_val; /* RFC 7323 4.3 (2); newness was checked */
}

/* Second check: RST (RFC 5961 3.2). */
static int check_reset(struct tcp *t, uint32_t index, const struct pkt_tcp *p)
{
    struct conn *c = &t->conns[index];
    if (!(p->flags & TCP_RST))
        return 0;
    if (p->seq != c->rcv_nxt) {
        challenge(t, index);
        return -DROP_TCP_BAD_RST;
    }
    tcp_count(t, COUNTER_RST_RECEIVED);
    conn_end(t, index, TCP_EVENT_RESET);
    return -DROP_NONE;
}

/* Fourth check: SYN (RFC 5961 4.2). */
static int check_syn(struct tcp *t, uint32_t index, const struct pkt_tcp *p)
{
    if (!(p->flags & TCP_SYN))
        return 0;
    challenge(t, index);
    return -DROP_TCP_BAD_SYN;
}

static void established(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    c->retries = c->backoff = 0;
    conn_clear(c, CONN_RTO);
    if (conn_has(c, CONN_PASSIVE))
        tcp_count(t, COUNTER_ACCEPTS);
    c->state = conn_has(c, CONN_FIN) ? TCP_FIN_WAIT_1 : TCP_ESTABLISHED;
    if (c->snd_nxt != c->snd_lim || conn_has(c, CONN_FIN))
        out_add(t, index);
    t->ops->event(t->ctx, index, TCP_EVENT_OPEN);
}

/* Fifth check in SYN-RECEIVED. */
static int check_handshake_ack(struct tcp *t, uint32_t index, const struct pkt_tcp *p,
                               struct net_seg *answer)
{
    struct conn *c = &t->conns[index];
    if (p->ack != c->iss + 1) {
        tcp_reset_for(p, answer);
        return -DROP_TCP_BAD_ACK;
    }
    t->half_open--;
    c->snd_una = p->ack;
    if (seq_lt(c->snd_nxt, c->snd_una))
        c->snd_nxt = c->snd_una;
    c->snd_wnd = (uint32_t)p->window << conn_snd_shift(c);
    c->max_wnd = p->window;
    c->snd_wl1 = p->seq;
    if (!c->retries && c->rtt_at)
        rtt_sample(c, t->now_tk - c->rtt_at);
    established(t, index);
    return 0;
}

/* What the acknowledgement of our FIN leads to. True: the connection is over. */
static bool fin_acknowledged(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    if (!conn_has(c, CONN_FIN) || c->snd_una != c->snd_lim + 1)
        return false;
    if (c->state == TCP_FIN_WAIT_1) {
        c->state = TCP_FIN_WAIT_2;
        c->rto_at = t->now_tk + t->cfg.time_wait_tk;
        conn_set(c, CONN_RTO);
        timer_arm(t, index, c->rto_at);
        return false;
    }
    if (c->state == TCP_CLOSING)
        conn_time_wait(t, index);
    else if (c->state == TCP_LAST_ACK)
        conn_end(t, index, TCP_EVENT_CLOSED);
    else
        return false;
    return true;
}

static int rx_synchronized(struct tcp *t, uint32_t index, const struct pkt_tcp *p,
                           struct net_seg *answer)
{
    struct conn *c = &t->conns[index];
    int drop = check_timestamp(t, index, p);
    if (!drop)
        drop = check_sequence(t, index, p);
    if (drop)
        return drop;
    if (p->flags & TCP_RST)
        return check_reset(t, index, p);
    record_timestamp(c, p);
    drop = check_syn(t, index, p);
    if (drop)
        return drop;
    if (!(p->flags & TCP_ACK)) /* fifth check: no ACK, no entry */
        return -DROP_TCP_STATE;
    drop = c->state == TCP_SYN_RCVD ? check_handshake_ack(t, index, p, answer)
                                    : ack_receive(t, index, p);
    if (drop || c->state == TCP_CLOSED || c->state >= TCP_ABORTED)
        return drop;
    if (fin_acknowledged(t, index))
        return 0;
    return text_receive(t, index, p);
}

/* 3.10.7.3 SYN-SENT. */
static int rx_syn_sent(struct tcp *t, uint32_t index, const struct pkt_tcp *p,
                       struct net_seg *answer)
{
    struct conn *c = &t->conns[index];
    if (p->flags & TCP_ACK && p->ack != c->iss + 1) {
        tcp_reset_for(p, answer);
        return -DROP_TCP_BAD_ACK;
    }
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
    conn_set(c, CONN_ACK_NOW);
    out_add(t, index);
    if (!(p->flags & TCP_ACK)) { /* simultaneous open */
        c->state = TCP_SYN_RCVD;
        t->half_open++;
        c->snd_nxt = c->iss;
        return 0;
    }
    if (!c->retries && c->rtt_at)
        rtt_sample(c, t->now_tk - c->rtt_at);
    c->snd_una = p->ack;
    if (seq_lt(c->snd_nxt, c->snd_una))
        c->snd_nxt = c->snd_una;
    established(t, index);
    return 0;
}

/* 3.10.7.2 LISTEN. */
static int rx_listen(struct tcp *t, uint32_t path, uint16_t mss, const struct pkt_tcp *p)
{
    if (t->half_open >= t->cfg.half_open)
        return -DROP_TCP_BACKLOG;
    uint32_t index = conn_new(t, path, p->dst_port, p->src_port, mss, TCP_SYN_RCVD);
    if (index == CONN_NONE)
        return -DROP_TCP_NO_CONN_SLOT;
    struct conn *c = &t->conns[index];
    t->half_open++;
    conn_set(c, CONN_PASSIVE);
    c->rcv_nxt = c->rcv_acked = p->seq + 1;
    c->rcv_adv = c->rcv_nxt + (t->cfg.window < UINT16_MAX ? t->cfg.window : UINT16_MAX);
    options_agree(t, c, p);
    return 0;
}

/* A segment for a tuple in TIME-WAIT: *reuse when a new SYN may take it (RFC 9293 3.10.7.4, RFC
 * 6191), otherwise the answer that the wait is there for. */
static int rx_time_wait(struct tcp *t, uint32_t slot, const struct pkt_tcp *p,
                        struct net_seg *answer, bool *reuse)
{
    struct time_wait *w = &t->time_wait.slots[slot];
    bool newer_ts = w->ts && p->opts & TCP_OPT_TS && seq_lt(w->ts_recent, p->ts_val);
    if ((p->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN &&
        (newer_ts || seq_lt(w->rcv_nxt, p->seq))) {
        *reuse = true;
        return 0;
    }
    if (p->flags & TCP_RST) /* RFC 1337: no assassination */
        return -DROP_TCP_TIME_WAIT;
    if (p->flags & TCP_FIN)
        w->expire_tk = t->now_tk + t->cfg.time_wait_tk;
    *answer = (struct net_seg){.src_port = p->dst_port, .dst_port = p->src_port,
                               .seq = w->snd_nxt, .ack = w->rcv_nxt, .flags = TCP_ACK};
    if (w->ts) {
        answer->opts = TCP_OPT_TS;
        answer->ts_val = p->ts_ecr; /* our clock's last value that the peer knows */
        answer->ts_ecr = w->ts_recent;
    }
    return -DROP_TCP_TIME_WAIT;
}

/* Header prediction: in order, nothing but ACK and data, nothing stored, nothing in repair. */
static bool predict(const struct conn *c, const struct pkt_tcp *p)
{
    const uint16_t special = CONN_RECOVERY | CONN_RESEND | CONN_PERSIST | CONN_PAUSED;
    return c->state == TCP_ESTABLISHED && (p->flags & ~TCP_PSH) == TCP_ACK &&
           p->seq == c->rcv_nxt && p->payload_len <= c->rcv_adv - c->rcv_nxt &&
           c->ooo == OOO_NONE && !conn_has(c, special) &&
           p->opts == (conn_has(c, CONN_TS) ? TCP_OPT_TS : 0) &&
           (!conn_has(c, CONN_TS) || !seq_lt(p->ts_val, c->ts_recent));
}

static int rx_conn(struct tcp *t, uint32_t index, const struct pkt_tcp *p, struct net_seg *answer)
{
    struct conn *c = &t->conns[index];
    if (predict(c, p)) {
        record_timestamp(c, p);
        int drop = ack_receive(t, index, p);
        if (drop || c->state == TCP_CLOSED || c->state >= TCP_ABORTED)
            return drop;
        return text_receive(t, index, p);
    }
    return c->state == TCP_SYN_SENT ? rx_syn_sent(t, index, p, answer)
                                    : rx_synchronized(t, index, p, answer);
}

/* The flow table's index for a tuple; FLOW_NONE: none. */
static uint32_t find(const struct tcp *t, uint64_t key, uint32_t hash)
{
    uint32_t at = hash & t->flows.mask, index;
    while ((index = flow_probe(&t->flows, hash, &at)) != FLOW_NONE) {
        uint64_t found = index & FLOW_TIME_WAIT ? t->time_wait.slots[index & ~FLOW_TIME_WAIT].key
                                                : conn_key(&t->conns[index]);
        if (found == key)
            return index;
        at = (at + 1) & t->flows.mask;
    }
    return FLOW_NONE;
}

static uint64_t key_of(uint32_t path, uint16_t lport, uint16_t rport)
{
    return (uint64_t)path << 32 | (uint32_t)lport << 16 | rport;
}

int tcp_rx(struct tcp *t, uint32_t path, uint16_t mss, uint32_t hash, const struct pkt_tcp *p,
           struct net_seg *answer)
{
    answer->flags = 0;
    tcp_count(t, COUNTER_SEGMENTS_RX);
    uint32_t index = find(t, key_of(path, p->dst_port, p->src_port), hash);
    if (index < FLOW_TIME_WAIT) {
        t->busy = index;
        int drop = rx_conn(t, index, p, answer);
        conn_release_busy(t);
        return drop;
    }
    if (index != FLOW_NONE) {
        bool reuse = false;
        int drop = rx_time_wait(t, index & ~FLOW_TIME_WAIT, p, answer, &reuse);
        if (!reuse)
            return drop;
        time_wait_remove(&t->time_wait, &t->flows, index & ~FLOW_TIME_WAIT);
        tcp_count(t, COUNTER_TIME_WAIT_REUSED);
    }
    if (tcp_listens(t, p->dst_port) && (p->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN)
        return rx_listen(t, path, mss, p);
    tcp_reset_for(p, answer);
    if (answer->flags)
        tcp_count(t, COUNTER_RST_SENT);
    return -DROP_TCP_NO_CONN;
}

bool tcp_tuple_free(struct tcp *t, uint32_t path, uint16_t lport, uint16_t rport)
{
    uint32_t hash = tcp_hash(t, path, lport, rport);
    uint32_t index = find(t, key_of(path, lport, rport), hash);
    if (index == FLOW_NONE)
        return true;
    if (index < FLOW_TIME_WAIT)
        return false;
    const struct time_wait *w = &t->time_wait.slots[index & ~FLOW_TIME_WAIT];
    /* RFC 9293 3.6.1, RFC 7323 appendix B.2: a newer timestamp tells the new connection apart. */
    int32_t waited = (int32_t)t->cfg.time_wait_tk - (int32_t)(w->expire_tk - t->now_tk);
    return w->ts && waited > 2 << (TCP_STEP_SHIFT - TCP_TICK_SHIFT);
}

uint32_t tcp_open(struct tcp *t, uint32_t path, uint16_t lport, uint16_t rport, uint16_t mss,
                  uint32_t app)
{
    uint32_t hash = tcp_hash(t, path, lport, rport);
    uint32_t old = find(t, key_of(path, lport, rport), hash);
    struct time_wait last = {0};
    if (old != FLOW_NONE) {
        if (!tcp_tuple_free(t, path, lport, rport))
            return CONN_NONE;
        last = t->time_wait.slots[old & ~FLOW_TIME_WAIT];
        time_wait_remove(&t->time_wait, &t->flows, old & ~FLOW_TIME_WAIT);
        tcp_count(t, COUNTER_TIME_WAIT_REUSED);
    }
    uint32_t index = conn_new(t, path, lport, rport, mss, TCP_SYN_SENT);
    if (index == CONN_NONE)
        return CONN_NONE;
    struct conn *c = &t->conns[index];
    c->app = app;
    if (last.live) { /* beyond everything that the old one sent (RFC 6191 2) */
        c->iss = c->snd_una = c->snd_nxt = c->snd_max = c->recover = last.snd_nxt + 65537;
        c->snd_lim = c->iss + 1;
    }
    return index;
}
