/* SPDX-License-Identifier: BSD-3-Clause */
#include "tcp/side.h"

#include <errno.h>

#include "base/mem.h"
#include "tcp/board.h"
#include "tcp/internal.h"

int side_pool_init(struct side_pool *p, uint32_t count, struct err *e)
{
    *p = (struct side_pool){.count = count, .free = SIDE_NONE, .free_count = count};
    p->blocks = mem_reserve(count * sizeof *p->blocks, "side blocks", e);
    if (!p->blocks)
        return -ENOMEM;
    for (uint32_t i = count; i-- > 0;) {
        p->blocks[i].next = p->free;
        p->free = i;
    }
    return 0;
}

void side_pool_fini(struct side_pool *p)
{
    mem_release(p->blocks, p->count * sizeof *p->blocks);
    *p = (struct side_pool){.free = SIDE_NONE};
}

uint32_t side_take(struct side_pool *p)
{
    uint32_t block = p->free;
    if (block == SIDE_NONE)
        return SIDE_NONE;
    p->free = p->blocks[block].next;
    p->free_count--;
    return block;
}

void side_give(struct side_pool *p, uint32_t block)
{
    p->blocks[block].next = p->free;
    p->free = block;
    p->free_count++;
}

struct side *side_attach(struct tcp *t, struct conn *c)
{
    if (c->side == SIDE_NONE) {
        c->side = side_take(&t->sides);
        if (c->side == SIDE_NONE) {
            tcp_count(t, COUNTER_POOL_EMPTY);
            tcp_count(t, COUNTER_SIDE_EMPTY);
            return NULL;
        }
        t->sides.blocks[c->side].side = (struct side){.ooo = OOO_NONE};
    }
    return &t->sides.blocks[c->side].side;
}

bool side_is_idle(const struct side *s)
{
    return !side_repairs(s) && !side_reports(s) && cubic_is_idle(&s->cubic);
}

void side_settle(struct tcp *t, struct conn *c)
{
    struct side *s = conn_side(t, c);
    if (s && side_is_idle(s))
        side_detach(t, c);
}

void side_detach(struct tcp *t, struct conn *c)
{
    struct side *s = conn_side(t, c);
    if (!s)
        return;
    ooo_clear(&t->ooo, &s->ooo);
    board_clear(&t->sides, s);
    side_give(&t->sides, c->side);
    c->side = SIDE_NONE;
}
