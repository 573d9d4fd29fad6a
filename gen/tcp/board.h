/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Scoreboard of what the peer reported by SACK (RFC 6675 3): at most 24 runs of bytes, sorted and
 * apart, each with the hole in front of it. Behind the last run nothing is known; that is under way.
 * An empty run ends a hole that nobody reported anything behind (a time-out's).
 *
 * Every function is told where the first hole starts: snd_una.
 */
#ifndef TCP_BOARD_H
#define TCP_BOARD_H

#include "tcp/side.h"

#define BOARD_MAX (BOARD_RANGES * BOARD_BLOCKS)

static inline struct board_range *board_at(const struct side_pool *p, const struct side *s,
                                           uint32_t i)
{
    return &p->blocks[s->board[i / BOARD_RANGES]].ranges[i % BOARD_RANGES];
}

static inline uint32_t board_hole(const struct side_pool *p, const struct side *s, uint32_t i,
                                  uint32_t una)
{
    return i ? board_at(p, s, i - 1)->end : una;
}

/* What bytes that arrived say of when they were sent. */
struct board_news {
    uint32_t resent_tk; /* the latest of those sent again, with `resent` */
    bool resent;
    bool late;          /* some were sent once only, before others that arrived first */
};

/* Notes that [start, end), not before una, arrived. A new hole was sent at `sent_tk`, even, or
 * before. False: there is no room, nothing was noted. */
bool board_add(struct side_pool *p, struct side *s, uint32_t una, uint32_t start, uint32_t end,
               uint32_t sent_tk, struct board_news *news);
/* Everything before `una` arrived; it was `before`. */
void board_advance(struct side_pool *p, struct side *s, uint32_t before, uint32_t una,
                   struct board_news *news);
void board_clear(struct side_pool *p, struct side *s);
/* All that was not reported up to `end` is lost, whatever became of it. False: there is no room. */
bool board_lose_all(struct side_pool *p, struct side *s, uint32_t una, uint32_t end);

/* Bytes reported; bytes of holes that wait to be sent again. */
uint32_t board_reported(const struct side_pool *p, const struct side *s);
uint32_t board_waiting(const struct side_pool *p, const struct side *s);
/* Index of the first hole that waits, or s->ranges. */
uint32_t board_first_waiting(const struct side_pool *p, const struct side *s);
/* Asserts order and bounds; returns blocks in use. */
uint32_t board_validate(const struct side_pool *p, const struct side *s, uint32_t una, uint32_t max);

#endif
