/* SPDX-License-Identifier: BSD-3-Clause */
/* The ring of TIME-WAIT entries. */
#include "base/err.h"
#include "lib/check_main.h"
#include "tcp/flow.h"
#include "tcp/time_wait.h"

struct fixture {
    struct time_wait_pool pool;
    struct flow_table flows;
};

static void open_pool(struct fixture *f, uint32_t entries)
{
    struct err e = {0};
    ck_assert_int_eq(time_wait_init(&f->pool, entries, NULL, &e), 0);
    ck_assert_int_eq(flow_init(&f->flows, f->pool.size + 1, &e), 0);
}

static void close_pool(struct fixture *f)
{
    time_wait_fini(&f->pool);
    flow_fini(&f->flows);
}

static bool add(struct fixture *f, uint32_t key, uint32_t expire_tk)
{
    flow_add(&f->flows, key * 77, key); /* the connection */
    struct time_wait entry = {.key = key, .hash = key * 77, .expire_tk = expire_tk};
    bool gave_up = time_wait_add(&f->pool, &f->flows, entry, key);
    flow_validate(&f->flows);
    return gave_up;
}

static bool has(const struct fixture *f, uint32_t key)
{
    uint32_t hash = key * 77, at = hash & f->flows.mask, index;
    for (; (index = flow_probe(&f->flows, hash, &at)) != FLOW_NONE; at = (at + 1) & f->flows.mask)
        if (f->pool.slots[index & ~FLOW_TIME_WAIT].key == key)
            return true;
    return false;
}

START_TEST(test_expires_in_turn)
{
    struct fixture f;
    open_pool(&f, 8);
    for (uint32_t i = 0; i < 5; i++)
        add(&f, i, 0xfffffffeu + i); /* the clock wraps */
    time_wait_expire(&f.pool, &f.flows, 0xfffffffdu, 100);
    ck_assert_uint_eq(f.pool.count, 5);
    time_wait_expire(&f.pool, &f.flows, 0, 100);
    ck_assert_uint_eq(f.pool.count, 2);
    ck_assert(!has(&f, 2) && has(&f, 3));
    time_wait_expire(&f.pool, &f.flows, 100, 1); /* a budget */
    ck_assert_uint_eq(f.pool.count, 1);
    time_wait_expire(&f.pool, &f.flows, 100, 100);
    ck_assert_uint_eq(f.flows.count, 0);
    close_pool(&f);
}
END_TEST

START_TEST(test_full_gives_up_oldest)
{
    struct fixture f;
    open_pool(&f, 4);
    for (uint32_t i = 0; i < 20; i++) {
        ck_assert_int_eq(add(&f, i, 1000 + i), i >= 4);
        ck_assert(has(&f, i));
        ck_assert(i < 4 || !has(&f, i - 4));
    }
    ck_assert_uint_eq(f.flows.count, 4);
    close_pool(&f);
}
END_TEST

START_TEST(test_removed_place_is_taken_back)
{
    struct fixture f;
    open_pool(&f, 4);
    for (uint32_t i = 0; i < 4; i++)
        add(&f, i, 1000);
    time_wait_remove(&f.pool, &f.flows, 0);
    ck_assert(!has(&f, 0));
    ck_assert(!add(&f, 9, 1000)); /* nothing live was given up */
    ck_assert(has(&f, 9) && has(&f, 1));
    time_wait_remove(&f.pool, &f.flows, 1); /* now the front */
    time_wait_expire(&f.pool, &f.flows, 0, 100);
    ck_assert_uint_eq(f.pool.count, 3);
    time_wait_remove(&f.pool, &f.flows, 2);
    time_wait_expire(&f.pool, &f.flows, 1000, 100);
    ck_assert_uint_eq(f.flows.count, 0);
    ck_assert_uint_eq(f.pool.count, 0);
    close_pool(&f);
}
END_TEST

START_TEST(test_restart_holds_back)
{
    struct fixture f;
    open_pool(&f, 4);
    add(&f, 1, 100);
    add(&f, 2, 110);
    f.pool.slots[0].expire_tk = 200;
    time_wait_expire(&f.pool, &f.flows, 150, 100);
    ck_assert(has(&f, 1) && has(&f, 2));
    time_wait_expire(&f.pool, &f.flows, 200, 100);
    ck_assert(!has(&f, 1) && !has(&f, 2));
    close_pool(&f);
}
END_TEST

CHECK_MAIN("tcp/time_wait", test_expires_in_turn, test_full_gives_up_oldest,
           test_removed_place_is_taken_back, test_restart_holds_back)
