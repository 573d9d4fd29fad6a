/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which holes of the scoreboard are lost: by time (RACK, RFC 8985 6.2), or by how much arrived behind
 * them (IsLost of RFC 6675 4).
 *
 * Nothing is noted about segments of an undisturbed transfer, so RACK's times are bounds: what was
 * sent once was sent before what is first reported behind it, that is a round trip ago or earlier;
 * what was sent again has a time of its own, a hole the latest of its parts; of new data one byte a
 * round trip (`mark`) is timed. All err towards later. The smoothed round-trip time stands for
 * RACK.rtt and RACK.min_RTT.
 */
#include "tcp/recovery.h"

#define FACTOR_MAX   15 /* of the reordering window, in quarters of a round trip */
#define FACTOR_KEPT  15 /* recoveries (RFC 8985: 16) */
#define FACTOR(c)    ((c)->reorder & 15u)
#define KEEPS(c)     ((uint32_t)((c)->reorder >> 4))

static void set_reorder(struct conn *c, uint32_t factor, uint32_t keeps)
{
    c->reorder = (uint8_t)(keeps << 4 | factor);
}

void loss_reordering_seen(struct conn *c)
{
    if (!FACTOR(c))
        set_reorder(c, 1, 0);
}

bool loss_reorders(const struct conn *c)
{
    return FACTOR(c) != 0;
}

/* RFC 8985 6.2 step 4: a repair was not needed, so that more patience is. */
void loss_repaired_in_vain(struct conn *c)
{
    uint32_t factor = FACTOR(c) + 1;
    set_reorder(c, factor < FACTOR_MAX ? factor : FACTOR_MAX, FACTOR_KEPT);
}

void loss_recovered(struct conn *c)
{
    if (KEEPS(c))
        set_reorder(c, KEEPS(c) == 1 ? 1 : FACTOR(c), KEEPS(c) - 1);
}

/* As much arrived behind the first hole as three segments. */
static bool many_behind(const struct tcp *t, const struct conn *c, const struct side *s)
{
    return c->dupacks >= DUPLICATES || s->ranges >= DUPLICATES ||
           board_reported(&t->sides, s) > (DUPLICATES - 1u) * c->mss;
}

static uint32_t reordering_window(const struct tcp *t, const struct conn *c, const struct side *s)
{
    uint32_t rtt = c->srtt >> 3, factor = FACTOR(c);
    if (!factor) {
        if (seq_lt(c->snd_una, c->recover) || many_behind(t, c, s))
            return 0;
        factor = 1;
    }
    uint32_t window = rtt / 4 * factor;
    return window < rtt ? window : rtt;
}

static void wait_until(struct side *s, uint32_t at_tk)
{
    if (!side_has(s, SIDE_REORDER) || seq_lt(at_tk, s->reorder_at))
        s->reorder_at = at_tk;
    side_set(s, SIDE_REORDER);
}

/* What was sent again is lost only when something sent later arrived. */
static void by_time(struct tcp *t, struct conn *c, struct side *s)
{
    uint32_t wait = (c->srtt >> 3) + reordering_window(t, c, s);
    side_clear(s, SIDE_REORDER);
    for (uint32_t i = 0; i < s->ranges; i++) {
        struct board_range *r = board_at(&t->sides, s, i);
        uint32_t hole = board_hole(&t->sides, s, i, c->snd_una);
        if (r->resent == hole || (r->sent_tk & 1 && !seq_lt(r->sent_tk, s->rack_tk)))
            continue;
        if (seq_lt(t->now_tk, r->sent_tk + wait))
            wait_until(s, r->sent_tk + wait);
        else
            r->resent = hole;
    }
}

/* What was sent again is not lost a second time before a time-out. */
static void by_count(struct tcp *t, struct conn *c, struct side *s)
{
    uint32_t bytes = 0, runs = 0;
    for (uint32_t i = s->ranges; i-- > 0;) {
        struct board_range *r = board_at(&t->sides, s, i);
        bytes += r->end - r->start;
        runs += r->end != r->start;
        bool many = runs >= DUPLICATES || bytes > (DUPLICATES - 1u) * c->mss ||
                    (!i && c->dupacks >= DUPLICATES);
        if (many && !(r->sent_tk & 1))
            r->resent = board_hole(&t->sides, s, i, c->snd_una);
    }
}

void loss_detect(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    struct side *s = conn_side(t, c);
    if (!t->cfg.rack) {
        by_count(t, c, s);
        return;
    }
    by_time(t, c, s);
    if (side_has(s, SIDE_REORDER))
        timer_arm(t, index, s->reorder_at);
}
