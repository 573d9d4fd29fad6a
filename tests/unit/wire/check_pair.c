/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"
#include "tests/lib/leak_check.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/rng.h"
#include "wire/pair.h"

struct both {
    struct wire_port *port[2];
    struct wire_queue *q[2];
};

static struct both open_both(uint32_t ring, uint32_t frames, uint16_t mtu)
{
    struct both b;
    struct err e = {0};
    struct wire_config cfg = {.queues = 1, .ring_size = ring, .frames = frames};
    ck_assert_msg(pair_open(&cfg, mtu, b.port, &e) == 0, "%s", e.message);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(b.port[i]->ops->queue_open(b.port[i], 0, &b.q[i], &e), 0);
    return b;
}

static void close_both(struct both *b)
{
    for (int i = 0; i < 2; i++)
        b->q[i]->ops->queue_close(b->q[i]);
    leak_check_pair(b->port);
    for (int i = 0; i < 2; i++)
        b->port[i]->ops->port_close(b->port[i]);
}

/* Takes every free frame of a side, each seen once. */
static uint32_t count_free(struct wire_queue *q, struct frame *all, uint8_t *seen)
{
    uint32_t n = 0, got;
    while ((got = q->ops->tx_alloc(q, all + n, 64)) > 0)
        n += got;
    for (uint32_t i = 0; i < n; i++)
        ck_assert_uint_eq(seen[all[i].handle]++, 0);
    return n;
}

static uint32_t send(struct wire_queue *q, uint32_t n, uint16_t len, uint8_t fill)
{
    struct frame f[64];
    n = q->ops->tx_alloc(q, f, n);
    for (uint32_t i = 0; i < n; i++) {
        f[i].len = len;
        memset(f[i].data, fill, len);
    }
    uint32_t sent = q->ops->tx(q, f, n);
    q->ops->tx_free(q, f + sent, n - sent);
    return sent;
}

static uint32_t drain(struct wire_queue *q, uint32_t max)
{
    struct frame f[64];
    uint32_t n = q->ops->rx(q, f, max);
    q->ops->rx_free(q, f, n);
    return n;
}

START_TEST(hands_over_content_without_a_copy)
{
    struct both b = open_both(0, 0, 1500);
    struct frame t, r;
    ck_assert_uint_eq(b.q[0]->ops->tx_alloc(b.q[0], &t, 1), 1);
    ck_assert_uint_ge(t.len, 1514);
    memcpy(t.data, "hello", 5);
    t.len = 5;
    ck_assert_uint_eq(b.q[0]->ops->tx(b.q[0], &t, 1), 1);
    ck_assert_uint_eq(b.q[1]->ops->rx(b.q[1], &r, 1), 0); /* not before the flush */
    b.q[0]->ops->flush(b.q[0]);
    ck_assert_uint_eq(b.q[1]->ops->rx(b.q[1], &r, 1), 1);
    ck_assert_ptr_eq(r.data, t.data);
    ck_assert_uint_eq(r.len, 5);
    b.q[1]->ops->rx_free(b.q[1], &r, 1);
    close_both(&b);
}
END_TEST

START_TEST(full_ring_leaves_the_rest_with_the_caller)
{
    struct both b = open_both(64, 256, 1500);
    struct frame f[100];
    ck_assert_uint_eq(b.q[0]->ops->tx_alloc(b.q[0], f, 100), 100);
    ck_assert_uint_eq(b.q[0]->ops->tx(b.q[0], f, 100), 64);
    ck_assert_uint_eq(b.q[0]->ops->tx(b.q[0], f + 64, 36), 0);
    ck_assert_uint_eq(drain(b.q[1], 10), 10);
    ck_assert_uint_eq(b.q[0]->ops->tx(b.q[0], f + 64, 36), 10);
    b.q[0]->ops->tx_free(b.q[0], f + 74, 26);
    struct wire_stats s;
    b.q[0]->ops->stats(b.q[0], &s);
    ck_assert_uint_eq(s.tx_frames, 74);
    close_both(&b);
}
END_TEST

START_TEST(every_frame_is_somewhere_after_random_traffic)
{
    const uint32_t frames = 1024;
    struct both b = open_both(256, frames, 1500);
    struct rng r;
    rng_seed(&r, 7);
    for (uint32_t i = 0; i < 100000; i++) {
        struct wire_queue *q = b.q[rng_below(&r, 100) < 30];
        if (rng_below(&r, 2))
            send(q, (uint32_t)rng_below(&r, 65), 60, 1);
        else
            drain(q, (uint32_t)rng_below(&r, 65));
        if (rng_below(&r, 4) == 0)
            q->ops->flush(q);
    }
    for (int i = 0; i < 2; i++)
        b.q[i]->ops->flush(b.q[i]);
    while (drain(b.q[0], 64) + drain(b.q[1], 64))
        ;
    static uint8_t seen[8192];
    static struct frame all[2][4096];
    uint32_t count[2];
    memset(seen, 0, sizeof seen);
    leak_check_pair(b.port);
    for (int i = 0; i < 2; i++)
        count[i] = count_free(b.q[i], all[i], seen);
    ck_assert_uint_eq(count[0] + count[1], 2 * frames);
    for (int i = 0; i < 2; i++)
        b.q[i]->ops->tx_free(b.q[i], all[i], count[i]);
    close_both(&b);
}
END_TEST

static void one_way(uint32_t frames)
{
    struct both b = open_both(64, frames, 1500);
    uint64_t sent = 0, got = 0;
    for (uint32_t round = 0; round < 20000; round++) {
        sent += send(b.q[0], 32, 60, 2);
        b.q[0]->ops->flush(b.q[0]);
        got += drain(b.q[1], 64);
    }
    ck_assert_uint_eq(sent, 20000 * 32);
    ck_assert_uint_eq(got, sent);
    close_both(&b);
}

START_TEST(one_way_traffic_never_starves)
{
    one_way(64);
    one_way(100);
    one_way(4096);
}
END_TEST

enum { MILLION = 1000000 };

static void *sender(void *arg)
{
    struct wire_queue *q = arg;
    struct frame f[48];
    for (uint32_t next = 0; next < MILLION;) {
        uint32_t want = MILLION - next < 48 ? MILLION - next : 48;
        uint32_t n = q->ops->tx_alloc(q, f, want);
        for (uint32_t i = 0; i < n; i++) {
            f[i].len = (uint16_t)(60 + (next + i) % 1400);
            memset(f[i].data, (int)((next + i) & 0xff), f[i].len);
            memcpy(f[i].data, &(uint32_t){next + i}, 4);
        }
        uint32_t sent = q->ops->tx(q, f, n);
        q->ops->tx_free(q, f + sent, n - sent);
        q->ops->flush(q);
        next += sent;
        if (!sent)
            sched_yield();
    }
    return NULL;
}

START_TEST(two_threads_pass_a_million_frames_in_order)
{
    struct both b = open_both(0, 0, 1500);
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, sender, b.q[0]), 0);
    uint32_t next = 0;
    while (next < MILLION) {
        struct frame f[64];
        uint32_t n = b.q[1]->ops->rx(b.q[1], f, 64);
        for (uint32_t i = 0; i < n; i++, next++) {
            uint32_t stamp;
            memcpy(&stamp, f[i].data, 4);
            bool whole = stamp == next && f[i].len == 60 + next % 1400 &&
                         f[i].data[4] == (next & 0xff) && f[i].data[f[i].len - 1] == (next & 0xff);
            if (!whole)
                ck_abort_msg("frame %u: found %u, %u bytes", next, stamp, f[i].len);
        }
        b.q[1]->ops->rx_free(b.q[1], f, n);
        if (!n)
            b.q[1]->ops->wait(b.q[1], 1000);
    }
    pthread_join(thread, NULL);
    close_both(&b);
}
END_TEST

START_TEST(large_mtu_has_room)
{
    struct both b = open_both(64, 64, 9000);
    struct frame f;
    ck_assert_uint_eq(b.q[0]->ops->tx_alloc(b.q[0], &f, 1), 1);
    ck_assert_uint_ge(f.len, 9018);
    memset(f.data, 0xff, f.len);
    b.q[0]->ops->tx_free(b.q[0], &f, 1);
    close_both(&b);
}
END_TEST

START_TEST(refuses_what_cannot_be)
{
    struct wire_port *port[2];
    struct wire_queue *q;
    struct err e = {0};
    ck_assert_int_eq(pair_open(&(struct wire_config){.ring_size = 100}, 1500, port, &e), -EINVAL);
    ck_assert_int_eq(e.exit_code, EXIT_USAGE);
    ck_assert_ptr_nonnull(strstr(e.message, "power of two"));
    ck_assert_int_eq(pair_open(&(struct wire_config){.frames = 3}, 1500, port, &e), -EINVAL);
    ck_assert_int_eq(pair_open(&(struct wire_config){0}, 20, port, &e), -EINVAL);
    struct both b = open_both(64, 64, 1500);
    ck_assert_int_eq(b.port[0]->ops->queue_open(b.port[0], 0, &q, &e), -EBUSY);
    ck_assert_int_eq(b.port[0]->ops->queue_open(b.port[0], 1, &q, &e), -EINVAL);
    close_both(&b);
}
END_TEST

CHECK_MAIN("wire/pair", hands_over_content_without_a_copy,
           full_ring_leaves_the_rest_with_the_caller, every_frame_is_somewhere_after_random_traffic,
           one_way_traffic_never_starves, two_threads_pass_a_million_frames_in_order,
           large_mtu_has_room, refuses_what_cannot_be)
