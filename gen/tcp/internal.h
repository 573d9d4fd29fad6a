/* SPDX-License-Identifier: BSD-3-Clause */
/* What the engine's own files share; nobody else includes this. */
#ifndef TCP_INTERNAL_H
#define TCP_INTERNAL_H

#include "tcp/seq.h"
#include "tcp/tcp.h"

#define CWND_MAX 0x3fffffffu

static inline void tcp_count(struct tcp *t, enum counter c)
{
    t->count[c]++;
}

static inline bool conn_has(const struct conn *c, uint16_t flags)
{
    return (c->flags & flags) != 0;
}

static inline void conn_set(struct conn *c, uint16_t flags)
{
    c->flags = (uint16_t)(c->flags | flags);
}

static inline void conn_clear(struct conn *c, uint16_t flags)
{
    c->flags = (uint16_t)(c->flags & ~flags);
}

static inline uint8_t conn_snd_shift(const struct conn *c)
{
    return c->wscale & 15;
}

static inline uint8_t conn_rcv_shift(const struct conn *c)
{
    return c->wscale >> 4;
}

/* pool.c: slots and the output list */
uint32_t conn_alloc(struct tcp *t);
/* Gives the slot back, at once or (while its segment is processed) right after. */
void conn_free(struct tcp *t, uint32_t index);
void conn_release_busy(struct tcp *t);
void out_add(struct tcp *t, uint32_t index);
/* A connection in its first state, entered into the flow table. */
uint32_t conn_new(struct tcp *t, uint32_t path, uint16_t lport, uint16_t rport, uint16_t mss,
                  enum tcp_state state);
/* The end: out of flow table and wheel, slot freed, then the event. */
void conn_end(struct tcp *t, uint32_t index, enum tcp_event event);
/* The active closer's end: the tuple goes into TIME-WAIT. */
void conn_time_wait(struct tcp *t, uint32_t index);

/* options.c: what SYN and SYN-ACK agree on */
void options_agree(struct tcp *t, struct conn *c, const struct pkt_tcp *p);
uint32_t options_ts_now(const struct tcp *t);

/* timer.c */
void timer_arm(struct tcp *t, uint32_t index, uint32_t at_tk);
void timer_rto_start(struct tcp *t, uint32_t index);
void timer_ack_later(struct tcp *t, uint32_t index);
uint32_t rto_tk(const struct tcp *t, const struct conn *c);

/* rtt.c: RFC 6298 */
void rtt_sample(struct conn *c, uint32_t measured_tk);

/* ack.c */
int ack_receive(struct tcp *t, uint32_t index, const struct pkt_tcp *p);

/* congestion.c: RFC 5681, RFC 6582 */
void congestion_init(const struct tcp *t, struct conn *c);
void congestion_acked(const struct tcp *t, struct conn *c, uint32_t acked, uint32_t flight);
void congestion_duplicate_ack(struct tcp *t, uint32_t index);
void congestion_rto(const struct tcp *t, struct conn *c);

/* text.c */
int text_receive(struct tcp *t, uint32_t index, const struct pkt_tcp *p);

#endif
