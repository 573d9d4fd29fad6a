/* SPDX-License-Identifier: BSD-3-Clause */
#include "leak_check.h"

#include <stdlib.h>

#include "check_main.h"

/* What has been seen of a pool. */
struct census {
    uint8_t *seen;
    uint32_t count, all;
};

static struct census census_begin(uint32_t all)
{
    return (struct census){.seen = calloc(all ? all : 1, 1), .all = all};
}

static void census_add(struct census *c, uint32_t index, const char *pool)
{
    if (index >= c->all || c->seen[index])
        ck_abort_msg("%s: %u %s", pool, index, index < c->all ? "is in two places" : "does not exist");
    c->seen[index] = 1;
    c->count++;
}

static void census_end(struct census *c, const char *pool)
{
    for (uint32_t i = 0; i < c->all; i++)
        if (!c->seen[i])
            ck_abort_msg("%s: %u of %u is nowhere (%u seen)", pool, i, c->all, c->count);
    free(c->seen);
}

static void check_conns(const struct tcp *t)
{
    struct census c = census_begin(t->cfg.conns);
    for (uint32_t i = t->free; i != CONN_NONE; i = t->conns[i].next)
        census_add(&c, i, "connections");
    ck_assert_uint_eq(c.count, t->free_count);
    census_end(&c, "connections");
}

static void check_pieces(const struct tcp *t)
{
    struct census c = census_begin(t->ooo.count);
    for (uint32_t i = t->ooo.free; i != OOO_NONE; i = t->ooo.pieces[i].next)
        census_add(&c, i, "out-of-order pieces");
    ck_assert_uint_eq(c.count, t->ooo.free_count);
    census_end(&c, "out-of-order pieces");
}

static void check_sides(const struct tcp *t)
{
    struct census c = census_begin(t->sides.count);
    for (uint32_t i = t->sides.free; i != SIDE_NONE; i = t->sides.blocks[i].next)
        census_add(&c, i, "side blocks");
    ck_assert_uint_eq(c.count, t->sides.free_count);
    census_end(&c, "side blocks");
}

static void check_flows(const struct tcp *t)
{
    uint32_t live = 0;
    for (uint32_t i = 0; i < t->time_wait.count; i++)
        live += t->time_wait.slots[(t->time_wait.head + i) & (t->time_wait.size - 1)].live;
    ck_assert_uint_eq(t->flows.count, live);
    ck_assert_uint_le(t->time_wait.count, t->time_wait.size);
}

void leak_check_tcp(const struct tcp *t)
{
    tcp_validate(t);
    ck_assert_uint_eq(tcp_in_use(t), 0);
    ck_assert_uint_eq(t->wheel.count, 0);
    ck_assert_uint_eq(t->half_open, 0);
    ck_assert_uint_eq(t->out_head, CONN_NONE);
    check_conns(t);
    check_pieces(t);
    check_sides(t);
    check_flows(t);
}
