/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"

#include <pthread.h>
#include <sched.h>

#include "base/ring.h"

#define SIZE   256u
#define VALUES 1000000u

struct pipe {
    struct ring ring;
    uint32_t slots[SIZE];
};

static void *produce_all(void *arg)
{
    struct pipe *p = arg;
    for (uint32_t next = 0; next < VALUES;) {
        uint32_t want = 1 + next % 37, n = ring_space(&p->ring, want);
        n = n < VALUES - next ? n : VALUES - next;
        for (uint32_t i = 0; i < n; i++)
            p->slots[ring_slot(&p->ring, p->ring.prod.at + i)] = next + i;
        ring_produce(&p->ring, n);
        next += n;
        if (!n)
            sched_yield();
    }
    return NULL;
}

START_TEST(two_threads_pass_everything_in_order)
{
    static struct pipe p;
    ring_init(&p.ring, SIZE);
    pthread_t producer;
    ck_assert_int_eq(pthread_create(&producer, NULL, produce_all, &p), 0);
    uint32_t wrong = 0;
    for (uint32_t next = 0; next < VALUES;) {
        uint32_t n = ring_ready(&p.ring, 1 + next % 53);
        for (uint32_t i = 0; i < n; i++)
            wrong += p.slots[ring_slot(&p.ring, p.ring.cons.at + i)] != next + i;
        ring_consume(&p.ring, n);
        next += n;
        if (!n)
            sched_yield();
    }
    pthread_join(producer, NULL);
    ck_assert_uint_eq(wrong, 0);
    ck_assert_uint_eq(ring_used(&p.ring), 0);
}
END_TEST

START_TEST(full_and_empty)
{
    struct ring r;
    ring_init(&r, 8);
    ck_assert_uint_eq(ring_ready(&r, 1), 0);
    ck_assert_uint_eq(ring_space(&r, 100), 8);
    ring_produce(&r, 8);
    ck_assert_uint_eq(ring_space(&r, 1), 0);
    ck_assert_uint_eq(ring_used(&r), 8);
    ck_assert_uint_eq(ring_ready(&r, 3), 3);
    ring_consume(&r, 3);
    ck_assert_uint_eq(ring_space(&r, 8), 3);
    ck_assert_uint_eq(ring_ready(&r, 8), 5);
}
END_TEST

START_TEST(indexes_wrap)
{
    struct ring r;
    ring_init(&r, 8);
    r.prod.at = r.prod.seen = r.cons.at = r.cons.seen = UINT32_MAX - 2;
    atomic_store(&r.prod.shown, UINT32_MAX - 2);
    atomic_store(&r.cons.shown, UINT32_MAX - 2);
    for (int i = 0; i < 10; i++) {
        ck_assert_uint_eq(ring_space(&r, 5), 5);
        ring_produce(&r, 5);
        ck_assert_uint_eq(ring_used(&r), 5);
        ck_assert_uint_eq(ring_ready(&r, 9), 5);
        ring_consume(&r, 5);
    }
    ck_assert_uint_eq(ring_slot(&r, r.prod.at), (UINT32_MAX - 2 + 50) % 8);
}
END_TEST

CHECK_MAIN("base/ring", two_threads_pass_everything_in_order, full_and_empty, indexes_wrap)
