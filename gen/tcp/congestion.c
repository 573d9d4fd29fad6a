/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Congestion control and loss recovery: RFC 5681 slow start, avoidance and fast retransmit, RFC
 * 6582 NewReno, RFC 3042 limited transmit. Without congestion control (a key) the window stays
 * open and recovery only sends again.
 */
#include "tcp/internal.h"

#define DUPLICATES 3

void congestion_init(const struct tcp *t, struct conn *c)
{
    c->ssthresh = CWND_MAX;
    c->cwnd = t->cfg.congestion ? t->cfg.init_cwnd * c->mss : CWND_MAX; /* RFC 6928 */
}

static uint32_t halved(const struct conn *c)
{
    uint32_t flight = c->snd_max - c->snd_una; /* RFC 5681 (4) */
    return flight / 2 > 2u * c->mss ? flight / 2 : 2u * c->mss;
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
    if (!t->cfg.congestion || c->cwnd >= CWND_MAX || flight + c->mss <= c->cwnd / 2)
        return; /* a window that was not used says nothing about the network (RFC 7661) */
    if (c->cwnd < c->ssthresh)
        c->cwnd += acked < c->mss ? acked : c->mss;
    else if (flight + c->mss >= c->cwnd)
        c->cwnd += c->mss * (uint32_t)c->mss / c->cwnd + 1;
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
    } else if (c->dupacks == DUPLICATES && seq_le(c->recover, c->snd_una)) {
        c->ssthresh = halved(c);
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
    if (t->cfg.congestion)
        c->cwnd = c->mss;
}
