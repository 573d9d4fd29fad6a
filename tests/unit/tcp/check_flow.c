/* SPDX-License-Identifier: BSD-3-Clause */
/* The flow table against a plain list. */
#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "base/rng.h"
#include "lib/check_main.h"
#include "tcp/flow.h"

#define FLOWS 400

struct model {
    struct flow_table table;
    uint32_t hash[FLOWS];
    bool in[FLOWS];
    uint32_t count;
};

static struct model *model_new(void)
{
    struct model *m = calloc(1, sizeof *m);
    struct err e = {0};
    ck_assert_int_eq(flow_init(&m->table, FLOWS, &e), 0);
    return m;
}

static void model_free(struct model *m)
{
    flow_fini(&m->table);
    free(m);
}

static bool has(const struct flow_table *f, uint32_t hash, uint32_t index)
{
    uint32_t at = hash & f->mask, found;
    while ((found = flow_probe(f, hash, &at)) != FLOW_NONE) {
        if (found == index)
            return true;
        at = (at + 1) & f->mask;
    }
    return false;
}

static void toggle(struct model *m, uint32_t i, uint32_t hash)
{
    if (m->in[i]) {
        flow_remove(&m->table, m->hash[i], i);
        m->count--;
    } else {
        m->hash[i] = hash;
        flow_add(&m->table, hash, i);
        m->count++;
    }
    m->in[i] = !m->in[i];
}

static void check(const struct model *m)
{
    ck_assert_uint_eq(m->table.count, m->count);
    flow_validate(&m->table);
    for (uint32_t i = 0; i < FLOWS; i++)
        if (has(&m->table, m->hash[i], i) != m->in[i])
            ck_abort_msg("flow %u", i);
}

static void random_walk(uint64_t seed, uint32_t hash_mask)
{
    struct model *m = model_new();
    struct rng r;
    rng_seed(&r, seed);
    for (int i = 0; i < 4000; i++) {
        uint32_t one = (uint32_t)rng_below(&r, FLOWS);
        toggle(m, one, (uint32_t)rng_u64(&r) & hash_mask);
        if (i % 8 == 0)
            check(m);
    }
    model_free(m);
}

START_TEST(test_against_model)
{
    random_walk(1, 0xffffffffu);
    random_walk(2, 0xff);       /* long clusters */
    random_walk(3, 0xfffff1ffu);
}
END_TEST

START_TEST(test_same_hash)
{
    random_walk(4, 0);
    struct model *m = model_new(); /* at the table's end: clusters that wrap */
    for (uint32_t i = 0; i < FLOWS; i++)
        toggle(m, i, m->table.mask - i % 3);
    check(m);
    for (uint32_t i = 0; i < FLOWS; i++) { /* two change names, past each other */
        flow_rename(&m->table, m->hash[i], i, FLOWS);
        ck_assert(has(&m->table, m->hash[i], FLOWS) && !has(&m->table, m->hash[i], i));
        flow_rename(&m->table, m->hash[i], FLOWS, i);
    }
    check(m);
    for (uint32_t i = 0; i < FLOWS; i += 2)
        toggle(m, i, 0);
    check(m);
    model_free(m);
}
END_TEST

START_TEST(test_full)
{
    struct model *m = model_new();
    ck_assert_uint_ge((m->table.mask + 1) * 4, FLOWS * 5);
    for (uint32_t i = 0; i < FLOWS; i++)
        toggle(m, i, i * 2654435761u);
    check(m);
    ck_assert(!has(&m->table, 77, FLOWS + 1));
    model_free(m);
}
END_TEST

CHECK_MAIN("tcp/flow", test_against_model, test_same_hash, test_full)
