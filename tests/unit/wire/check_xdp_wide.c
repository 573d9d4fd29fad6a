/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames of several chunks over a veth pair of MTU 9000, sent back by a port of ours at the far end. */
#include "tests/lib/check_main.h"

#include <string.h>

#include "base/err.h"
#include "need_lab.h"
#include "wire/lab.h"
#include "wire/xdp.h"

enum { MTU = 9000, FRAME_MAX = MTU + 14, PATIENCE_MS = 3000, FRAMES = 1024, RING = 512, WINDOW = 64 };

struct opening {
    struct wire_config cfg;
    struct wire_port *port;
    struct wire_queue *q;
    struct err e;
};

static int open_port(void *arg)
{
    struct opening *o = arg;
    int ret = xdp_port_open(&o->cfg, &o->port, &o->e);
    return ret ? ret : o->port->ops->queue_open(o->port, 0, &o->q, &o->e);
}

static struct opening opening(const char *device)
{
    return (struct opening){.cfg = {.device = device, .queues = 1, .frames = FRAMES, .ring_size = RING,
                                    .filter = {.everything = true}}};
}

/* A received frame goes to tx as it is. */
static int reflect(void *ctx, int ready_fd)
{
    struct opening o = opening("wb1");
    struct frame f[WINDOW];
    (void)ctx;
    if (open_port(&o)) {
        fprintf(stderr, "%s\n", o.e.message);
        return 9;
    }
    if (write(ready_fd, "", 1) != 1)
        return 8;
    for (;;) {
        uint32_t n = o.q->ops->rx(o.q, f, WINDOW), sent = 0;
        for (; sent < n; o.q->ops->flush(o.q))
            sent += o.q->ops->tx(o.q, f + sent, n - sent);
        if (!n)
            o.q->ops->wait(o.q, 10000000);
    }
}

struct bench {
    struct lab *lab;
    struct opening near;
};

static struct bench open_bench(void)
{
    struct bench b = {.near = opening("wb0")};
    struct err e = {0};
    struct lab_config cfg = {.queues = 1, .mtu = MTU, .peer = reflect};
    ck_assert_msg(lab_open(&cfg, &b.lab, &e) == 0, "%s", e.message);
    ck_assert_msg(lab_call_near(b.lab, open_port, &b.near) == 0, "%s", b.near.e.message);
    return b;
}

static void close_bench(struct bench *b)
{
    b->near.q->ops->queue_close(b->near.q);
    b->near.port->ops->port_close(b->near.port);
    lab_close(b->lab, 100, NULL);
}

static uint8_t byte_at(uint32_t number, uint32_t at)
{
    return (uint8_t)(number * 7 + at * 13 + at / 251);
}

static void put(struct frame *f, uint32_t number, uint32_t len)
{
    memset(f->data, 2, 12);
    memcpy(f->data + 12, "\x88\xb5", 2);
    for (uint32_t i = 14; i < len; i++)
        f->data[i] = byte_at(number, i);
    f->len = (uint16_t)len;
}

static void compare(const struct frame *f, uint32_t number, uint32_t len)
{
    ck_assert_uint_eq(f->len, len);
    for (uint32_t i = 14; i < len; i++)
        ck_assert_uint_eq(f->data[i], byte_at(number, i));
}

static void send_one(struct wire_queue *q, uint32_t number, uint32_t len)
{
    struct frame f;
    ck_assert_uint_eq(q->ops->tx_alloc(q, &f, 1), 1);
    ck_assert_uint_ge(f.len, FRAME_MAX);
    put(&f, number, len);
    ck_assert_uint_eq(q->ops->tx(q, &f, 1), 1);
    q->ops->flush(q);
}

static uint32_t receive(struct wire_queue *q, struct frame *f, uint32_t max)
{
    for (int ms = 0; ms < PATIENCE_MS; ms++) {
        uint32_t n = q->ops->rx(q, f, max);
        if (n)
            return n;
        q->ops->wait(q, 1000000);
    }
    return 0;
}

/* Around the ends of pages, with and without the 256 bytes of each that are the kernel's. */
START_TEST(frames_of_all_sizes_come_back_whole)
{
    static const uint32_t edges[] = {64, 2048, 3584, 3840, 4096, 7680, 7936, 8192, FRAME_MAX - 2};
    struct bench b = open_bench();
    struct wire_queue *q = b.near.q;
    struct frame f;
    ck_assert_uint_eq(b.near.port->caps.mtu, MTU);
    ck_assert_msg(b.near.port->caps.native, "%s", b.near.port->caps.detail);
    for (uint32_t i = 0; i < sizeof edges / sizeof *edges; i++)
        for (uint32_t len = edges[i] - 2; len <= edges[i] + 2; len++) {
            send_one(q, len, len);
            ck_assert_uint_eq(receive(q, &f, 1), 1);
            compare(&f, len, len);
            q->ops->rx_free(q, &f, 1);
        }
    close_bench(&b);
}
END_TEST

static uint32_t take_all(struct wire_queue *q)
{
    static struct frame all[FRAMES + WINDOW];
    uint32_t n = 0, got;
    while ((got = q->ops->tx_alloc(q, all + n, WINDOW)) > 0)
        n += got;
    q->ops->tx_free(q, all, n);
    return n;
}

/* Twenty times the pool, in order; a batch may end in the middle of a frame's chunks. */
START_TEST(no_place_is_lost)
{
    enum { ALL = 20 * FRAMES, BATCH = 7 };
    struct bench b = open_bench();
    struct wire_queue *q = b.near.q;
    uint32_t sent = 0, got = 0, n;
    while (got < ALL) {
        struct frame f[WINDOW];
        for (; sent < ALL && sent - got < WINDOW; sent++)
            send_one(q, sent, 64 + sent * 37 % (FRAME_MAX - 64));
        n = receive(q, f, BATCH);
        ck_assert_uint_gt(n, 0);
        for (uint32_t i = 0; i < n; i++, got++)
            if (got % 16 == 0)
                compare(&f[i], got, 64 + got * 37 % (FRAME_MAX - 64));
        q->ops->rx_free(q, f, n);
    }
    struct wire_stats s;
    q->ops->stats(q, &s);
    ck_assert_uint_eq(s.tx_frames, ALL);
    ck_assert_uint_eq(s.rx_frames, ALL);
    ck_assert_uint_eq(s.rx_bytes, s.tx_bytes);
    ck_assert_uint_eq(s.rx_dropped + s.rx_invalid + s.tx_invalid, 0);
    ck_assert_uint_eq(take_all(q), FRAMES);
    close_bench(&b);
}
END_TEST

CHECK_MAIN("wire/xdp_wide", frames_of_all_sizes_come_back_whole, no_place_is_lost)
