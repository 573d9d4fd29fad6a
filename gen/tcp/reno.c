/* SPDX-License-Identifier: BSD-3-Clause */
/* Reno's windows (RFC 5681 3.1). */
#include "tcp/congestion.h"
#include "tcp/internal.h"

void reno_reduce(struct tcp *t, struct conn *c, uint32_t flight)
{
    (void)t;
    c->ssthresh = flight / 2 > 2u * c->mss ? flight / 2 : 2u * c->mss; /* (4) */
}

void reno_avoid(struct tcp *t, struct conn *c, uint32_t acked, bool full)
{
    (void)t, (void)acked;
    if (full)
        c->cwnd += c->mss * (uint32_t)c->mss / c->cwnd + 1; /* (3) */
}
