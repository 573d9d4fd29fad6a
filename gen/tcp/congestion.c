/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Congestion control and loss recovery: RFC 5681 slow start, avoidance and fast retransmit, RFC
 * 6582 NewReno, RFC 3042 limited transmit. Without congestion control (a key) the window stays
 * open and recovery only sends again.
 */
#include "tcp/internal.h"

#define DUPLICATES    3
#define USUAL_SEGMENT 1460 /* bytes, of RFC 6928 */

/* RFC 6928 2, its 10 segments and 14,600 bytes being one of the cases: large segments count for more
 * than one, but two may always leave. */
static uint32_t initial_window(const struct tcp *t, const struct conn *c)
{
    uint32_t segments = t->cfg.init_cwnd * c->mss, bytes = t->cfg.init_cwnd * USUAL_SEGMENT;
    if (bytes < 2u * c->mss)
        bytes = 2u * c->mss;
    return segments < bytes ? segments : bytes;
}

void congestion_init(const struct tcp *t, struct conn *c)
{
    c->ssthresh = CWND_MAX;
    c->cwnd = t->cfg.congestion ? initial_window(t, c) : CWND_MAX;
}

/* Nobody knows any more what the network bears: after a time-out's length without sending it is
 * asked from the beginning. Without timestamps the time is that of the last segment that was timed,
 * which may be a round trip before the last one sent. */
void congestion_idle(const struct tcp *t, struct conn *c)
{
    uint32_t first = initial_window(t, c);
    if (!t->cfg.congestion || c->cwnd <= first)
        return;
    uint32_t later = conn_has(c, CONN_TS) ? 0 : c->srtt >> 3;
    if (t->now_tk - c->rtt_at > rto_tk(t, c) + later)
        c->cwnd = first;
}

static uint32_t halved(const struct conn *c)
{
    uint32_t flight = c->snd_max - c->snd_una; /* RFC 5681 (4) */
    return flight / 2 > 2u * c->mss ? flight / 2 : 2u * c->mss;
}

/* Whatever the reason, the peer learns it with the next new text (RFC 3168 6.1.2). */
static void tell_reduced(struct conn *c)
{
    if (conn_has(c, CONN_ECN))
        conn_set_more(c, MORE_CWR);
}

static void leave_recovery(const struct tcp *t, struct conn *c)
{
    uint32_t flight = c->snd_max - c->snd_una;
    conn_clear(c, CONN_RECOVERY | CONN_RESEND);
    c->dupacks = 0;
    if (!t->cfg.congestion)
        return;
    uint32_t gentle = (flight > c->mss ? flight : c->mss) + c->mss; /* RFC 6582 3.2 (3), option 1 */
    c->cwnd = gentle < c->ssthresh ? gentle : c->ssthresh;
}

static void partial_ack(const struct tcp *t, struct conn *c, uint32_t acked)
{
    conn_set(c, CONN_RESEND);
    if (!t->cfg.congestion)
        return;
    c->cwnd = c->cwnd > acked ? c->cwnd - acked : 0;
    if (acked >= c->mss || c->cwnd < c->mss)
        c->cwnd += c->mss;
}

/* A mark that lies behind follows, or 2^31 bytes later it would seem to lie ahead. */
static void settle_recover(struct conn *c)
{
    if (seq_lt(c->snd_una, c->recover))
        return;
    c->recover = c->snd_una;
    conn_clear_more(c, MORE_REDUCED);
}

void congestion_acked(const struct tcp *t, struct conn *c, uint32_t acked, uint32_t flight)
{
    if (conn_has(c, CONN_RECOVERY)) {
        if (seq_le(c->recover, c->snd_una))
            leave_recovery(t, c);
        else
            partial_ack(t, c, acked);
        return;
    }
    c->dupacks = 0;
    settle_recover(c);
    if (!t->cfg.congestion || c->cwnd >= CWND_MAX || flight + c->mss <= c->cwnd / 2)
        return; /* a window that was not used says nothing about the network (RFC 7661) */
    if (c->cwnd < c->ssthresh)
        c->cwnd += acked < c->mss ? acked : c->mss;
    else if (flight + c->mss >= c->cwnd)
        c->cwnd += c->mss * (uint32_t)c->mss / c->cwnd + 1;
}

/* What was lost after a reduction for marks is repaired; what follows a time-out is not. */
static bool may_repair(const struct conn *c)
{
    return seq_le(c->recover, c->snd_una) || conn_has_more(c, MORE_REDUCED);
}

void congestion_duplicate_ack(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    tcp_count(t, COUNTER_DUP_ACKS);
    if (c->dupacks < UINT8_MAX)
        c->dupacks++;
    if (conn_has(c, CONN_RECOVERY)) {
        if (t->cfg.congestion && c->cwnd < CWND_MAX)
            c->cwnd += c->mss;
    } else if (c->dupacks == DUPLICATES && may_repair(c)) {
        if (!conn_has_more(c, MORE_REDUCED)) /* RFC 3168 6.1.2: not twice for one round trip */
            c->ssthresh = halved(c);
        conn_clear_more(c, MORE_REDUCED);
        tell_reduced(c);
        c->recover = c->snd_max;
        conn_set(c, CONN_RECOVERY | CONN_RESEND);
        conn_clear(c, CONN_RTT);
        if (t->cfg.congestion)
            c->cwnd = c->ssthresh + DUPLICATES * c->mss;
        tcp_count(t, COUNTER_FAST_RETRANSMITS);
    }
    out_add(t, index);
}

void congestion_rto(const struct tcp *t, struct conn *c)
{
    if (c->retries == 1)
        c->ssthresh = halved(c);
    /* What is sent again may have arrived: its duplicate ACKs must not start a repair until
     * something beyond is acknowledged (RFC 6582 4). */
    c->recover = c->snd_max + 1;
    c->dupacks = 0;
    conn_clear(c, CONN_RECOVERY);
    conn_clear_more(c, MORE_REDUCED);
    tell_reduced(c);
    if (t->cfg.congestion)
        c->cwnd = c->mss;
}

/* RFC 3168 6.1.2: as for a lost segment, but nothing is sent again, and once a round trip: not while
 * what was sent before the last reduction, for whatever reason, is still under way. */
void congestion_notified(struct tcp *t, struct conn *c)
{
    if (conn_has(c, CONN_RECOVERY) || conn_has_more(c, MORE_CWR) || seq_lt(c->snd_una, c->recover))
        return;
    tell_reduced(c);
    if (!t->cfg.congestion)
        return;
    c->ssthresh = c->cwnd / 2 > 2u * c->mss ? c->cwnd / 2 : 2u * c->mss;
    if (c->ssthresh < c->cwnd)
        c->cwnd = c->ssthresh;
    if (c->snd_una != c->snd_max) {
        c->recover = c->snd_max;
        conn_set_more(c, MORE_REDUCED);
    }
    tcp_count(t, COUNTER_ECN_REDUCTIONS);
}
