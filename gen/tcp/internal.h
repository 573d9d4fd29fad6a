/* SPDX-License-Identifier: BSD-3-Clause */
/* What the engine's own files share; nobody else includes this. */
#ifndef TCP_INTERNAL_H
#define TCP_INTERNAL_H

#include "tcp/seq.h"
#include "tcp/state.h"
#include "tcp/tcp.h"

#define CWND_MAX        0x3fffffffu
#define DUPLICATES      3  /* that tell of a loss (RFC 5681 3.2; DupThresh of RFC 6675 and 8985) */
#define QUICK_ACKS      16 /* segments behind a hole or a repetition */
#define STEP_TICKS_SHIFT (TCP_STEP_SHIFT - TCP_TICK_SHIFT)
#define STEP_TICKS      (1u << STEP_TICKS_SHIFT)
#define TS_OPTION_BYTES 12 /* with its two NOPs, in each segment (RFC 7323 appendix A) */

static inline void tcp_count(const struct tcp *t, enum counter c)
{
    t->count[c]++;
}

static inline void tcp_tell(const struct tcp *t, uint32_t conn, enum tcp_call call, uint32_t arg)
{
    if (__builtin_expect(t->watch != NULL, 0))
        t->watch->call(t->watch->ctx, conn, call, arg);
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

static inline bool conn_has_more(const struct conn *c, uint8_t bits)
{
    return (c->more & bits) != 0;
}

static inline void conn_set_more(struct conn *c, uint8_t bits)
{
    c->more = (uint8_t)(c->more | bits);
}

static inline void conn_clear_more(struct conn *c, uint8_t bits)
{
    c->more = (uint8_t)(c->more & ~bits);
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
uint32_t conn_alloc(struct tcp *t, uint32_t path); /* a slot for a user of `path`; CONN_NONE: full */
/* Gives the slot back, at once or (while its segment is processed) right after. */
void conn_free(struct tcp *t, uint32_t index);
void conn_release_busy(struct tcp *t);
void out_append(struct tcp *t, uint32_t index); /* to the list; it is not in it */
static inline void out_add(struct tcp *t, uint32_t index)
{
    if (!(t->conns[index].flags & CONN_OUT))
        out_append(t, index);
}
/* A connection in its first state, entered into the flow table. `key`: as conn_key; `hash`: of it. */
uint32_t conn_new(struct tcp *t, uint64_t key, uint32_t hash, uint16_t mss, enum tcp_state state);
/* The end: out of flow table and wheel, slot freed, then the event. */
void conn_end(struct tcp *t, uint32_t index, enum tcp_event event);
/* The active closer's end: the tuple goes into TIME-WAIT. */
void conn_time_wait(struct tcp *t, uint32_t index);

/* Starts numbering at `iss`. */
void conn_number(struct conn *c, uint32_t iss);
/* Whether the connection still receives; asked after a callback ran. */
static inline bool conn_is_alive(const struct conn *c)
{
    return c->state != TCP_CLOSED && c->state < TCP_ABORTED;
}

/* Segments arrived out of order or twice not long ago. (In the handshake the place is another's.) */
static inline bool conn_is_disordered(const struct conn *c)
{
    return c->state != TCP_SYN_RCVD && c->quick_acks;
}

/* validate.c: whether sequence numbers are in the order that they always have; whether what is not yet
 * acknowledged has a deadline, and each kind of deadline its reason; whether the blocks that the peer is
 * told have room. */
bool conn_numbers_agree(const struct conn *c);
bool conn_deadlines_agree(const struct conn *c);
bool side_blocks_agree(const struct side *s);

/* options.c: what SYN and SYN-ACK agree on */
void options_agree(struct tcp *t, struct conn *c, const struct pkt_tcp *p);
uint32_t options_ts_now(const struct tcp *t);
/* Sets TS.Recent. */
void options_ts_keep(const struct tcp *t, struct conn *c, uint32_t ts_val);
/* Whether TS.Recent is too old to be compared with (RFC 7323 5.5). */
bool options_ts_outdated(const struct tcp *t, const struct conn *c);

/* timer.c */
void timer_refill_challenges(struct tcp *t, uint64_t now_ns);
/* The node to a deadline that comes before it, or to the time-out that a connection on a fast network is
 * likely to want next: then that finds it in its place. */
void timer_move(struct tcp *t, uint32_t index, uint32_t at_tk);
static inline bool timer_fires_by(const struct wheel_node *node, uint32_t at_tk)
{
    return wheel_has(node) && seq_le(node->at << STEP_TICKS_SHIFT, at_tk);
}
/* Fires at `at_tk` or before. */
static inline void timer_arm(struct tcp *t, uint32_t index, uint32_t at_tk)
{
    if (!timer_fires_by(&t->conns[index].timer, at_tk)) /* as it does nearly always */
        timer_move(t, index, at_tk);
}
/* Waits for what is under way: until the loss probe is due, or the time-out. */
void timer_rto_start(struct tcp *t, uint32_t index);
/* The time-out itself. */
static inline void timer_rto_after(struct tcp *t, uint32_t index, uint32_t wait_tk)
{
    struct conn *c = &t->conns[index];
    c->rto_at = t->now_tk + wait_tk;
    conn_set(c, CONN_RTO);
    conn_clear_more(c, MORE_PTO);
    timer_arm(t, index, c->rto_at);
}
/* More than one segment is under way now: a probe may be due before the time-out. */
void timer_probe_start(struct tcp *t, uint32_t index);
void timer_ack_later(struct tcp *t, uint32_t index);
#define TIMERS_MANY 65536u /* in the wheel: more than a core's cache holds */
/* Nothing is waited for, if so: out of the wheel. */
void timer_rest(struct tcp *t, uint32_t index);

/* keepalive.c: RFC 9293 3.8.4 */
/* The peer was heard: silence begins anew. Asked only with a keep-alive time configured. */
void keepalive_heard(struct tcp *t, uint32_t index);
/* The deadline that MORE_KEEP says rto_at is. */
void keepalive_due(struct tcp *t, uint32_t index);

/* output.c */
/* Prediction, as rx.c has it for what arrives: a new segment, full or all that waits, that both windows
 * allow, of an undisturbed connection. Then every question of the long way has one answer. Returns the
 * length of its text; 0: the long way. */
static inline uint32_t output_predict(const struct tcp *t, const struct conn *c)
{
    const uint16_t special =
        CONN_FIN | CONN_RECOVERY | CONN_RESEND | CONN_PERSIST | CONN_PROBE | CONN_ECN;
    uint32_t waiting = c->snd_lim - c->snd_nxt, used = c->snd_nxt - c->snd_una;
    uint32_t len = waiting < c->mss ? waiting : c->mss;
    bool plain = c->state == TCP_ESTABLISHED && !conn_has(c, special) && c->side == SIDE_NONE &&
                 c->snd_nxt == c->snd_max && used + len <= c->cwnd && used + len <= c->snd_wnd &&
                 !(used && t->cfg.nagle);
    return plain ? len : 0;
}

/* ecn.c: RFC 3168. What the handshake settles: after an arriving SYN or SYN-ACK, before the answer.*/
void ecn_agree(const struct tcp *t, struct conn *c, const struct pkt_tcp *p);
/* Flags that our SYN or SYN-ACK adds. */
uint8_t ecn_of_syn(const struct tcp *t, const struct conn *c);
/* Marks on text that arrived, with CONN_ECN. */
void ecn_receive(struct tcp *t, struct conn *c, const struct pkt_tcp *p);
/* A segment with text up to `end` that leaves for the first time, with CONN_ECN. */
void ecn_mark(struct conn *c, struct net_seg *h, uint32_t end);

/* rtt.c: RFC 6298. A sample ends the back-off (Karn and Partridge 1987). */
void rtt_sample(struct conn *c, uint32_t measured_tk);
/* One of about 2^shift that this round trip gives: each weighs less (RFC 7323 appendix G). */
void rtt_sample_of(struct conn *c, uint32_t measured_tk, unsigned shift);
/* No time-out below 3 s before the first sample (RFC 6298 5.7). */
void rtt_be_cautious(const struct tcp *t, struct conn *c);
/* RFC 6298 2.1 and 5.5: before the first sample, or backed off. */
uint32_t rto_unusual_tk(const struct tcp *t, const struct conn *c);
/* 2.2 to 2.5; the granularity is a step of the wheel. */
static inline uint32_t rto_usual_tk(const struct tcp *t, const struct conn *c)
{
    const uint32_t granularity = STEP_TICKS;
    uint32_t rto = (c->srtt >> 3) + (c->rttvar > granularity ? c->rttvar : granularity);
    if (rto < t->cfg.rto_min_tk)
        rto = t->cfg.rto_min_tk;
    return rto < t->cfg.rto_max_tk ? rto : t->cfg.rto_max_tk;
}
static inline uint32_t rto_tk(const struct tcp *t, const struct conn *c)
{
    return __builtin_expect(c->srtt && !c->backoff, 1) ? rto_usual_tk(t, c) : rto_unusual_tk(t, c);
}

/* ack.c */
void ack_advance(struct conn *c, uint32_t ack);
/* An ACK in answer to what may be forged, throttled (RFC 5961 7). */
void ack_challenge(struct tcp *t, uint32_t index);
/* Whether a segment that is not acceptable is answered. One that carries nothing is answered once in
 * 512 ms: two ends out of step, each of which finds the other's ACK wrong, must fall silent. */
bool ack_answers(struct tcp *t, uint32_t index, const struct pkt_tcp *p);
void ack_answers_init(struct tcp *t);
/* Everything before p->ack arrived. */
void ack_take(struct tcp *t, struct conn *c, const struct pkt_tcp *p);
/* The timer after it: of what is still under way. */
void ack_timer(struct tcp *t, uint32_t index);
/* Whether it acknowledges something that is under way. */
static inline bool ack_advances(const struct conn *c, uint32_t ack)
{
    return ack - c->snd_una - 1 < c->snd_max - c->snd_una;
}
int ack_receive(struct tcp *t, uint32_t index, const struct pkt_tcp *p);
/* The same for one that advances on a connection that nothing disturbs (see predict in rx.c). */
void ack_predicted(struct tcp *t, uint32_t index, const struct pkt_tcp *p);

/* side.c: what a disturbed connection has, or NULL */
static inline struct side *conn_side(const struct tcp *t, const struct conn *c)
{
    return c->side == SIDE_NONE ? NULL : &t->sides.blocks[c->side].side;
}
/* The same, made when there is none. NULL: the pool is empty, counted. */
struct side *side_attach(struct tcp *t, struct conn *c);
bool side_is_idle(const struct side *s);
/* Gives the block back when all of it is idle; after each event that may have settled a part. */
void side_settle(struct tcp *t, struct conn *c);
/* Gives everything back: the connection is over. */
void side_detach(struct tcp *t, struct conn *c);

/* First piece of text that waits for a hole to be filled, or OOO_NONE. */
static inline uint32_t conn_ooo(const struct tcp *t, const struct conn *c)
{
    return c->side == SIDE_NONE ? OOO_NONE : t->sides.blocks[c->side].side.ooo;
}

/* congestion.c: windows. Loss recovery says what was acknowledged, lost and in flight (bytes);
 * the answer is in cwnd and ssthresh. While CONN_RECOVERY holds cwnd is recovery's own, which leads
 * it to ssthresh. */
static inline bool congestion_is_on(const struct tcp *t)
{
    return t->cfg.congestion != CONGESTION_NONE;
}
uint32_t congestion_first_window(const struct tcp *t, const struct conn *c); /* RFC 6928 2 */
void congestion_init(const struct tcp *t, struct conn *c);
/* Outside of recovery `acked` more bytes arrived; `flight`: under way before. */
void congestion_acked(struct tcp *t, struct conn *c, uint32_t acked, uint32_t flight);
/* The first loss of a flight: sets ssthresh. */
void congestion_loss_event(struct tcp *t, struct conn *c, uint32_t flight);
/* Time-out number c->retries in a row: everything under way counts as lost. */
void congestion_rto(struct tcp *t, struct conn *c, uint32_t flight);
/* The peer says that congestion was experienced (ECE), with CONN_ECN: as for a loss, but nothing is
 * sent again (RFC 3168 6.1.2). Once a round trip: not while what was sent before the last reduction,
 * for whatever reason, is under way. */
void congestion_notified(struct tcp *t, struct conn *c);
/* Text is about to leave; a pause ends where nothing was under way (RFC 5681 4.1). */
void congestion_resume(struct tcp *t, struct conn *c);
/* Whether duplicate ACKs tell of a loss: not of what a time-out sent again (RFC 6582 4), but also
 * after a reduction for marks. */
static inline bool congestion_may_repair(const struct conn *c)
{
    return seq_le(c->recover, c->snd_una) || conn_has_more(c, MORE_REDUCED);
}

/* The loss was none: the windows before it, when `flight` was under way (RFC 4015). */
void congestion_undo(struct tcp *t, struct conn *c, uint32_t flight, uint32_t ssthresh);

/* newreno.c: RFC 5681 3.2, RFC 6582 */
void newreno_duplicate_ack(struct tcp *t, uint32_t index);
void newreno_acked(struct tcp *t, struct conn *c, uint32_t acked); /* in recovery */
void newreno_rto(struct conn *c);

/* recovery.c: RFC 6675, 6937. False from the first and the RTO's: not here, NewReno's. */
bool recovery_ack(struct tcp *t, uint32_t index, const struct pkt_tcp *p);
bool recovery_rto(struct tcp *t, struct conn *c);
/* NewReno takes over: what was reported is forgotten. */
void recovery_give_up(struct tcp *t, struct conn *c);
void recovery_reordering_over(struct tcp *t, uint32_t index); /* the side's reorder_at has come */
/* Whether an ACK needs a look. */
static inline bool recovery_listens(const struct tcp *t, const struct conn *c, const struct pkt_tcp *p)
{
    return tcp_sack_count(p->opts) || (c->side != SIDE_NONE && side_repairs(conn_side(t, c)));
}
/* RFC 2883 4: the first block says what came twice. */
bool recovery_tells_twice(const struct pkt_tcp *p);
/* Bytes under way (the pipe of RFC 6675 4). */
uint32_t recovery_flight(const struct tcp *t, const struct conn *c);
/* Whether there is a scoreboard, so that recovery_flight counts. */
static inline bool recovery_counts(const struct tcp *t, const struct conn *c)
{
    return c->side != SIDE_NONE && t->sides.blocks[c->side].side.ranges;
}
/* A segment of what is lost (*len 0: cwnd forbids it now); false: nothing is. */
bool recovery_choose(const struct tcp *t, struct conn *c, uint32_t *seq, uint32_t *len);
bool recovery_rescue(const struct tcp *t, struct conn *c, uint32_t *seq, uint32_t *len);
/* [seq, seq + space) leaves; snd_max is not moved yet. With a side only. */
void recovery_sent(struct tcp *t, struct conn *c, uint32_t seq, uint32_t space);

/* tlp.c: RFC 8985 7 */
#define TLP_MIN_TK         (uint32_t)(10000000ull >> TCP_TICK_SHIFT)  /* 10 ms: not one at each delay */
#define TLP_PEER_DELACK_TK (uint32_t)(200000000ull >> TCP_TICK_SHIFT) /* WCDelAckT */
/* `extra`: what the peer may take for its ACK. */
/* Half of the least time-out, if that is the sum of what makes it and no probe comes before; else 0. */
static inline uint32_t rto_calm_tk(uint32_t least_tk)
{
    bool alone = least_tk / 2 >= STEP_TICKS && least_tk <= TLP_MIN_TK + TLP_PEER_DELACK_TK;
    return alone ? least_tk / 2 : 0;
}
uint32_t tlp_wait_of(const struct tcp *t, const struct conn *c, uint32_t rto, uint32_t extra);
/* Until the probe, or `rto` where none comes before: with one segment under way nearly always. */
static inline uint32_t tlp_wait_tk(const struct tcp *t, const struct conn *c, uint32_t rto)
{
    bool one = c->snd_max - c->snd_una <= c->mss;
    if (one && rto <= TLP_MIN_TK + TLP_PEER_DELACK_TK)
        return rto;
    if (rto <= TLP_MIN_TK)
        return rto;
    return tlp_wait_of(t, c, rto, one ? TLP_PEER_DELACK_TK : 0);
}
/* The deadline has come: sends a probe and begins to wait for the time-out. False: it is the time-out. */
bool tlp_due(struct tcp *t, uint32_t index);
bool tlp_choose(const struct tcp *t, struct conn *c, uint32_t *seq, uint32_t *len);

/* sack.c: what the peer is told (RFC 2018, 2883) */
/* [start, end) arrived and waits behind a hole; with a side. */
void sack_note(struct tcp *t, struct conn *c, uint32_t start, uint32_t end);
/* [start, end) had arrived before: told in an ACK of its own, while there is room (tcp/side.h). */
void sack_note_twice(struct tcp *t, struct conn *c, uint32_t start, uint32_t end);
void sack_advance(struct tcp *t, struct conn *c); /* rcv_nxt moved */
/* Bytes of options that the blocks take beside text, now. */
uint32_t sack_bytes(const struct tcp *t, const struct conn *c);
void sack_tell(struct tcp *t, struct conn *c, struct tcp_seg *seg);
/* pmtu.c: bytes were acknowledged; the retransmission timer fired (retries counted). */
void pmtu_acked(struct conn *c, uint32_t acked);
void pmtu_rto(struct tcp *t, struct conn *c);

/* tuple.c: the flow table's index for a tuple; FLOW_NONE: none. */
uint32_t tuple_find(const struct tcp *t, uint32_t path, uint16_t lport, uint16_t rport);

/* rx.c */
int rx_conn(struct tcp *t, uint32_t index, const struct pkt_tcp *p, struct net_seg *answer);
/* Answers with a reset, where one is due; returns -why. */
int rx_reset(struct tcp *t, const struct pkt_tcp *p, struct net_seg *answer, enum drop why);

/* text.c */
int text_receive(struct tcp *t, uint32_t index, const struct pkt_tcp *p);
/* The same for text in order, in the window, with nothing stored and no FIN. */
int text_predicted(struct tcp *t, uint32_t index, const struct pkt_tcp *p);
/* RFC 9293 3.10.7.4, eighth check: the peer's FIN, in order. */
void fin_receive(struct tcp *t, uint32_t index);

#endif
