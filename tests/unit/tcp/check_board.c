/* SPDX-License-Identifier: BSD-3-Clause */
/* The scoreboard against a plain array of bytes: what was reported, what waits to be sent again. */
#include <string.h>

#include "base/err.h"
#include "base/rng.h"
#include "lib/check_main.h"
#include "tcp/board.h"
#include "tcp/seq.h"

#define SPACE 2000

struct model {
    struct side_pool pool;
    struct side side;
    uint32_t base, una, end;  /* relative to base */
    bool reported[SPACE], waits[SPACE];
};

static struct model *model_new(uint32_t base, uint32_t blocks)
{
    struct model *m = calloc(1, sizeof *m);
    struct err e = {0};
    ck_assert_int_eq(side_pool_init(&m->pool, blocks, &e), 0);
    m->base = base;
    m->end = SPACE;
    return m;
}

static void model_free(struct model *m)
{
    board_clear(&m->pool, &m->side);
    ck_assert_uint_eq(m->pool.free_count, m->pool.count);
    side_pool_fini(&m->pool);
    free(m);
}

static void compare(const struct model *m)
{
    bool reported[SPACE] = {0}, waits[SPACE] = {0};
    uint32_t blocks = board_validate(&m->pool, &m->side, m->base + m->una, m->base + m->end);
    ck_assert_uint_eq(blocks + m->pool.free_count, m->pool.count);
    uint32_t sums[2] = {0};
    for (uint32_t i = 0; i < m->side.ranges; i++) {
        const struct board_range *r = board_at(&m->pool, &m->side, i);
        memset(reported + (r->start - m->base), 1, r->end - r->start);
        memset(waits + (r->resent - m->base), 1, r->start - r->resent);
    }
    for (uint32_t i = 0; i < SPACE; i++) {
        sums[0] += m->reported[i];
        sums[1] += m->waits[i];
    }
    ck_assert(!memcmp(reported, m->reported, SPACE));
    ck_assert(!memcmp(waits, m->waits, SPACE));
    ck_assert_uint_eq(board_reported(&m->pool, &m->side), sums[0]);
    ck_assert_uint_eq(board_waiting(&m->pool, &m->side), sums[1]);
}

static void add(struct model *m, uint32_t start, uint32_t end)
{
    struct board_news news = {0};
    if (!board_add(&m->pool, &m->side, m->base + m->una, m->base + start, m->base + end, 2, &news))
        return;
    memset(m->reported + start, 1, end - start);
    memset(m->waits + start, 0, end - start);
}

static void advance(struct model *m, uint32_t una)
{
    struct board_news news = {0};
    board_advance(&m->pool, &m->side, m->base + m->una, m->base + una, &news);
    memset(m->reported, 0, una);
    memset(m->waits, 0, una);
    m->una = una;
}

static void lose_all(struct model *m)
{
    ck_assert(board_lose_all(&m->pool, &m->side, m->base + m->una, m->base + m->end, 1));
    for (uint32_t i = m->una; i < m->end; i++)
        m->waits[i] = !m->reported[i];
}

/* Some of the first hole leaves again. */
static void resend(struct model *m, uint32_t len)
{
    uint32_t i = board_first_waiting(&m->pool, &m->side);
    if (i == m->side.ranges)
        return;
    struct board_range *r = board_at(&m->pool, &m->side, i);
    uint32_t part = r->start - r->resent < len ? r->start - r->resent : len;
    memset(m->waits + (r->resent - m->base), 0, part);
    r->resent += part;
}

static void random_walk(uint32_t base, uint64_t seed, uint32_t longest, uint32_t blocks)
{
    struct model *m = model_new(base, blocks);
    struct rng r;
    rng_seed(&r, seed);
    for (int i = 0; i < 2000 && m->una < SPACE - longest; i++) {
        uint32_t at = m->una + (uint32_t)rng_below(&r, SPACE - longest - m->una);
        switch (rng_below(&r, 16)) {
        case 0:
            advance(m, m->una + (uint32_t)rng_below(&r, longest));
            break;
        case 1:
            if (m->side.ranges < BOARD_MAX && m->pool.free_count)
                lose_all(m);
            break;
        case 2:
        case 3:
            resend(m, longest / 2);
            break;
        default:
            add(m, at, at + 1 + (uint32_t)rng_below(&r, longest));
        }
        compare(m);
    }
    model_free(m);
}

START_TEST(test_against_model)
{
    for (uint64_t seed = 0; seed < 20; seed++) {
        random_walk(5, seed, 20, 3);
        random_walk(0xffffffffu - SPACE / 2, seed, 100, 3);
        random_walk(7, seed, 10, 2); /* the third block is not there */
    }
}
END_TEST

START_TEST(test_runs_out_of_blocks)
{
    struct model *m = model_new(0, 1);
    struct board_news news = {0};
    for (uint32_t i = 0; i < BOARD_RANGES; i++)
        ck_assert(board_add(&m->pool, &m->side, 0, 10 + 20 * i, 20 + 20 * i, 2, &news));
    ck_assert(!board_add(&m->pool, &m->side, 0, 500, 510, 2, &news));
    ck_assert(board_add(&m->pool, &m->side, 0, 20, 30, 2, &news)); /* joins two: room for one */
    ck_assert(board_add(&m->pool, &m->side, 0, 500, 510, 2, &news));
    model_free(m);
}
END_TEST

/* What arrived from a hole says when it was sent, or that it came late. */
START_TEST(test_news)
{
    struct model *m = model_new(0, 3);
    struct board_news news = {0};
    board_add(&m->pool, &m->side, 0, 100, 200, 8, &news);
    ck_assert(!news.late && !news.resent);
    board_add(&m->pool, &m->side, 0, 20, 30, 10, &news);
    ck_assert(news.late && !news.resent);
    board_lose_all(&m->pool, &m->side, 0, 300, 11);
    board_at(&m->pool, &m->side, 0)->resent = 20;
    board_at(&m->pool, &m->side, 0)->sent_tk = 31;
    news = (struct board_news){0};
    board_advance(&m->pool, &m->side, 0, 20, &news);
    ck_assert(news.resent && news.resent_tk == 31 && !news.late);
    model_free(m);
}
END_TEST

/* Without room the last report is forgotten: it is sent again, not lost from sight. */
START_TEST(test_time_out_with_a_full_board)
{
    struct model *m = model_new(0, 1);
    struct board_news news = {0};
    for (uint32_t i = 0; i < BOARD_RANGES; i++)
        board_add(&m->pool, &m->side, 0, 10 + 20 * i, 20 + 20 * i, 2, &news);
    ck_assert(board_lose_all(&m->pool, &m->side, 0, 400, 1));
    ck_assert_uint_eq(m->side.ranges, BOARD_RANGES);
    ck_assert_uint_eq(board_at(&m->pool, &m->side, BOARD_RANGES - 1)->end, 400);
    ck_assert_uint_eq(board_reported(&m->pool, &m->side) + board_waiting(&m->pool, &m->side), 400);
    model_free(m);
}
END_TEST

CHECK_MAIN("tcp/board", test_against_model, test_runs_out_of_blocks, test_news,
           test_time_out_with_a_full_board)
