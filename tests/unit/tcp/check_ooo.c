/* SPDX-License-Identifier: BSD-3-Clause */
/* The out-of-order store against a plain array of bytes. */
#include <string.h>

#include "base/err.h"
#include "base/rng.h"
#include "lib/check_main.h"
#include "tcp/ooo.h"

#define SPACE  4000
#define PIECES 64
#define PIECE  100

struct model {
    struct ooo_pool pool;
    uint32_t first, base; /* base: sequence number of byte 0 */
    bool have[SPACE];
    uint8_t text[SPACE];
};

static struct model *model_new(uint32_t base)
{
    struct model *m = calloc(1, sizeof *m);
    struct err e = {0};
    ck_assert_int_eq(ooo_init(&m->pool, PIECES, PIECE, &e), 0);
    m->first = OOO_NONE;
    m->base = base;
    for (uint32_t i = 0; i < SPACE; i++)
        m->text[i] = (uint8_t)(i * 7 + i / 256);
    return m;
}

static void model_free(struct model *m)
{
    ooo_clear(&m->pool, &m->first);
    ck_assert_uint_eq(m->pool.free_count, PIECES);
    ooo_fini(&m->pool);
    free(m);
}

/* Reads the list back: sorted, disjoint, the right bytes; `held` says which. Returns pieces. */
static uint32_t read_back(const struct model *m, bool held[SPACE])
{
    uint32_t pieces = 0, edge = 0;
    memset(held, 0, SPACE);
    for (uint32_t p = m->first; p != OOO_NONE; p = m->pool.pieces[p].next, pieces++) {
        const struct ooo_piece *piece = &m->pool.pieces[p];
        uint32_t at = piece->seq - m->base;
        ck_assert(at >= edge && piece->len > 0 && piece->len <= PIECE && at + piece->len <= SPACE);
        ck_assert_mem_eq(ooo_data(&m->pool, p), m->text + at, piece->len);
        memset(held + at, 1, piece->len);
        edge = at + piece->len;
    }
    ck_assert_uint_eq(pieces + m->pool.free_count, PIECES);
    return pieces;
}

static bool new_in(const struct model *m, uint32_t at, uint32_t len)
{
    for (uint32_t i = at; i < at + len; i++)
        if (!m->have[i])
            return true;
    return false;
}

static void add(struct model *m, uint32_t at, uint32_t len)
{
    bool held[SPACE], any_new = new_in(m, at, len);
    enum ooo_kept kept = ooo_add(&m->pool, &m->first, m->base + at, m->text + at, len, false);
    read_back(m, held);
    if (kept == OOO_FULL) { /* a part may be in */
        ck_assert(any_new && m->pool.free_count == 0);
        for (uint32_t i = 0; i < SPACE; i++)
            if (held[i] != m->have[i] && (m->have[i] || i < at || i >= at + len))
                ck_abort_msg("byte %u", i);
    } else {
        ck_assert_int_eq(kept, any_new ? OOO_KEPT : OOO_KNOWN);
        memset(m->have + at, 1, len);
        ck_assert(!memcmp(held, m->have, SPACE));
    }
    memcpy(m->have, held, SPACE);
}

static void pop(struct model *m)
{
    if (m->first == OOO_NONE)
        return;
    const struct ooo_piece *piece = &m->pool.pieces[m->first];
    memset(m->have + (piece->seq - m->base), 0, piece->len);
    ooo_pop(&m->pool, &m->first);
}

static void random_walk(uint32_t base, uint64_t seed, uint32_t longest)
{
    struct model *m = model_new(base);
    struct rng r;
    rng_seed(&r, seed);
    for (int i = 0; i < 400; i++) {
        uint32_t at = (uint32_t)rng_below(&r, SPACE - longest);
        if (rng_below(&r, 4))
            add(m, at, 1 + (uint32_t)rng_below(&r, longest));
        else
            pop(m);
    }
    model_free(m);
}

START_TEST(test_against_model)
{
    for (uint64_t seed = 0; seed < 4; seed++) {
        random_walk(5, seed, 40);
        random_walk(5, seed, 350); /* longer than a piece */
        random_walk(0xffffffffu - SPACE / 2, seed, 100);
    }
}
END_TEST

START_TEST(test_pool_runs_empty)
{
    struct model *m = model_new(0);
    for (uint32_t i = 0; i < PIECES; i++)
        add(m, i * 20, 10);
    ck_assert_uint_eq(m->pool.free, OOO_NONE);
    ck_assert_int_eq(ooo_add(&m->pool, &m->first, 2000, m->text + 2000, 10, false), OOO_FULL);
    ck_assert_int_eq(ooo_add(&m->pool, &m->first, 0, m->text, 10, false), OOO_KNOWN);
    pop(m);
    add(m, 2000, 10);
    model_free(m);
}
END_TEST

START_TEST(test_fin_stays_with_the_last_byte)
{
    struct model *m = model_new(0);
    ooo_add(&m->pool, &m->first, 100, m->text + 100, 250, true); /* three pieces */
    uint32_t p = m->first;
    ck_assert(!m->pool.pieces[p].fin);
    p = m->pool.pieces[p].next;
    ck_assert(!m->pool.pieces[p].fin);
    p = m->pool.pieces[p].next;
    ck_assert(m->pool.pieces[p].fin && m->pool.pieces[p].len == 50);
    ooo_clear(&m->pool, &m->first);
    ooo_add(&m->pool, &m->first, 100, m->text + 100, 50, false);
    ck_assert_int_eq(ooo_add(&m->pool, &m->first, 120, m->text + 120, 30, true), OOO_KNOWN);
    ck_assert(m->pool.pieces[m->first].fin); /* known text, but its end is news */
    model_free(m);
}
END_TEST

CHECK_MAIN("tcp/ooo", test_against_model, test_pool_runs_empty, test_fin_stays_with_the_last_byte)
