/* SPDX-License-Identifier: BSD-3-Clause */
/* A lab whose far end, a port of ours, sends back all that arrives: frames over a veth pair and its kernel. */
#ifndef TESTS_UNIT_WIRE_REFLECTED_H
#define TESTS_UNIT_WIRE_REFLECTED_H

#include <string.h>

#include "base/err.h"
#include "need_lab.h"
#include "wire/lab.h"
#include "wire/xdp.h"

enum { PATIENCE_MS = 3000, FRAMES = 2048, RING = 512, WINDOW = 64, HEADERS = 34 };

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

static inline struct opening opening(const char *device)
{
    struct opening o = {.cfg = {.device = device, .queues = 1, .frames = FRAMES, .ring_size = RING}};
    o.cfg.filter.local[0] = (struct ip_range){ip4_addr(0xc6120001), 1, 32};
    o.cfg.filter.local_count = 1;
    return o;
}

/* A received frame goes to tx as it is. The other end's configuration says whether queues are polled. */
static int reflect(void *near, int ready_fd)
{
    struct opening o = opening("wb1");
    struct frame f[WINDOW];
    o.cfg.polled = ((const struct opening *)near)->cfg.polled;
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

/* The near end as `near` asks for it. */
static inline struct bench open_bench(uint16_t mtu, const struct opening *near)
{
    struct bench b = {.near = *near};
    b.near.cfg.initiates = true;
    struct err e = {0};
    struct lab_config cfg = {.queues = 1, .mtu = mtu, .peer = reflect, .ctx = &b.near,
                             .polled = near->cfg.polled};
    ck_assert_msg(lab_open(&cfg, &b.lab, &e) == 0, "%s", e.message);
    ck_assert_msg(lab_call_near(b.lab, open_port, &b.near) == 0, "%s", b.near.e.message);
    return b;
}

static inline void close_bench(struct bench *b)
{
    b->near.q->ops->queue_close(b->near.q);
    b->near.port->ops->port_close(b->near.port);
    lab_close(b->lab, 100, NULL);
}

static inline uint8_t byte_at(uint32_t number, uint32_t at)
{
    return (uint8_t)(number * 7 + at * 13 + at / 251);
}

/* What the programs of both ends take for theirs, with text that tells each frame and place from the others. */
static inline void put(struct frame *f, uint32_t number, uint32_t len)
{
    static const uint8_t headers[HEADERS] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0x08, 0x00, /* IPv4 */
                                             0x45, [23] = 6 /* TCP */, [30] = 0xc6, 0x12, 0x00, 0x01};
    memcpy(f->data, headers, HEADERS);
    for (uint32_t i = HEADERS; i < len; i++)
        f->data[i] = byte_at(number, i);
    f->len = (uint16_t)len;
}

static inline void compare(const struct frame *f, uint32_t number, uint32_t len)
{
    ck_assert_uint_eq(f->len, len);
    for (uint32_t i = HEADERS; i < len; i++)
        ck_assert_uint_eq(f->data[i], byte_at(number, i));
}

static inline void send_one(struct wire_queue *q, uint32_t number, uint32_t len)
{
    struct frame f;
    ck_assert_uint_eq(q->ops->tx_alloc(q, &f, 1), 1);
    ck_assert_uint_ge(f.len, len);
    put(&f, number, len);
    ck_assert_uint_eq(q->ops->tx(q, &f, 1), 1);
    q->ops->flush(q);
}

/* What is there; waits for the first one, as a loop does that has frames to send as well. 0: nothing came. */
static inline uint32_t receive(struct wire_queue *q, struct frame *f, uint32_t max)
{
    for (int ms = 0; ms < PATIENCE_MS; ms++) {
        uint32_t n = q->ops->rx(q, f, max);
        if (n)
            return n;
        q->ops->flush(q);
        q->ops->wait(q, 1000000);
    }
    return 0;
}

#endif
