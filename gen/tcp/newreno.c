/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Loss recovery from duplicate ACKs alone: RFC 5681 3.2 fast retransmit and fast recovery, RFC 6582
 * NewReno, RFC 3042 limited transmit (in output.c). For peers without SACK, and while there is no
 * block to note what they report. Without congestion control only the repair stays.
 */
#include "tcp/internal.h"

static void begin(struct tcp *t, struct conn *c)
{
    congestion_loss_event(t, c, c->snd_max - c->snd_una);
    c->recover = c->snd_max;
    conn_set(c, CONN_RECOVERY | CONN_RESEND);
    conn_clear(c, CONN_RTT);
    if (congestion_is_on(t))
        c->cwnd = c->ssthresh + DUPLICATES * c->mss;
    tcp_count(t, COUNTER_FAST_RETRANSMITS);
}

void newreno_duplicate_ack(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    tcp_count(t, COUNTER_DUP_ACKS);
    if (c->dupacks < UINT8_MAX)
        c->dupacks++;
    if (conn_has(c, CONN_RECOVERY)) {
        if (congestion_is_on(t) && c->cwnd < CWND_MAX)
            c->cwnd += c->mss;
    } else if (c->dupacks == DUPLICATES && congestion_may_repair(c)) {
        begin(t, c);
    }
    out_add(t, index);
}

static void full_ack(struct tcp *t, struct conn *c)
{
    conn_clear(c, CONN_RECOVERY | CONN_RESEND);
    c->dupacks = 0;
    if (!congestion_is_on(t))
        return;
    uint32_t flight = c->snd_max - c->snd_una;
    uint32_t gentle = (flight > c->mss ? flight : c->mss) + c->mss; /* RFC 6582 3.2 (3), option 1 */
    c->cwnd = gentle < c->ssthresh ? gentle : c->ssthresh;
}

static void partial_ack(const struct tcp *t, struct conn *c, uint32_t acked)
{
    conn_set(c, CONN_RESEND);
    if (!congestion_is_on(t))
        return;
    c->cwnd = c->cwnd > acked ? c->cwnd - acked : 0;
    if (acked >= c->mss || c->cwnd < c->mss)
        c->cwnd += c->mss;
}

void newreno_acked(struct tcp *t, struct conn *c, uint32_t acked)
{
    if (seq_le(c->recover, c->snd_una))
        full_ack(t, c);
    else
        partial_ack(t, c, acked);
}

void newreno_rto(struct conn *c)
{
    /* What is sent again may have arrived: its duplicate ACKs must not start a repair until
     * something beyond is acknowledged (RFC 6582 4). */
    c->recover = c->snd_max + 1;
    c->dupacks = 0;
    conn_clear(c, CONN_RECOVERY);
    c->snd_nxt = c->snd_una;
}
