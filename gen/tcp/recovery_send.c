/* SPDX-License-Identifier: BSD-3-Clause */
/* Loss recovery by SACK: what is under way, and what leaves next (RFC 6675 4, 5). */
#include "tcp/recovery.h"

uint32_t recovery_flight(const struct tcp *t, const struct conn *c)
{
    const struct side *s = conn_side(t, c);
    uint32_t flight = c->snd_max - c->snd_una;
    if (!s || !s->ranges)
        return flight;
    return flight - board_reported(&t->sides, s) - board_waiting(&t->sides, s);
}

static uint32_t text_until(const struct conn *c, uint32_t seq, uint32_t end)
{
    end = seq_min(end, c->snd_lim); /* a FIN is no text */
    return seq_lt(seq, end) ? end - seq : 0;
}

bool recovery_choose(const struct tcp *t, struct conn *c, uint32_t *seq, uint32_t *len)
{
    struct side *s = conn_side(t, c);
    if (!s || !s->ranges)
        return false;
    uint32_t i = board_first_waiting(&t->sides, s);
    if (i == s->ranges)
        return false;
    const struct board_range *r = board_at(&t->sides, s, i);
    uint32_t full = c->mss - sack_bytes(t, c), flight = recovery_flight(t, c);
    *seq = r->resent;
    *len = text_until(c, *seq, r->start);
    if (*len > full)
        *len = full;
    /* A peer that took its window back gets the first segment alone. */
    bool shut = *seq != c->snd_una && *seq - c->snd_una >= c->snd_wnd;
    if (shut || (flight && flight + *len > c->cwnd)) {
        *seq = c->snd_nxt;
        *len = 0;
    }
    return true;
}

/* The end of what is under way, once a recovery (RFC 6675 4 (4)); RACK finds it lost by itself. */
bool recovery_rescue(const struct tcp *t, struct conn *c, uint32_t *seq, uint32_t *len)
{
    struct side *s = conn_side(t, c);
    if (!s || t->cfg.rack || !side_has(s, SIDE_REPAIR) || side_has(s, SIDE_RESCUED))
        return false;
    uint32_t known = board_hole(&t->sides, s, s->ranges, c->snd_una), full = c->mss - sack_bytes(t, c);
    uint32_t end = seq_min(c->snd_max, c->snd_lim), flight = recovery_flight(t, c);
    if (!seq_lt(known, end) || flight + full > c->cwnd)
        return false;
    side_set(s, SIDE_RESCUED);
    *seq = end - known > full ? end - full : known;
    *len = end - *seq;
    return true;
}

void recovery_sent(struct tcp *t, struct conn *c, uint32_t seq, uint32_t space)
{
    struct side *s = conn_side(t, c);
    s->prr_sent += space;
    if (!s->ranges)
        return;
    if (!seq_lt(seq, c->snd_max)) {
        if (!side_has(s, SIDE_MARK)) {
            side_set(s, SIDE_MARK);
            s->mark = seq;
            s->mark_tk = t->now_tk;
        }
        return;
    }
    if (side_has(s, SIDE_UNDO) && s->undo_left < UINT16_MAX)
        s->undo_left++;
    uint32_t i = board_first_waiting(&t->sides, s);
    if (i == s->ranges || board_at(&t->sides, s, i)->resent != seq)
        return;
    struct board_range *r = board_at(&t->sides, s, i);
    r->resent = seq_min(seq + space, r->start);
    r->sent_tk = t->now_tk | 1;
}
