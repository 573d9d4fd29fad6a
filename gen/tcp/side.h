/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What only a disturbed connection needs, in blocks of two cache lines from a bounded pool: text
 * that arrived ahead of a hole, what the peer reported of our own, the state of CUBIC. A connection
 * has at most one `struct side`, attached when the first part is needed and given back when the last
 * is idle; a side borrows further blocks of the same pool for the scoreboard (tcp/board.h). An empty
 * pool degrades the connection (no out-of-order store, NewReno instead of SACK), counted; nothing is
 * lost by it.
 */
#ifndef TCP_SIDE_H
#define TCP_SIDE_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "net/pkt.h"
#include "tcp/cubic.h"
#include "tcp/ooo.h"

struct err;

#define SIDE_NONE        0xffffffffu
#define SIDE_BLOCK_BYTES 128
#define BOARD_RANGES     8 /* of the scoreboard, a block */
#define BOARD_BLOCKS     3 /* at most */

enum side_flag {
    SIDE_DSACK = 1 << 0,     /* `dsack` waits to be told */
    SIDE_REPAIR = 1 << 1,    /* recovery by SACK, with CONN_RECOVERY */
    SIDE_MARK = 1 << 2,      /* `mark` holds */
    SIDE_REORDER = 1 << 3,   /* reorder_at holds */
    SIDE_RESCUED = 1 << 4,   /* this recovery had its one look behind the last report (RFC 6675 4) */
    SIDE_TLP = 1 << 5,       /* tlp_end holds: a loss probe is not yet understood */
    SIDE_TLP_SEND = 1 << 6,  /* ... it leaves with the next output */
    SIDE_TLP_AGAIN = 1 << 7, /* ... it repeated what was sent before */
    SIDE_UNDO = 1 << 8,      /* the last repair may turn out needless: undo_* hold; never with SIDE_TLP */
    SIDE_VAIN = 1 << 9,      /* ... some of it did */
};

struct side {
    /* the line that an undisturbed CUBIC connection touches */
    struct cubic cubic;
    uint32_t ooo;             /* received: first out-of-order piece, or OOO_NONE */
    uint16_t flags;           /* enum side_flag */
    uint8_t recents, ranges;  /* how many */
    /* received */
    struct sack_block recent[TCP_SACK_MAX]; /* what to report, latest first */
    struct sack_block dsack;  /* arrived twice (RFC 2883) */
    /* sent */
    uint32_t board[BOARD_BLOCKS]; /* blocks of the scoreboard, as many as `ranges` need */
    uint32_t rack_tk;         /* the latest sending that is known to have arrived (RFC 8985 5.2) */
    uint32_t mark, mark_tk;   /* the byte numbered `mark` was first sent then */
    uint32_t reorder_at;      /* RFC 8985 6.2: what may only be late is lost from then on */
    uint32_t prr_sent, prr_flight; /* bytes since recovery began; under way before */
    union {
        uint32_t prr_delivered;
        uint32_t undo_end;    /* ... afterwards: SIDE_UNDO until more is acknowledged */
    };
    union {
        uint32_t tlp_end;     /* snd_max behind the probe */
        struct {
            uint16_t undo_left; /* segments sent again that are not known to be needless */
            uint16_t undo_ts;   /* none of them bears an older timestamp, its low half (RFC 3522) */
        };
    };
    uint32_t undo_ssthresh;
};

/* A run of bytes that the peer has, and the hole in front of it. [resent, start) of the hole waits
 * to be sent (again); what lies before `resent` is under way. A hole is under way as a whole until
 * it counts as lost. */
struct board_range {
    uint32_t start, end;
    uint32_t resent;
    uint32_t sent_tk; /* when the hole was last sent, or a little later; odd: it was sent again */
};

union side_block {
    struct side side;
    struct board_range ranges[BOARD_RANGES];
    uint32_t next; /* of the free list */
    uint8_t bytes[SIDE_BLOCK_BYTES];
};

static_assert(sizeof(union side_block) == SIDE_BLOCK_BYTES, "a block is two cache lines");

struct side_pool {
    union side_block *blocks;
    uint32_t count, free, free_count;
};

int side_pool_init(struct side_pool *p, uint32_t count, struct err *e);
void side_pool_fini(struct side_pool *p);
/* A block, its bytes undefined; SIDE_NONE: the pool is empty. */
uint32_t side_take(struct side_pool *p);
void side_give(struct side_pool *p, uint32_t block);

static inline bool side_has(const struct side *s, uint16_t flags)
{
    return (s->flags & flags) != 0;
}

static inline void side_set(struct side *s, uint16_t flags)
{
    s->flags = (uint16_t)(s->flags | flags);
}

static inline void side_clear(struct side *s, uint16_t flags)
{
    s->flags = (uint16_t)(s->flags & ~flags);
}

/* Whether something of what we sent, or of what we received, is noted. */
static inline bool side_repairs(const struct side *s)
{
    return s->ranges || side_has(s, SIDE_REPAIR | SIDE_TLP | SIDE_UNDO);
}

static inline bool side_reports(const struct side *s)
{
    return s->ooo != OOO_NONE || side_has(s, SIDE_DSACK);
}

#endif
