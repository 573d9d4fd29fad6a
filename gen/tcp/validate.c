/* SPDX-License-Identifier: BSD-3-Clause */
/* Every invariant of the engine in one place, for tests; and the names of the states. */
#include "tcp/board.h"
#include "tcp/internal.h"

const char *tcp_state_name(enum tcp_state s)
{
    return tcp_states[s].name;
}

/* Sorted and disjoint; returns how many. */
static uint32_t validate_pieces(const struct tcp *t, const struct conn *c)
{
    uint32_t pieces = 0, edge = 0;
    for (uint32_t p = conn_ooo(t, c); p != OOO_NONE; p = t->ooo.pieces[p].next, pieces++) {
        const struct ooo_piece *piece = &t->ooo.pieces[p];
        assert(!pieces || seq_le(edge, piece->seq));
        assert(piece->len && seq_le(piece->seq + piece->len, c->rcv_adv));
        edge = piece->seq + piece->len;
    }
    (void)edge;
    return pieces;
}

/* A block is attached only while some of it is in use; returns how many the connection holds. */
static uint32_t validate_side(const struct tcp *t, const struct conn *c)
{
    const struct side *s = conn_side(t, c);
    if (!s)
        return 0;
    assert(!side_is_idle(s) && side_blocks_agree(s));
    assert(!s->ranges || c->snd_nxt == c->snd_max);
    assert(!side_has(s, SIDE_REPAIR) || conn_has(c, CONN_RECOVERY));
    return 1 + board_validate(&t->sides, s, c->snd_una, c->snd_max);
}

bool conn_numbers_agree(const struct conn *c)
{
    uint32_t end = c->snd_lim + (conn_has(c, CONN_FIN) ? 1 : 0);
    return seq_le(c->snd_una, c->snd_nxt) && seq_le(c->snd_nxt, c->snd_max) &&
           seq_le(c->snd_max, end) && seq_le(c->rcv_acked, c->rcv_nxt) &&
           seq_le(c->rcv_nxt, c->rcv_adv + 1) && /* a FIN needs no window */
           (!conn_has_more(c, MORE_REDUCED) || seq_lt(c->snd_una, c->recover));
}

bool conn_deadlines_agree(const struct conn *c)
{
    bool idle = c->snd_una == c->snd_max;
    return (idle || conn_has(c, CONN_RTO | CONN_OUT)) &&
           (!conn_has(c, CONN_PERSIST) || conn_has(c, CONN_RTO)) &&
           (!conn_has_more(c, MORE_KEEP) || (conn_has(c, CONN_RTO) && idle));
}

bool side_blocks_agree(const struct side *s)
{
    return s->recents + s->twices <= TCP_SACK_MAX && (!s->twices || side_has(s, SIDE_DSACK));
}

/* A deadline holds the connection in the wheel, or will with the output that waits. */
static void validate_timers(const struct conn *c)
{
    bool waits = conn_has(c, CONN_RTO | CONN_ACK_LATER | CONN_APP);
    assert(!waits || wheel_has(&c->timer) || conn_has(c, CONN_OUT));
    assert(conn_deadlines_agree(c));
    (void)waits;
}

static void validate_lists(const struct tcp *t)
{
    uint32_t free_seen = 0, out_seen = 0, flagged = 0, last = CONN_NONE;
    for (uint32_t i = t->free; i != CONN_NONE; i = t->conns[i].next, free_seen++)
        assert(t->conns[i].state == TCP_CLOSED && !conn_has(&t->conns[i], CONN_OUT));
    for (uint32_t i = t->out_head; i != CONN_NONE; last = i, i = t->conns[i].next, out_seen++)
        assert(conn_has(&t->conns[i], CONN_OUT));
    for (uint32_t i = 0; i < t->cfg.conns; i++)
        flagged += conn_has(&t->conns[i], CONN_OUT) ? 1 : 0;
    assert(free_seen == t->free_count && out_seen == flagged && last == t->out_tail &&
           out_seen == t->out_count);
    assert(t->busy == CONN_NONE && !t->busy_freed);
    (void)free_seen, (void)out_seen, (void)flagged, (void)last;
}

static uint32_t time_wait_live(const struct tcp *t)
{
    uint32_t live = 0;
    for (uint32_t i = 0; i < t->time_wait.count; i++)
        live += t->time_wait.slots[(t->time_wait.head + i) & (t->time_wait.size - 1)].live;
    return live;
}

void tcp_validate(const struct tcp *t)
{
    uint32_t pieces = 0, blocks = 0, alive = 0, half_open = 0, timers = 0;
    validate_lists(t);
    for (uint32_t i = 0; i < t->cfg.conns; i++) {
        const struct conn *c = &t->conns[i];
        timers += wheel_has(&c->timer);
        if (!conn_is_alive(c)) {
            assert(!wheel_has(&c->timer) && (c->state == TCP_CLOSED || c->side == SIDE_NONE));
            continue;
        }
        alive++;
        half_open += c->state == TCP_SYN_RCVD;
        pieces += validate_pieces(t, c);
        blocks += validate_side(t, c);
        assert(conn_numbers_agree(c));
        validate_timers(c);
    }
    assert(pieces + t->ooo.free_count == t->ooo.count && half_open == t->half_open);
    assert(blocks + t->sides.free_count == t->sides.count);
    assert(t->flows.count == alive + time_wait_live(t) && timers == t->wheel.count);
    flow_validate(&t->flows);
    wheel_validate(&t->wheel);
    (void)pieces, (void)blocks, (void)alive, (void)half_open, (void)timers;
}
