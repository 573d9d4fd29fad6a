/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What only a disturbed connection needs, in blocks of two cache lines from a bounded pool: text
 * that arrived ahead of a hole, what the peer reported of our own, the state of CUBIC. A connection
 * has at most one `struct side`, attached when the first part is needed and given back when the last
 * is idle; a side borrows further blocks of the same pool. An empty pool degrades the connection
 * (no out-of-order store, NewReno instead of SACK), counted; nothing is lost by it.
 */
#ifndef TCP_SIDE_H
#define TCP_SIDE_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

struct err;

#define SIDE_NONE        0xffffffffu
#define SIDE_BLOCK_BYTES 128

/* CUBIC's state (RFC 9438), all zero while it has none: the congestion module's own. */
struct cubic {
    uint32_t epoch_tk;    /* 0: idle */
    uint32_t reserved[7];
};

static inline bool cubic_is_idle(const struct cubic *c)
{
    return !c->epoch_tk;
}

struct side {
    uint32_t ooo; /* first out-of-order piece, or OOO_NONE */
    struct cubic cubic;
};

union side_block {
    struct side side;
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

#endif
