/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Explicit congestion notification (RFC 3168): who agrees to it, which segments say that they may
 * be marked, and what a mark leads to. The receiver says ECE on every ACK until it sees CWR; the
 * sender reduces its window once a round trip (tcp/congestion.c) and says CWR on its next new text.
 */
#include "tcp/internal.h"

#define ECN_SYN     (TCP_ECE | TCP_CWR) /* 6.1.1: an ECN-setup SYN .. */
#define ECN_SYN_ACK TCP_ECE             /* .. and its answer; one that mirrors both is none */

/* 6.1.1: who ever sent a SYN without the offer must not use it. Ours lacks it from the first
 * repetition on (6.1.1.1), and so may the peer's. */
void ecn_agree(const struct tcp *t, struct conn *c, const struct pkt_tcp *p)
{
    uint8_t offer = p->flags & ECN_SYN;
    bool answered = c->state == TCP_SYN_SENT && p->flags & TCP_ACK;
    bool agreed = t->cfg.ecn && offer == (answered ? ECN_SYN_ACK : ECN_SYN);
    if (agreed && !(c->state == TCP_SYN_SENT && c->retries))
        conn_set(c, CONN_ECN);
    else
        conn_clear(c, CONN_ECN);
}

uint8_t ecn_of_syn(const struct tcp *t, const struct conn *c)
{
    if (c->state == TCP_SYN_RCVD)
        return conn_has(c, CONN_ECN) ? ECN_SYN_ACK : 0;
    return t->cfg.ecn && c->snd_max == c->iss ? ECN_SYN : 0;
}

void ecn_receive(struct tcp *t, struct conn *c, const struct pkt_tcp *p)
{
    if (p->flags & TCP_CWR)
        conn_clear(c, CONN_ECE);
    if (p->ecn == ECN_CE) {
        conn_set(c, CONN_ECE);
        tcp_count(t, COUNTER_ECN_MARKS);
    }
}

/* The peer goes on saying ECE until it has this; what it says about the time before is known. In a
 * repair, or after a time-out, `recover` lies ahead already and must stay where it is. */
static void tell_reduced(struct conn *c, struct net_seg *h, uint32_t end)
{
    h->flags |= TCP_CWR;
    conn_clear_more(c, MORE_CWR);
    if (seq_lt(c->snd_una, c->recover) && !conn_has_more(c, MORE_REDUCED))
        return;
    c->recover = end;
    conn_set_more(c, MORE_REDUCED);
}

void ecn_mark(struct conn *c, struct net_seg *h, uint32_t end)
{
    h->ecn = ECN_ECT0;
    if (conn_has_more(c, MORE_CWR))
        tell_reduced(c, h, end);
}
