/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which segment a connection sends next (RFC 9293 3.7, 3.8; RFC 5681 3). Asked again until it says
 * none; builds a description, the owner makes the frame.
 */
#include "tcp/internal.h"

/* RFC 9293 3.8.6.2.2: where less than a segment is open, the edge waits for a worthwhile step. (With
 * more open nobody is tempted to send a small one, and a window that stays the same lets the peer
 * recognise our ACKs at a glance.) */
static inline bool is_silly(const struct tcp *t, const struct conn *c, int32_t open, int32_t more)
{
    if (__builtin_expect((uint32_t)open >= c->mss, 1))
        return false;
    return more < (int32_t)(t->cfg.window / 2 < c->mss ? t->cfg.window / 2 : c->mss);
}

/* The window field, and with it a promise: the right edge never moves left (RFC 9293 3.8.6). What was
 * promised may be one less than what came: a FIN needs no window. */
static inline uint16_t advertise(const struct tcp *t, struct conn *c)
{
    int32_t open = (int32_t)(c->rcv_adv - c->rcv_nxt);
    int32_t window = conn_has(c, CONN_PAUSED) ? 0 : (int32_t)t->cfg.window;
    if (window < open || is_silly(t, c, open, window - open))
        window = open;
    uint32_t shift = conn_rcv_shift(c), field = (uint32_t)window >> shift;
    if (field > UINT16_MAX)
        field = UINT16_MAX;
    if ((int32_t)(field << shift) > open)
        c->rcv_adv = c->rcv_nxt + (field << shift);
    return (uint16_t)field;
}

static inline void add_timestamp(const struct tcp *t, const struct conn *c, struct net_seg *h)
{
    h->opts |= TCP_OPT_TS;
    h->ts_val = options_ts_now(t);
    h->ts_ecr = c->ts_recent;
}

/* What is advertised and echoed when a segment leaves. */
static inline void complete(const struct tcp *t, struct conn *c, struct tcp_seg *out)
{
    out->h.window = advertise(t, c);
    if (conn_has(c, CONN_TS))
        add_timestamp(t, c, &out->h);
}

/* The fields that every segment of a synchronized connection shares; the ACK duty is done. What
 * belongs to an option is left as it is: `opts` says that none is there. */
static void describe(struct tcp *t, struct conn *c, uint32_t index, uint32_t seq, uint8_t flags,
                     struct tcp_seg *out)
{
    struct net_seg *h = &out->h;
    h->src_port = c->lport;
    h->dst_port = c->rport;
    h->seq = seq;
    h->ack = 0;
    h->window = 0;
    h->flags = flags;
    h->opts = h->ecn = 0;
    out->conn = index;
    out->path = c->path;
    out->pos = 0;
    out->len = 0;
    out->last = false;
    if (flags & TCP_ACK) {
        h->ack = c->rcv_acked = c->rcv_nxt;
        conn_clear(c, CONN_ACK_NOW | CONN_ACK_LATER);
    }
    tcp_count(t, COUNTER_SEGMENTS_TX);
}

static bool output_syn(struct tcp *t, uint32_t index, struct tcp_seg *out)
{
    struct conn *c = &t->conns[index];
    bool passive = c->state == TCP_SYN_RCVD;
    if (c->snd_nxt != c->iss)
        return false;
    uint8_t flags = passive ? TCP_SYN | TCP_ACK : TCP_SYN;
    describe(t, c, index, c->iss, flags | ecn_of_syn(t, c), out);
    out->h.window = (uint16_t)(t->cfg.window < UINT16_MAX ? t->cfg.window : UINT16_MAX);
    out->h.opts = TCP_OPT_MSS;
    out->h.mss = c->offer_mss;
    if (!passive || c->wscale) { /* RFC 7323 2.2: only in answer to one */
        out->h.opts |= TCP_OPT_WSCALE;
        out->h.wscale = t->cfg.window_scale;
    }
    if (passive ? conn_has(c, CONN_TS) : t->cfg.timestamps)
        add_timestamp(t, c, &out->h);
    if (passive ? conn_has_more(c, MORE_SACK) : t->cfg.sack)
        out->h.opts |= TCP_OPT_SACK_OK;
    if (c->snd_max == c->iss)
        c->rtt_at = t->now_tk;
    else
        tcp_count(t, COUNTER_RETRANSMITS);
    c->snd_nxt = c->snd_max = c->iss + 1;
    if (!conn_has(c, CONN_RTO))
        timer_rto_start(t, index);
    out->last = true;
    return true;
}

/* RFC 9293 3.7.4: a small segment waits while something is under way. The last one, which the FIN
 * goes with, would wait for nothing that could join it. */
static bool is_nagled(const struct tcp *t, const struct conn *c, uint32_t seq)
{
    return t->cfg.nagle && seq != c->snd_una && !conn_has(c, CONN_FIN);
}

/* Bytes from `seq` that window and congestion window allow now, at most one full segment. */
static uint32_t sendable(const struct tcp *t, const struct conn *c, uint32_t seq, uint32_t full)
{
    if (!seq_lt(seq, c->snd_lim))
        return 0;
    uint32_t waiting = c->snd_lim - seq;
    uint32_t allowed = c->cwnd, used = seq - c->snd_una;
    if (recovery_counts(t, c)) /* what is not under way any more makes room */
        allowed += used - recovery_flight(t, c);
    else if (!conn_has(c, CONN_RECOVERY) && c->dupacks) /* RFC 3042 limited transmit */
        allowed += (c->dupacks < 2 ? c->dupacks : 2u) * c->mss;
    if (c->snd_wnd < allowed)
        allowed = c->snd_wnd;
    if (allowed <= used)
        return 0;
    uint32_t len = allowed - used < waiting ? allowed - used : waiting;
    if (len >= full)
        return full;
    if (is_nagled(t, c, seq))
        return 0;
    /* Silly window avoidance (RFC 9293 3.8.6.2.1): a part only as all there is, or half of the
     * largest window, or when nothing is under way that would open more. */
    uint32_t half = ((uint32_t)c->max_wnd << conn_snd_shift(c)) / 2;
    return len == waiting || len >= half || !used ? len : 0;
}

/* Nothing may leave and nothing is under way: only a probe finds out when the window opens. */
static void start_persist(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    if (c->snd_wnd || c->snd_lim == c->snd_una || c->snd_nxt != c->snd_una ||
        conn_has(c, CONN_PERSIST))
        return;
    conn_set(c, CONN_PERSIST);
    c->retries = c->backoff = 0;
    timer_rto_start(t, index);
}

/* Data stays behind: which of the two windows was it? */
static void count_wait(struct tcp *t, const struct conn *c)
{
    bool gathers = is_nagled(t, c, c->snd_nxt) && c->snd_lim - c->snd_nxt < c->mss;
    if (seq_lt(c->snd_nxt, c->snd_lim) && !gathers)
        tcp_count(t, c->snd_wnd <= c->cwnd ? COUNTER_WINDOW_WAITS : COUNTER_CWND_WAITS);
}

/* Text that leaves for the first time; what was sent before lies below snd_max. */
static void count_new_text(struct tcp *t, const struct conn *c, uint32_t end_of_text)
{
    if (seq_lt(c->snd_max, end_of_text))
        t->count[COUNTER_PAYLOAD_SENT] += end_of_text - c->snd_max;
}

/* Without timestamps one segment a round trip is timed; with them the time only tells how long
 * nothing was sent (congestion_resume). */
static void time_new_text(const struct tcp *t, struct conn *c, uint32_t end)
{
    if (conn_has(c, CONN_RTT))
        return;
    c->rtt_at = t->now_tk;
    if (conn_has(c, CONN_TS | CONN_RECOVERY))
        return;
    conn_set(c, CONN_RTT);
    c->rtt_seq = end;
}

/* The deadline of what has just left, with `before` bytes under way ahead of it. `again`: the first
 * that is not acknowledged was sent again, which gives it a round trip more. */
static inline void timer_of_sent(struct tcp *t, uint32_t index, uint32_t before, bool again)
{
    const struct conn *c = &t->conns[index];
    if (!conn_has(c, CONN_RTO) || conn_has_more(c, MORE_KEEP) || again)
        timer_rto_start(t, index);
    else if (before <= c->mss && c->snd_max - c->snd_una > c->mss)
        timer_probe_start(t, index);
}

/* Bookkeeping of a segment that occupies sequence space. */
static void sent(struct tcp *t, uint32_t index, uint32_t seq, uint32_t space)
{
    struct conn *c = &t->conns[index];
    uint32_t end = seq + space, before = c->snd_max - c->snd_una;
    count_new_text(t, c, seq_min(end, c->snd_lim));
    if (c->side != SIDE_NONE)
        recovery_sent(t, c, seq, space);
    if (seq_lt(seq, c->snd_max))
        tcp_count(t, COUNTER_RETRANSMITS);
    else
        time_new_text(t, c, end);
    c->snd_nxt = seq_max(c->snd_nxt, end);
    c->snd_max = seq_max(c->snd_max, end);
    timer_of_sent(t, index, before, seq == c->snd_una && recovery_counts(t, c));
}

/* Where the next data segment starts and how long it is. */
static uint32_t choose(const struct tcp *t, struct conn *c, uint32_t *seq)
{
    uint32_t full = c->mss - sack_bytes(t, c), len;
    if (conn_has(c, CONN_RESEND)) {
        conn_clear(c, CONN_RESEND);
        *seq = c->snd_una;
        uint32_t flight = seq_min(c->snd_max, c->snd_lim) - *seq;
        return flight < full ? flight : full;
    }
    if (conn_has(c, CONN_PROBE)) { /* RFC 9293 3.8.6.1: one byte beyond the closed window */
        conn_clear(c, CONN_PROBE);
        *seq = c->snd_una;
        return c->snd_lim != c->snd_una;
    }
    if (c->side != SIDE_NONE && (tlp_choose(t, c, seq, &len) || recovery_choose(t, c, seq, &len)))
        return len;
    *seq = c->snd_nxt;
    len = sendable(t, c, *seq, full);
    if (!len && c->side != SIDE_NONE)
        recovery_rescue(t, c, seq, &len);
    return len;
}

static bool output_data(struct tcp *t, uint32_t index, struct tcp_seg *out)
{
    struct conn *c = &t->conns[index];
    bool probing = conn_has(c, CONN_PROBE);
    if (c->snd_una == c->snd_nxt && seq_lt(c->snd_nxt, c->snd_lim))
        congestion_resume(t, c);
    uint32_t seq, len = choose(t, c, &seq);
    bool fin = conn_has(c, CONN_FIN) && seq + len == c->snd_lim;
    if (!len && !fin) {
        count_wait(t, c);
        start_persist(t, index);
        return false;
    }
    uint8_t flags = TCP_ACK;
    if (len && seq + len == c->snd_lim)
        flags |= TCP_PSH;
    describe(t, c, index, seq, fin ? flags | TCP_FIN : flags, out);
    out->len = len;
    out->pos = len ? conn_position(c, seq) : 0;
    if (len && conn_has(c, CONN_ECN) && !probing && !seq_lt(seq, c->snd_max))
        ecn_mark(c, &out->h, seq + len);
    if (probing) {
        tcp_count(t, COUNTER_WINDOW_PROBES);
        count_new_text(t, c, seq + len);
        c->snd_max = seq_max(c->snd_max, seq + len);
    } else {
        sent(t, index, seq, len + fin);
    }
    return true;
}

/* The number of a segment without text: the peer accepts it even while its window is closed. */
static uint32_t bare_seq(const struct conn *c)
{
    return seq_min(c->snd_max, c->snd_una + c->snd_wnd);
}

static bool output_ack(struct tcp *t, uint32_t index, struct tcp_seg *out)
{
    struct conn *c = &t->conns[index];
    if (!conn_has(c, CONN_ACK_NOW))
        return false;
    describe(t, c, index, bare_seq(c), TCP_ACK, out);
    return true;
}

/* RFC 1122 4.2.3.6: a number that was acknowledged long ago, and no text. */
static bool output_keepalive(struct tcp *t, uint32_t index, struct tcp_seg *out)
{
    struct conn *c = &t->conns[index];
    if (!conn_has(c, CONN_PROBE) || !conn_has_more(c, MORE_KEEP))
        return false;
    conn_clear(c, CONN_PROBE);
    describe(t, c, index, c->snd_una - 1, TCP_ACK, out);
    tcp_count(t, COUNTER_KEEPALIVES);
    return true;
}

static bool output_reset(struct tcp *t, uint32_t index, struct tcp_seg *out)
{
    struct conn *c = &t->conns[index];
    describe(t, c, index, bare_seq(c), TCP_RST | TCP_ACK, out);
    tcp_count(t, COUNTER_RST_SENT);
    out->last = true;
    conn_free(t, index);
    return true;
}

static bool output_last_word(struct tcp *t, uint32_t index, struct tcp_seg *out)
{
    struct conn *c = &t->conns[index];
    describe(t, c, index, c->snd_max, TCP_ACK, out);
    complete(t, c, out);
    out->last = true;
    conn_free(t, index);
    return true;
}

/* timer_rto_start of one segment that is alone under way, when that is the least time-out and the node
 * fires before: as nearly always. False: it is not so, and nothing was done. */
static inline bool start_least_rto(struct tcp *t, struct conn *c)
{
    uint32_t at_tk = t->now_tk + t->cfg.rto_min_tk;
    bool least = c->srtt && c->srtt >> 3 < t->calm_tk && c->rttvar < t->calm_tk && !c->backoff;
    if (!least || conn_has_more(c, MORE_KEEP | MORE_PTO) || !timer_fires_by(&c->timer, at_tk))
        return false;
    c->rto_at = at_tk;
    conn_set(c, CONN_RTO);
    return true;
}

static void output_predicted(struct tcp *t, uint32_t index, uint32_t len, struct tcp_seg *out)
{
    struct conn *c = &t->conns[index];
    uint32_t seq = c->snd_nxt, end = seq + len, before = seq - c->snd_una;
    if (!before)
        congestion_resume(t, c);
    bool last = end == c->snd_lim;
    describe(t, c, index, seq, last ? TCP_ACK | TCP_PSH : TCP_ACK, out);
    out->last = last;
    out->len = len;
    out->pos = conn_position(c, seq);
    t->count[COUNTER_PAYLOAD_SENT] += len;
    time_new_text(t, c, end);
    c->snd_nxt = c->snd_max = end;
    if (before || !start_least_rto(t, c))
        timer_of_sent(t, index, before, false);
}

/* The same of a FIN behind text that has left: it goes without asking a window. */
static bool predict_fin(const struct conn *c)
{
    const uint16_t special = CONN_RECOVERY | CONN_RESEND | CONN_PERSIST | CONN_PROBE | CONN_ECE;
    return conn_has(c, CONN_FIN) && c->snd_nxt == c->snd_lim && c->snd_nxt == c->snd_max &&
           c->side == SIDE_NONE && !conn_has(c, special) && conn_rule(c)->sends_text;
}

static void output_fin(struct tcp *t, uint32_t index, struct tcp_seg *out)
{
    struct conn *c = &t->conns[index];
    uint32_t seq = c->snd_nxt;
    describe(t, c, index, seq, TCP_ACK | TCP_FIN, out);
    out->last = true;
    time_new_text(t, c, seq + 1);
    c->snd_nxt = c->snd_max = seq + 1;
    timer_of_sent(t, index, seq - c->snd_una, false);
}

/* A segment has just left: there is nothing else, as nearly always. */
static bool has_said_all(const struct conn *c)
{
    const uint16_t wanted = CONN_RESEND | CONN_PROBE | CONN_ACK_NOW | CONN_ACK_LATER;
    uint32_t end = c->snd_lim + (conn_has(c, CONN_FIN) ? 1 : 0);
    return c->snd_nxt == end && c->side == SIDE_NONE && !conn_has(c, wanted);
}

bool tcp_output(struct tcp *t, uint32_t conn, struct tcp_seg *out)
{
    struct conn *c = &t->conns[conn];
    uint32_t len = output_predict(t, c);
    if (len) {
        output_predicted(t, conn, len, out);
        complete(t, c, out);
        return true;
    }
    if (predict_fin(c)) {
        output_fin(t, conn, out);
        complete(t, c, out);
        return true;
    }
    switch ((enum tcp_state)c->state) {
    case TCP_SYN_SENT:
        return output_syn(t, conn, out);
    case TCP_SYN_RCVD:
        if (output_syn(t, conn, out))
            return true;
        break;
    case TCP_ESTABLISHED:
    case TCP_FIN_WAIT_1:
    case TCP_FIN_WAIT_2:
    case TCP_CLOSE_WAIT:
    case TCP_CLOSING:
    case TCP_LAST_ACK:
        break;
    case TCP_ABORTED:
        return output_reset(t, conn, out);
    case TCP_LAST_WORD:
        return output_last_word(t, conn, out);
    case TCP_CLOSED:
    case TCP_STATE_COUNT:
        return false;
    }
    if (!output_keepalive(t, conn, out) &&
        !(conn_rule(c)->sends_text && output_data(t, conn, out)) && !output_ack(t, conn, out)) {
        if (conn_has(c, CONN_ACK_LATER))
            timer_arm(t, conn, c->delack_at);
        return false;
    }
    complete(t, c, out);
    if (c->side != SIDE_NONE)
        sack_tell(t, c, out);
    if (conn_has(c, CONN_ECE))
        out->h.flags |= TCP_ECE;
    out->last = has_said_all(c);
    return true;
}
