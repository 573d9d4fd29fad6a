/* SPDX-License-Identifier: BSD-3-Clause */
/* Reno's windows (RFC 5681 3.1). */
#include "tcp/congestion.h"
#include "tcp/internal.h"

void reno_reduce(struct tcp *t, struct conn *c, uint32_t flight)
{
    (void)t;
    c->ssthresh = flight / 2 > 2u * c->mss ? flight / 2 : 2u * c->mss; /* (4) */
}

/* A segment for each window that was acknowledged, however many ACKs told so (RFC 3465 2.1). */
void reno_avoid(struct tcp *t, struct conn *c, uint32_t acked, bool full)
{
    (void)t;
    if (full)
        c->cwnd += (uint32_t)((uint64_t)c->mss * (acked < c->cwnd ? acked : c->cwnd) / c->cwnd) + 1;
}
