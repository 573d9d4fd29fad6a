/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whose segment is it? Tuples: those of connections, those in TIME-WAIT, those that a listener or
 * an active open brings to life.
 */
#include "tcp/internal.h"

#define REUSE_DISTANCE 65537 /* numbers between a tuple's lives: beyond any window (RFC 6191 2) */

/* The flow table's index for a tuple; FLOW_NONE: none. */
static uint32_t find(const struct tcp *t, uint64_t key, uint32_t hash)
{
    uint32_t at = hash & t->flows.mask, index;
    while ((index = flow_probe(&t->flows, hash, &at)) != FLOW_NONE) {
        uint64_t found = index & FLOW_TIME_WAIT ? t->time_wait.slots[index & ~FLOW_TIME_WAIT].key
                                                : conn_key(&t->conns[index]);
        if (found == key)
            return index;
        at = (at + 1) & t->flows.mask;
    }
    return FLOW_NONE;
}

static uint64_t key_of(uint32_t path, uint16_t lport, uint16_t rport)
{
    return (uint64_t)path << 32 | (uint32_t)lport << 16 | rport;
}

uint32_t tuple_find(const struct tcp *t, uint32_t path, uint16_t lport, uint16_t rport)
{
    return find(t, key_of(path, lport, rport), tcp_hash(t, path, lport, rport));
}

/* 3.10.7.2 LISTEN. `last`: of the tuple's last life, or NULL. */
static int rx_listen(struct tcp *t, uint64_t key, uint32_t hash, uint16_t mss, const struct pkt_tcp *p,
                     const struct time_wait *last)
{
    if (t->half_open >= t->cfg.half_open)
        return -DROP_TCP_BACKLOG;
    uint32_t index = conn_new(t, key, hash, mss, TCP_SYN_RCVD);
    if (index == CONN_NONE)
        return -DROP_TCP_NO_CONN_SLOT;
    struct conn *c = &t->conns[index];
    if (last)
        conn_number(c, last->snd_nxt + REUSE_DISTANCE);
    t->half_open++;
    conn_set(c, CONN_PASSIVE);
    c->rcv_nxt = c->rcv_acked = p->seq + 1;
    c->rcv_adv = c->rcv_nxt + (t->cfg.window < UINT16_MAX ? t->cfg.window : UINT16_MAX);
    options_agree(t, c, p);
    ecn_agree(t, c, p);
    return 0;
}

/* Whether a SYN may start the tuple's next life (RFC 6191 2). */
static bool may_reuse(const struct time_wait *w, const struct pkt_tcp *p)
{
    if ((p->flags & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_SYN)
        return false;
    if (w->ts && p->opts & TCP_OPT_TS && p->ts_val != w->ts_recent)
        return seq_lt(w->ts_recent, p->ts_val);
    return seq_lt(w->rcv_nxt, p->seq);
}

/* A segment for a tuple in TIME-WAIT: *reuse when it starts a new life, otherwise the answer that
 * the wait is there for. A bare ACK is not answered: the other end may be in TIME-WAIT too. */
static int rx_time_wait(struct tcp *t, uint32_t slot, const struct pkt_tcp *p,
                        struct net_seg *answer, bool *reuse)
{
    struct time_wait *w = &t->time_wait.slots[slot];
    *reuse = may_reuse(w, p);
    if (*reuse)
        return 0;
    if (p->flags & TCP_RST || (!p->payload_len && !(p->flags & (TCP_SYN | TCP_FIN))))
        return -DROP_TCP_TIME_WAIT; /* RST: RFC 1337, no assassination */
    if (p->flags & TCP_FIN)
        w->expire_tk = t->now_tk + t->cfg.time_wait_tk;
    *answer = (struct net_seg){.src_port = p->dst_port, .dst_port = p->src_port,
                               .seq = w->snd_nxt, .ack = w->rcv_nxt, .flags = TCP_ACK};
    if (w->ts) {
        answer->opts = TCP_OPT_TS;
        answer->ts_val = options_ts_now(t);
        answer->ts_ecr = w->ts_recent;
    }
    return -DROP_TCP_TIME_WAIT;
}

/* Takes a tuple out of its wait for a next life. */
static struct time_wait time_wait_reuse(struct tcp *t, uint32_t slot)
{
    struct time_wait last = t->time_wait.slots[slot];
    time_wait_remove(&t->time_wait, &t->flows, slot);
    tcp_count(t, COUNTER_TIME_WAIT_REUSED);
    return last;
}

int tcp_stranger(struct tcp *t, const struct pkt_tcp *p, struct net_seg *answer)
{
    uint8_t flags = p->flags & (TCP_SYN | TCP_ACK | TCP_RST);
    answer->flags = 0;
    if (tcp_listens(t, p->dst_port) && flags == TCP_SYN)
        return 0;
    if (tcp_listens(t, p->dst_port) && !flags) /* 3.10.7.2, fourth */
        return -DROP_TCP_STATE;
    return rx_reset(t, p, answer, DROP_TCP_NO_CONN);
}

int tcp_rx(struct tcp *t, uint32_t path, uint16_t mss, uint32_t hash, const struct pkt_tcp *p,
           struct net_seg *answer)
{
    answer->flags = 0;
    tcp_count(t, COUNTER_SEGMENTS_RX);
    uint64_t key = key_of(path, p->dst_port, p->src_port);
    uint32_t index = find(t, key, hash);
    if (index < FLOW_TIME_WAIT) {
        t->busy = index;
        int drop = rx_conn(t, index, p, answer);
        conn_release_busy(t);
        return drop;
    }
    struct time_wait last;
    bool reuse = false;
    if (index != FLOW_NONE) {
        int drop = rx_time_wait(t, index & ~FLOW_TIME_WAIT, p, answer, &reuse);
        if (!reuse)
            return drop;
        last = time_wait_reuse(t, index & ~FLOW_TIME_WAIT);
    }
    int drop = tcp_stranger(t, p, answer);
    return drop ? drop : rx_listen(t, key, hash, mss, p, reuse ? &last : NULL);
}

/* Of what the flow table has for a tuple. */
static bool is_free(const struct tcp *t, uint32_t index)
{
    if (index == FLOW_NONE)
        return true;
    if (index < FLOW_TIME_WAIT)
        return false;
    const struct time_wait *w = &t->time_wait.slots[index & ~FLOW_TIME_WAIT];
    /* RFC 9293 3.6.1, RFC 7323 appendix B.2: a newer timestamp tells the new connection apart. */
    int32_t waited = (int32_t)t->cfg.time_wait_tk - (int32_t)(w->expire_tk - t->now_tk);
    return w->ts && waited > 2 << (TCP_STEP_SHIFT - TCP_TICK_SHIFT);
}

bool tcp_tuple_free(const struct tcp *t, uint32_t path, uint16_t lport, uint16_t rport)
{
    return is_free(t, tuple_find(t, path, lport, rport));
}

uint32_t tcp_open(struct tcp *t, uint32_t path, uint16_t lport, uint16_t rport, uint16_t mss,
                  uint32_t app)
{
    uint64_t key = key_of(path, lport, rport);
    uint32_t hash = tcp_hash(t, path, lport, rport), old = find(t, key, hash);
    if (!is_free(t, old))
        return CONN_NONE;
    uint32_t index = conn_new(t, key, hash, mss, TCP_SYN_SENT);
    if (index == CONN_NONE)
        return CONN_NONE;
    struct conn *c = &t->conns[index];
    c->app = app;
    if (old != FLOW_NONE)
        conn_number(c, time_wait_reuse(t, old & ~FLOW_TIME_WAIT).snd_nxt + REUSE_DISTANCE);
    tcp_tell(t, index, TCP_CALL_OPEN, 0);
    return index;
}
