/* SPDX-License-Identifier: BSD-3-Clause */
/* Two queues over the pair wire, the near one possibly wrapped, for tests of wrapping wires. */
#ifndef TESTS_UNIT_WIRE_OVER_PAIR_H
#define TESTS_UNIT_WIRE_OVER_PAIR_H

#include <string.h>

#include "base/csum.h"
#include "base/err.h"
#include "tests/lib/check_main.h"
#include "wire/pair.h"

enum { POOL = 1024, RING = 256, HEADERS = 14 + 20 + 20 };

struct sides {
    struct wire_port *port[2]; /* near (to be wrapped), far */
    struct wire_queue *near, *far;
};

static inline struct sides open_ports(void)
{
    struct sides s = {0};
    struct err e = {0};
    struct wire_config cfg = {.queues = 1, .frames = POOL, .ring_size = RING};
    ck_assert_msg(pair_open(&cfg, 1500, s.port, &e) == 0, "%s", e.message);
    return s;
}

static inline void open_queues(struct sides *s)
{
    struct err e = {0};
    ck_assert_msg(s->port[0]->ops->queue_open(s->port[0], 0, &s->near, &e) == 0, "%s", e.message);
    ck_assert_int_eq(s->port[1]->ops->queue_open(s->port[1], 0, &s->far, &e), 0);
}

static inline void close_sides(struct sides *s)
{
    s->near->ops->queue_close(s->near);
    s->far->ops->queue_close(s->far);
    s->port[0]->ops->port_close(s->port[0]);
    s->port[1]->ops->port_close(s->port[1]);
}

static inline uint64_t pseudo_sum(const uint8_t *ip, uint32_t tcp_len)
{
    uint8_t tail[4] = {0, 6, (uint8_t)(tcp_len >> 8), (uint8_t)tcp_len};
    return csum_add(ip + 12, 8) + csum_add(tail, 4);
}

static inline bool checksums_hold(const uint8_t *d, uint16_t len)
{
    const uint8_t *ip = d + 14;
    uint32_t tcp_len = (uint32_t)len - 34;
    return csum_fold(csum_add(ip, 20)) == 0xffff &&
           csum_fold(csum_add(ip + 20, tcp_len) + pseudo_sum(ip, tcp_len)) == 0xffff;
}

static inline void put_csum(uint8_t *at, uint64_t sum)
{
    uint16_t c = (uint16_t)~csum_fold(sum);
    memcpy(at, &c, 2);
}

/* A TCP segment with right checksums; the payload begins with `number`. */
static inline uint16_t put_segment(uint8_t *d, uint32_t number, uint16_t payload_len)
{
    uint16_t len = (uint16_t)(HEADERS + payload_len), total = (uint16_t)(len - 14);
    uint8_t *ip = d + 14, *tcp = ip + 20;
    memset(d, 0x02, 12);
    memset(d + 12, 0, HEADERS - 12);
    d[12] = 8;
    ip[0] = 0x45;
    ip[2] = (uint8_t)(total >> 8);
    ip[3] = (uint8_t)total;
    ip[8] = 64;
    ip[9] = 6;
    memcpy(ip + 12, "\xc6\x12\x00\x01\xc6\x12\x80\x01", 8);
    tcp[12] = 0x50;
    for (uint16_t i = 0; i < payload_len; i++)
        tcp[20 + i] = (uint8_t)(number * 31 + i * 7u);
    if (payload_len >= 4)
        memcpy(tcp + 20, &number, 4);
    put_csum(ip + 10, csum_add(ip, 20));
    put_csum(tcp + 16, csum_add(tcp, total - 20u) + pseudo_sum(ip, total - 20u));
    return len;
}

static inline uint32_t number_of(const struct frame *f)
{
    uint32_t number;
    memcpy(&number, f->data + HEADERS, 4);
    return number;
}

/* Sends segments first .. first + n - 1; how many were taken. */
static inline uint32_t send_segments(struct wire_queue *q, uint32_t first, uint32_t n,
                                     uint16_t payload_len)
{
    struct frame f[64];
    n = q->ops->tx_alloc(q, f, n);
    for (uint32_t i = 0; i < n; i++)
        f[i].len = put_segment(f[i].data, first + i, payload_len);
    uint32_t sent = q->ops->tx(q, f, n);
    q->ops->tx_free(q, f + sent, n - sent);
    q->ops->flush(q);
    return sent;
}

/* Every free frame of both sides of the bare pair: all of them unless some are elsewhere. */
static inline uint32_t count_free(struct sides *s)
{
    static struct frame all[2 * POOL + 64];
    uint32_t n = 0, got;
    while ((got = s->near->ops->tx_alloc(s->near, all + n, 64)) > 0)
        n += got;
    uint32_t near = n;
    while ((got = s->far->ops->tx_alloc(s->far, all + n, 64)) > 0)
        n += got;
    s->near->ops->tx_free(s->near, all, near);
    s->far->ops->tx_free(s->far, all + near, n - near);
    return n;
}

#endif
