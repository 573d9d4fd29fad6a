/* SPDX-License-Identifier: BSD-3-Clause */
#include "tcp/board.h"

#include "tcp/seq.h"

static uint32_t blocks_for(uint32_t ranges)
{
    return (ranges + BOARD_RANGES - 1) / BOARD_RANGES;
}

/* Makes room for one more range at index `i`. */
static struct board_range *open_gap(struct side_pool *p, struct side *s, uint32_t i)
{
    if (s->ranges == BOARD_MAX)
        return NULL;
    if (s->ranges % BOARD_RANGES == 0) {
        uint32_t block = side_take(p);
        if (block == SIDE_NONE)
            return NULL;
        s->board[s->ranges / BOARD_RANGES] = block;
    }
    s->ranges++;
    for (uint32_t k = s->ranges - 1u; k > i; k--)
        *board_at(p, s, k) = *board_at(p, s, k - 1);
    return board_at(p, s, i);
}

static void remove_some(struct side_pool *p, struct side *s, uint32_t i, uint32_t count)
{
    uint32_t before = blocks_for(s->ranges);
    for (uint32_t k = i; k + count < s->ranges; k++)
        *board_at(p, s, k) = *board_at(p, s, k + count);
    s->ranges = (uint8_t)(s->ranges - count);
    for (uint32_t b = blocks_for(s->ranges); b < before; b++)
        side_give(p, s->board[b]);
}

/* Some of the hole in front of `r`, which starts at `hole`, arrived. */
static void note_arrival(const struct board_range *r, uint32_t hole, struct board_news *news)
{
    if (!(r->sent_tk & 1)) {
        news->late = true;
        return;
    }
    if (r->resent == hole) /* lost, and not sent again yet */
        return;
    if (!news->resent || seq_lt(news->resent_tk, r->sent_tk))
        news->resent_tk = r->sent_tk;
    news->resent = true;
}

/* A run of its own, inside hole `i` or behind everything: both parts keep what is known. */
static bool add_apart(struct side_pool *p, struct side *s, uint32_t una, uint32_t i,
                      struct board_range new, struct board_news *news)
{
    bool behind = i == s->ranges;
    struct board_range *r = open_gap(p, s, i);
    if (!r)
        return false;
    if (behind) {
        *r = new;
        return true;
    }
    struct board_range *next = board_at(p, s, i + 1);
    note_arrival(next, board_hole(p, s, i, una), news);
    *r = (struct board_range){new.start, new.end, seq_min(next->resent, new.start), next->sent_tk};
    next->resent = seq_max(next->resent, new.end);
    return true;
}

/* What reaches over a hole takes the run behind it along. */
static uint32_t swallow(struct side_pool *p, struct side *s, uint32_t i, uint32_t end,
                        struct board_news *news)
{
    uint32_t last = i;
    while (last + 1 < s->ranges && seq_le(board_at(p, s, last + 1)->start, end)) {
        last++;
        note_arrival(board_at(p, s, last), board_hole(p, s, last, 0), news);
        end = seq_max(end, board_at(p, s, last)->end);
    }
    if (last > i)
        remove_some(p, s, i + 1, last - i);
    return end;
}

bool board_add(struct side_pool *p, struct side *s, uint32_t una, uint32_t start, uint32_t end,
               uint32_t sent_tk, struct board_news *news)
{
    uint32_t i = 0;
    while (i < s->ranges && seq_lt(board_at(p, s, i)->end, start))
        i++;
    if (i == s->ranges || seq_lt(end, board_at(p, s, i)->start))
        return add_apart(p, s, una, i, (struct board_range){start, end, start, sent_tk}, news);
    struct board_range *r = board_at(p, s, i);
    if (seq_lt(start, r->start)) {
        note_arrival(r, board_hole(p, s, i, una), news);
        r->start = start;
        r->resent = seq_min(r->resent, start);
    }
    if (seq_lt(r->end, end)) {
        r->end = swallow(p, s, i, end, news);
        if (i + 1u < s->ranges) {
            struct board_range *next = board_at(p, s, i + 1);
            if (seq_lt(next->resent, r->end))
                next->resent = r->end;
        }
    }
    return true;
}

void board_advance(struct side_pool *p, struct side *s, uint32_t before, uint32_t una,
                   struct board_news *news)
{
    uint32_t gone = 0;
    while (gone < s->ranges && seq_le(board_at(p, s, gone)->end, una)) {
        uint32_t hole = board_hole(p, s, gone, before);
        if (hole != board_at(p, s, gone)->start)
            note_arrival(board_at(p, s, gone), hole, news);
        gone++;
    }
    uint32_t hole = board_hole(p, s, gone, before);
    if (gone)
        remove_some(p, s, 0, gone);
    if (!s->ranges)
        return;
    struct board_range *first = board_at(p, s, 0);
    if (seq_lt(hole, una) && hole != first->start)
        note_arrival(first, hole, news);
    first->start = seq_max(first->start, una);
    first->resent = seq_max(first->resent, una);
}

void board_clear(struct side_pool *p, struct side *s)
{
    remove_some(p, s, 0, s->ranges);
}

bool board_lose_all(struct side_pool *p, struct side *s, uint32_t una, uint32_t end)
{
    for (uint32_t i = 0; i < s->ranges; i++)
        board_at(p, s, i)->resent = board_hole(p, s, i, una);
    uint32_t hole = board_hole(p, s, s->ranges, una);
    if (hole == end)
        return true;
    struct board_range *r = open_gap(p, s, s->ranges);
    if (!r && s->ranges) { /* the last report is forgotten: sent once too often, not once too rarely */
        r = board_at(p, s, s->ranges - 1u);
        hole = r->resent;
    }
    if (!r)
        return false;
    *r = (struct board_range){end, end, hole, 1};
    return true;
}

uint32_t board_reported(const struct side_pool *p, const struct side *s)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < s->ranges; i++)
        sum += board_at(p, s, i)->end - board_at(p, s, i)->start;
    return sum;
}

uint32_t board_waiting(const struct side_pool *p, const struct side *s)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < s->ranges; i++)
        sum += board_at(p, s, i)->start - board_at(p, s, i)->resent;
    return sum;
}

uint32_t board_first_waiting(const struct side_pool *p, const struct side *s)
{
    uint32_t i = 0;
    while (i < s->ranges && board_at(p, s, i)->resent == board_at(p, s, i)->start)
        i++;
    return i;
}

uint32_t board_validate(const struct side_pool *p, const struct side *s, uint32_t una, uint32_t max)
{
    for (uint32_t i = 0; i < s->ranges; i++) {
        const struct board_range *r = board_at(p, s, i);
        uint32_t hole = board_hole(p, s, i, una);
        assert(seq_le(hole, r->resent) && seq_le(r->resent, r->start));
        assert(seq_le(r->start, r->end) && seq_le(r->end, max));
        assert(!i || seq_lt(hole, r->start));
        (void)r, (void)hole;
    }
    (void)una, (void)max;
    return blocks_for(s->ranges);
}
