/* SPDX-License-Identifier: BSD-3-Clause */
/* Segment text and FIN (RFC 9293 3.10.7.4, seventh and eighth check). */
#include "tcp/internal.h"

void fin_receive(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    struct side *s = conn_side(t, c);
    if (s) { /* nothing can follow */
        ooo_clear(&t->ooo, &s->ooo);
        s->recents = 0;
    }
    c->rcv_nxt++;
    conn_set(c, CONN_ACK_NOW);
    out_add(t, index);
    uint8_t move = conn_rule(c)->on_fin;
    if (move == TCP_MOVE_TIME_WAIT) {
        conn_time_wait(t, index);
    } else if (move != TCP_MOVE_NONE) {
        c->state = move;
        if (move == TCP_CLOSE_WAIT)
            t->ops->event(t->ctx, index, TCP_EVENT_PEER_CLOSED);
    }
}

/* Hands bytes to the application; true when all were taken and the connection goes on. */
static bool deliver(struct tcp *t, uint32_t index, const uint8_t *data, uint32_t len)
{
    struct conn *c = &t->conns[index];
    uint32_t taken = t->ops->data(t->ctx, index, data, len);
    if (!conn_is_alive(c))
        return false;
    c->rcv_nxt += taken;
    t->count[COUNTER_PAYLOAD_RECEIVED] += taken;
    return taken == len;
}

/* What the hole held back follows at once. */
static bool deliver_stored(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    uint32_t first;
    while ((first = conn_ooo(t, c)) != OOO_NONE) {
        struct ooo_piece piece = t->ooo.pieces[first];
        if (seq_lt(c->rcv_nxt, piece.seq))
            return true;
        uint32_t known = c->rcv_nxt - piece.seq;
        if (known < piece.len &&
            !deliver(t, index, ooo_data(&t->ooo, first) + known, piece.len - known))
            return false;
        bool fin = piece.fin && c->rcv_nxt == piece.seq + piece.len;
        ooo_pop(&t->ooo, &conn_side(t, c)->ooo);
        if (fin) {
            fin_receive(t, index);
            return false;
        }
    }
    return true;
}

static void acknowledge_now(struct tcp *t, uint32_t index)
{
    conn_set(&t->conns[index], CONN_ACK_NOW);
    out_add(t, index);
}

/* RFC 5681 4.2 and RFC 9293 3.8.6.3, text in order: at once for every second full segment, else delayed;
 * but the peer's window is small after a loss, and the one segment of it that arrives must not wait for a
 * second. */
static inline void acknowledge(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    if (c->quick_acks) {
        c->quick_acks--;
        acknowledge_now(t, index);
    } else if (!t->cfg.delayed_ack || c->rcv_nxt - c->rcv_acked >= 2u * c->mss) {
        acknowledge_now(t, index);
    } else {
        timer_ack_later(t, index);
    }
}

/* Something is missing, or was. */
static void acknowledge_disorder(struct tcp *t, uint32_t index)
{
    t->conns[index].quick_acks = QUICK_ACKS;
    acknowledge_now(t, index);
}

static int store(struct tcp *t, uint32_t index, uint32_t seq, const uint8_t *data, uint32_t len,
                 bool fin)
{
    struct conn *c = &t->conns[index];
    acknowledge_disorder(t, index); /* a duplicate ACK tells the peer of the hole */
    if (!len)
        return 0;
    struct side *s = side_attach(t, c);
    if (!s)
        return -DROP_TCP_OOO_FULL;
    switch (ooo_add(&t->ooo, &s->ooo, seq, data, len, fin)) {
    case OOO_KEPT:
        sack_note(t, c, seq, seq + len);
        tcp_count(t, COUNTER_OOO_STORED);
        return 0;
    case OOO_KNOWN:
        sack_note(t, c, seq, seq + len);
        sack_note_twice(t, c, seq, seq + len);
        return -DROP_TCP_DUPLICATE;
    case OOO_FULL:
        break;
    }
    tcp_count(t, COUNTER_POOL_EMPTY);
    return -DROP_TCP_OOO_FULL;
}

/* What is stored came first and stays: of text in order that reaches over it only what lies before is
 * taken now; the rest is stored beside it, and follows. Returns the length of what is taken. */
static uint32_t cut_at_stored(struct tcp *t, uint32_t index, const uint8_t *data, uint32_t len,
                              bool *fin)
{
    const struct conn *c = &t->conns[index];
    uint32_t first = t->ooo.pieces[conn_ooo(t, c)].seq;
    uint32_t before = seq_lt(c->rcv_nxt, first) ? first - c->rcv_nxt : 0;
    if (before >= len)
        return len;
    if (ooo_add(&t->ooo, &conn_side(t, c)->ooo, c->rcv_nxt + before, data + before, len - before,
                *fin) == OOO_FULL)
        tcp_count(t, COUNTER_POOL_EMPTY);
    *fin = false;
    return before;
}

/* The segment is acceptable: some of it lies in the window. */
int text_receive(struct tcp *t, uint32_t index, const struct pkt_tcp *p)
{
    struct conn *c = &t->conns[index];
    const uint8_t *data = p->payload;
    uint32_t seq = p->seq, len = p->payload_len;
    bool fin = p->flags & TCP_FIN;
    if (len && conn_has(c, CONN_ECN))
        ecn_receive(t, c, p);
    if ((!len && !fin) || !conn_rule(c)->takes_text)
        return 0;
    if (seq_lt(seq, c->rcv_nxt)) { /* what came before is cut off */
        uint32_t known = c->rcv_nxt - seq;
        known = known < len ? known : len;
        sack_note_twice(t, c, seq, seq + known);
        seq += known, data += known, len -= known;
        acknowledge_disorder(t, index);
    }
    uint32_t room = c->rcv_adv - seq;
    if (len > room) { /* what lies beyond the window is, too, and so is the FIN behind it */
        len = room;
        fin = false;
        acknowledge_now(t, index);
    }
    if (seq != c->rcv_nxt)
        return store(t, index, seq, data, len, fin);
    bool hole_filled = conn_ooo(t, c) != OOO_NONE;
    if (hole_filled)
        len = cut_at_stored(t, index, data, len, &fin);
    if (len && !deliver(t, index, data, len)) {
        if (!conn_is_alive(c))
            return 0;
        acknowledge_now(t, index);
        return -DROP_TCP_APP_FULL;
    }
    if (fin) {
        fin_receive(t, index);
        return 0;
    }
    bool goes_on = !hole_filled || deliver_stored(t, index);
    if (c->side != SIDE_NONE)
        sack_advance(t, c);
    if (!goes_on) {
        if (conn_is_alive(c))
            acknowledge_now(t, index);
        return 0;
    }
    if (hole_filled)
        acknowledge_now(t, index);
    else if (len)
        acknowledge(t, index);
    return 0;
}

int text_predicted(struct tcp *t, uint32_t index, const struct pkt_tcp *p)
{
    if (!p->payload_len)
        return 0;
    struct conn *c = &t->conns[index];
    if (conn_has(c, CONN_ECN))
        ecn_receive(t, c, p);
    bool taken = deliver(t, index, p->payload, p->payload_len);
    if (!conn_is_alive(c))
        return 0;
    if (!taken) {
        acknowledge_now(t, index);
        return -DROP_TCP_APP_FULL;
    }
    acknowledge(t, index);
    return 0;
}
