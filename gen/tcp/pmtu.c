/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The path's MTU as a connection learns it (RFC 1191, 8201): told by a router, or guessed where
 * routers are silent (RFC 4821 in small): full segments that time out again and again, while smaller
 * ones might pass. What a connection has learned it keeps; new ones begin with the path's.
 */
#include "tcp/internal.h"

#define TIMEOUTS        2 /* of a full segment in a row: a black hole, */
#define TIMEOUTS_PROVEN 4 /* ... on a connection where full ones have arrived before */

uint32_t tcp_quoted(const struct tcp *t, uint32_t path, uint16_t lport, uint16_t rport, uint32_t seq)
{
    uint32_t index = tuple_find(t, path, lport, rport);
    if (index >= FLOW_TIME_WAIT)
        return CONN_NONE;
    const struct conn *c = &t->conns[index];
    return seq - c->snd_una < c->snd_max - c->snd_una ? index : CONN_NONE;
}

/* Payload of a full segment on a path whose segments without options have `mss` bytes. */
static uint16_t full_of(const struct conn *c, uint16_t mss)
{
    return (uint16_t)(conn_has(c, CONN_TS) ? mss - TS_OPTION_BYTES : mss);
}

/* All that is under way in order leaves again: it was too long to arrive, which says nothing of
 * congestion (RFC 1191 6.5). A repair that goes on already finds the smaller size by itself. */
static void send_again(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    if (!conn_rule(c)->sends_text || conn_has(c, CONN_RECOVERY) || recovery_counts(t, c))
        return;
    recovery_give_up(t, c); /* a probe, or what the last repair might teach */
    c->snd_nxt = c->snd_una;
    c->recover = c->snd_max; /* duplicates of what had arrived start no repair */
    conn_clear_more(c, MORE_REDUCED);
    conn_clear(c, CONN_RTT | CONN_RESEND);
    out_add(t, index);
}

void tcp_path_mss(struct tcp *t, uint32_t conn, uint16_t mss)
{
    struct conn *c = &t->conns[conn];
    uint16_t full = full_of(c, mss);
    if (!conn_is_alive(c) || c->mss <= full)
        return;
    c->mss = full;
    conn_clear_more(c, MORE_FULL);
    send_again(t, conn);
}

void pmtu_acked(struct conn *c, uint32_t acked)
{
    if (acked >= c->mss)
        conn_set_more(c, MORE_FULL);
}

void pmtu_rto(struct tcp *t, struct conn *c)
{
    uint32_t flight = seq_min(c->snd_max, c->snd_lim) - c->snd_una;
    uint8_t most = conn_has_more(c, MORE_FULL) ? TIMEOUTS_PROVEN : TIMEOUTS;
    uint16_t least = full_of(c, t->cfg.mss_min);
    if (!t->cfg.mss_min || c->retries < most || flight < c->mss || c->mss <= least)
        return;
    c->mss = least;
    tcp_count(t, COUNTER_BLACK_HOLES);
}
