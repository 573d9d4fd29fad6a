/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Congestion control answers with windows to what loss recovery tells (internal.h): RFC 5681 slow
 * start and congestion avoidance. Without it (a key) the window stays open.
 */
#include "tcp/internal.h"

void congestion_init(const struct tcp *t, struct conn *c)
{
    c->ssthresh = CWND_MAX;
    c->cwnd = congestion_is_on(t) ? t->cfg.init_cwnd * c->mss : CWND_MAX; /* RFC 6928 */
}

void congestion_acked(struct tcp *t, struct conn *c, uint32_t acked, uint32_t flight)
{
    if (!congestion_is_on(t) || c->cwnd >= CWND_MAX || flight + c->mss <= c->cwnd / 2)
        return; /* a window that was not used says nothing about the network (RFC 7661) */
    if (c->cwnd < c->ssthresh)
        c->cwnd += acked < c->mss ? acked : c->mss;
    else if (flight + c->mss >= c->cwnd)
        c->cwnd += c->mss * (uint32_t)c->mss / c->cwnd + 1;
}

void congestion_loss_event(struct tcp *t, struct conn *c, uint32_t flight)
{
    (void)t;
    c->ssthresh = flight / 2 > 2u * c->mss ? flight / 2 : 2u * c->mss; /* RFC 5681 (4) */
}

void congestion_rto(struct tcp *t, struct conn *c, uint32_t flight)
{
    if (c->retries == 1)
        congestion_loss_event(t, c, flight);
    if (congestion_is_on(t))
        c->cwnd = c->mss;
}

void congestion_undo(struct tcp *t, struct conn *c, uint32_t flight, uint32_t ssthresh)
{
    c->ssthresh = ssthresh > c->ssthresh ? ssthresh : c->ssthresh;
    if (congestion_is_on(t) && c->cwnd < flight)
        c->cwnd = flight;
}
