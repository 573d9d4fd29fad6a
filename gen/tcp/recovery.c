/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Loss recovery by SACK (RFC 6675): the scoreboard says what is under way and what is sent next, the
 * proportional rate (RFC 6937) how fast. After a time-out too: everything not reported is lost then,
 * and leaves again in the order of its numbers as the window grows.
 *
 * A connection is here while both ends agreed on SACK and its scoreboard is in use. It needs
 * snd_nxt == snd_max: where NewReno began to repair, or went back, it goes on alone.
 */
#include "tcp/recovery.h"

/* No loss is known, no time noted. */
static void side_begin(struct side *s, uint32_t now_tk)
{
    side_clear(s, (uint16_t)~SIDE_DSACK);
    s->rack_tk = now_tk;
}

static bool is_newreno(const struct conn *c, const struct side *s)
{
    return c->snd_nxt != c->snd_max ||
           (conn_has(c, CONN_RECOVERY) && !(s && side_has(s, SIDE_REPAIR)));
}

/* --- an ACK arrived --------------------------------------------------------------------------- */

bool recovery_tells_twice(const struct pkt_tcp *p)
{
    const struct sack_block *b = p->sack;
    if (!tcp_sack_count(p->opts) || !seq_lt(b[0].start, b[0].end))
        return false;
    return seq_le(b[0].end, p->ack) ||
           (tcp_sack_count(p->opts) > 1 && seq_le(b[1].start, b[0].start) &&
            seq_le(b[0].end, b[1].end));
}

/* Nothing was lost: the windows are what they were before, and the next loss is a new one. */
static void undo(struct tcp *t, struct conn *c, struct side *s)
{
    if (side_has(s, SIDE_REPAIR))
        c->recover = c->snd_una;
    side_clear(s, SIDE_UNDO | SIDE_REPAIR);
    conn_clear(c, CONN_RECOVERY);
    c->dupacks = 0;
    congestion_undo(t, c, s->prr_flight, s->undo_ssthresh);
    tcp_count(t, COUNTER_UNDONE);
}

/* Something arrived twice: our repair of it was needless, or the network doubled it. When all of a
 * repair was, nothing was lost, and the windows are what they were before (RFC 3708, 4015). */
static void note_twice(struct tcp *t, struct conn *c, struct side *s, struct sack_block b)
{
    uint32_t segments = (b.end - b.start + c->mss - 1) / c->mss;
    tcp_count(t, COUNTER_DSACK_RECEIVED);
    if (!s || !side_has(s, SIDE_UNDO) || !s->undo_left)
        return;
    if (!side_has(s, SIDE_VAIN))
        loss_repaired_in_vain(c);
    side_set(s, SIDE_VAIN);
    s->undo_left = (uint16_t)(segments < s->undo_left ? s->undo_left - segments : 0);
    if (!s->undo_left && !board_waiting(&t->sides, s))
        undo(t, c, s);
}

/* RFC 3522: what was sent again is acknowledged, and the ACK echoes what left before that: the first copy
 * came after all. Of a repair of several segments this tells of one only; D-SACKs tell of the others. */
static bool note_first_copy(struct tcp *t, struct conn *c, struct side *s, const struct pkt_tcp *p)
{
    bool echoes = conn_has(c, CONN_TS) && p->opts & TCP_OPT_TS && p->ts_ecr;
    if (!side_has(s, SIDE_UNDO) || !echoes || (int16_t)((uint16_t)p->ts_ecr - s->undo_ts) >= 0)
        return false;
    if (s->undo_left == 1 && !board_waiting(&t->sides, s)) {
        if (!side_has(s, SIDE_VAIN))
            loss_repaired_in_vain(c);
        undo(t, c, s);
    }
    return true;
}

/* One report. What was sent once, and is now overtaken, left a round trip ago at the latest. */
static void take_block(struct tcp *t, struct conn *c, struct side *s, struct sack_block b,
                       struct board_news *news)
{
    uint32_t sent_tk = (t->now_tk - (c->srtt >> 3)) & ~1u;
    if (!seq_lt(b.start, b.end) || seq_lt(c->snd_max, b.end)) {
        tcp_count(t, COUNTER_SACK_INVALID);
        return;
    }
    b.start = seq_max(b.start, c->snd_una);
    if (seq_lt(b.start, b.end) &&
        !board_add(&t->sides, s, c->snd_una, b.start, b.end, sent_tk, news))
        tcp_count(t, COUNTER_SACK_FORGOTTEN);
}

static bool mark_arrived(const struct tcp *t, const struct conn *c, const struct side *s)
{
    if (seq_lt(s->mark, c->snd_una))
        return true;
    for (uint32_t i = 0; i < s->ranges; i++) {
        const struct board_range *r = board_at(&t->sides, s, i);
        if (seq_le(r->start, s->mark) && seq_lt(s->mark, r->end))
            return true;
    }
    return false;
}

/* RFC 8985 6.2 step 2: the latest sending known to have arrived. What was sent again less than half
 * a round trip ago did not: its first copy came late. Everything up to `recover` left before any
 * repair: when a repair arrived and that did not, its end is a hole too. */
static void note_times(struct tcp *t, struct conn *c, struct side *s, struct board_news *news)
{
    if (side_has(s, SIDE_MARK) && mark_arrived(t, c, s)) {
        side_clear(s, SIDE_MARK);
        s->rack_tk = seq_max(s->rack_tk, s->mark_tk);
    }
    if (!news->resent || t->now_tk - news->resent_tk < c->srtt >> 4)
        return;
    s->rack_tk = seq_max(s->rack_tk, news->resent_tk);
    uint32_t known = board_hole(&t->sides, s, s->ranges, c->snd_una);
    if (t->cfg.rack && side_has(s, SIDE_REPAIR) && seq_lt(known, c->recover))
        board_add(&t->sides, s, c->snd_una, c->recover, c->recover, (news->resent_tk - 1) & ~1u,
                  news);
}

/* RFC 6937 3.1: cwnd is what is under way and what may join it now. */
static void set_rate(struct tcp *t, struct conn *c, struct side *s, uint32_t delivered, bool first)
{
    uint32_t flight = recovery_flight(t, c), send = 0;
    s->prr_delivered += delivered;
    uint32_t ahead = s->prr_delivered > s->prr_sent ? s->prr_delivered - s->prr_sent : 0;
    if (flight > c->ssthresh) {
        uint64_t share = (uint64_t)s->prr_delivered * c->ssthresh;
        uint32_t due = (uint32_t)((share + s->prr_flight - 1) / s->prr_flight);
        send = due > s->prr_sent ? due - s->prr_sent : 0;
    } else {
        uint32_t most = (ahead > delivered ? ahead : delivered) + c->mss;
        send = c->ssthresh - flight < most ? c->ssthresh - flight : most;
    }
    if (first && send < c->mss)
        send = c->mss;
    if (congestion_is_on(t))
        c->cwnd = flight + send;
}

static void begin_repair(struct tcp *t, struct conn *c, struct side *s, uint32_t delivered)
{
    uint32_t flight = c->snd_max - c->snd_una, used = flight < c->cwnd ? flight : c->cwnd;
    s->undo_ssthresh = c->ssthresh > used ? c->ssthresh : used; /* RFC 4015 3.2: pipe_prev */
    s->undo_left = 0;
    s->undo_ts = (uint16_t)options_ts_now(t);
    congestion_loss_event(t, c, flight);
    c->recover = c->snd_max;
    conn_set(c, CONN_RECOVERY);
    conn_clear(c, CONN_RTT);
    side_set(s, SIDE_REPAIR | SIDE_UNDO);
    side_clear(s, SIDE_RESCUED | SIDE_TLP | SIDE_TLP_SEND | SIDE_VAIN);
    s->prr_delivered = s->prr_sent = 0;
    s->prr_flight = flight - board_reported(&t->sides, s) + delivered; /* RFC 9937: what is still to come */
    set_rate(t, c, s, delivered, true);
    tcp_count(t, COUNTER_FAST_RETRANSMITS);
}

static void end_repair(struct tcp *t, struct conn *c, struct side *s)
{
    side_clear(s, SIDE_REPAIR);
    conn_clear(c, CONN_RECOVERY);
    c->dupacks = 0;
    s->undo_end = c->snd_max; /* D-SACKs may come until then */
    loss_recovered(c);
    /* Where the peer's window held new text back little is under way: no burst of half a window. */
    uint32_t gentle = recovery_flight(t, c) + congestion_first_window(t, c);
    if (congestion_is_on(t))
        c->cwnd = gentle < c->ssthresh ? gentle : c->ssthresh;
}

/* Holes wait to be sent again: is that news to the window? Not while the losses of one flight are
 * repaired, nor before everything that a time-out gave up is acknowledged (RFC 6675 5.1). */
static void repair(struct tcp *t, struct conn *c, struct side *s, uint32_t delivered)
{
    if (side_has(s, SIDE_REPAIR) && seq_le(c->recover, c->snd_una))
        end_repair(t, c, s);
    if (side_has(s, SIDE_REPAIR)) {
        if (delivered)
            set_rate(t, c, s, delivered, false);
        return;
    }
    if (side_has(s, SIDE_UNDO) && seq_lt(s->undo_end, c->snd_una))
        side_clear(s, SIDE_UNDO);
    if (board_waiting(&t->sides, s) && congestion_may_repair(c))
        begin_repair(t, c, s, delivered);
}

static void take_blocks(struct tcp *t, struct conn *c, struct side *s, const struct pkt_tcp *p,
                        bool twice, struct board_news *news)
{
    for (uint32_t i = twice; i < tcp_sack_count(p->opts); i++)
        take_block(t, c, s, p->sack[i], news);
    if (twice)
        note_twice(t, c, s, p->sack[0]);
    if (news->late)
        loss_reordering_seen(c);
    note_times(t, c, s, news);
}

static struct side *side_for(struct tcp *t, struct conn *c, const struct pkt_tcp *p, bool twice)
{
    struct side *s = conn_side(t, c);
    if (!conn_has_more(c, MORE_SACK) || is_newreno(c, s))
        return NULL;
    if (s && side_repairs(s))
        return s;
    if (tcp_sack_count(p->opts) == twice) { /* nothing is missing */
        if (twice)
            note_twice(t, c, NULL, p->sack[0]);
        return NULL;
    }
    s = side_attach(t, c);
    if (s)
        side_begin(s, t->now_tk);
    return s;
}

bool recovery_ack(struct tcp *t, uint32_t index, const struct pkt_tcp *p)
{
    struct conn *c = &t->conns[index];
    bool twice = recovery_tells_twice(p);
    struct side *s = side_for(t, c, p, twice);
    if (!s)
        return false;
    struct board_news news = {0};
    uint32_t before = c->snd_una, reported = board_reported(&t->sides, s);
    uint32_t flight = recovery_flight(t, c);
    bool was_repair = side_has(s, SIDE_REPAIR);
    if (seq_lt(c->snd_una, p->ack)) {
        ack_take(t, c, p);
        board_advance(&t->sides, s, before, c->snd_una, &news);
        c->dupacks = 0;
        if (news.resent && note_first_copy(t, c, s, p))
            news.resent = false;
    }
    take_blocks(t, c, s, p, twice, &news);
    uint32_t acked = c->snd_una - before;
    uint32_t delivered = acked + board_reported(&t->sides, s) - reported;
    if (!acked && delivered) {
        tcp_count(t, COUNTER_DUP_ACKS);
        c->dupacks = (uint8_t)(c->dupacks < UINT8_MAX ? c->dupacks + 1 : UINT8_MAX);
    }
    tlp_acked(t, c, p, delivered != 0, twice);
    loss_detect(t, index);
    /* Where segments overtake each other the window grows with the reports, too: the acknowledgement
     * comes in strides then, each of which would count as one. */
    uint32_t arrived = loss_reorders(c) ? delivered : acked;
    if (arrived && !was_repair)
        congestion_acked(t, c, arrived, flight);
    repair(t, c, s, delivered);
    if (acked)
        ack_timer(t, index);
    else if (conn_has_more(c, MORE_PTO) && s->ranges) /* reports came: no probe is needed */
        timer_rto_after(t, index, rto_tk(t, c));
    out_add(t, index);
    return true;
}

/* --- timers ----------------------------------------------------------------------------------- */

void recovery_reordering_over(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    struct side *s = conn_side(t, c);
    side_clear(s, SIDE_REORDER);
    loss_detect(t, index);
    if (side_has(s, SIDE_REPAIR))
        set_rate(t, c, s, 0, true);
    else
        repair(t, c, s, 0);
    out_add(t, index);
}

/* RFC 2018 8: what was reported may be gone when the peer does not acknowledge it where it should,
 * or when a second time-out comes. */
static bool is_doubtful(const struct tcp *t, const struct conn *c, const struct side *s)
{
    return c->retries > 1 || (s->ranges && board_at(&t->sides, s, 0)->start == c->snd_una);
}

bool recovery_rto(struct tcp *t, struct conn *c)
{
    struct side *s = conn_side(t, c);
    if (!conn_has_more(c, MORE_SACK) || is_newreno(c, s))
        return false;
    if (!c->snd_wnd) /* a closed window is probed, not filled */
        return false;
    s = side_attach(t, c);
    if (!s)
        return false;
    side_begin(s, t->now_tk);
    if (is_doubtful(t, c, s))
        board_clear(&t->sides, s);
    if (!board_lose_all(&t->sides, s, c->snd_una, c->snd_max, t->now_tk | 1)) {
        side_settle(t, c);
        return false;
    }
    c->recover = c->snd_max;
    c->dupacks = 0;
    conn_clear(c, CONN_RECOVERY);
    return true;
}

void recovery_give_up(struct tcp *t, struct conn *c)
{
    struct side *s = conn_side(t, c);
    if (!s)
        return;
    board_clear(&t->sides, s);
    side_begin(s, t->now_tk);
    side_settle(t, c);
}
