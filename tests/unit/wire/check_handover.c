/* SPDX-License-Identifier: BSD-3-Clause */
/* Two queues over the pair wire, whose far side sends on whichever queue it likes. */
#include "tests/lib/check_main.h"

#include <string.h>

#include "base/err.h"
#include "wire/handover.h"
#include "wire/pair.h"

enum { QUEUES = 2, POOL = 2048, RING = 2048, FIRST_PORT = 10000, BATCH = 64, FRAME_BYTES = 128 };

struct bench {
    struct wire_port *port[2]; /* ours, wrapped; the far one, bare */
    struct wire_queue *q[QUEUES], *far[QUEUES];
};

static uint16_t owner[HANDOVER_PORTS]; /* even ports are queue 0's, odd ones queue 1's */

static struct bench open_bench(void)
{
    struct bench b;
    struct err e = {0};
    struct wire_config cfg = {.queues = QUEUES, .frames = POOL, .ring_size = RING};
    for (uint32_t p = 0; p < HANDOVER_PORTS; p++)
        owner[p] = (uint16_t)(p >= FIRST_PORT && p < 20000 ? p % 2 : HANDOVER_NOBODY);
    ck_assert_msg(pair_open(&cfg, 1500, b.port, &e) == 0, "%s", e.message);
    ck_assert_int_eq(handover_wrap(b.port[0], owner, &b.port[0], &e), 0);
    for (uint32_t i = 0; i < QUEUES; i++) {
        ck_assert_int_eq(b.port[0]->ops->queue_open(b.port[0], i, &b.q[i], &e), 0);
        ck_assert_int_eq(b.port[1]->ops->queue_open(b.port[1], i, &b.far[i], &e), 0);
    }
    return b;
}

static uint32_t take_all(struct wire_queue *q)
{
    static struct frame all[2 * POOL + BATCH];
    uint32_t n = 0, got;
    while ((got = q->ops->tx_alloc(q, all + n, BATCH)) > 0)
        n += got;
    return n;
}

/* Both pools of each queue are whole, whoever of the two sides has the frames. */
static void close_bench(struct bench *b)
{
    for (uint32_t i = 0; i < QUEUES; i++) {
        struct frame none[1];
        ck_assert_uint_eq(b->q[i]->ops->rx(b->q[i], none, 1), 0); /* takes back */
        ck_assert_uint_eq(take_all(b->q[i]) + take_all(b->far[i]), 2 * POOL);
        b->q[i]->ops->queue_close(b->q[i]);
        b->far[i]->ops->queue_close(b->far[i]);
    }
    b->port[0]->ops->port_close(b->port[0]);
    b->port[1]->ops->port_close(b->port[1]);
}

/* ---- frames ---- */

static void put16(uint8_t *at, uint32_t v)
{
    at[0] = (uint8_t)(v >> 8);
    at[1] = (uint8_t)v;
}

static uint16_t put_eth(uint8_t *d, uint16_t type, bool tagged)
{
    memset(d, 0, FRAME_BYTES);
    if (tagged)
        put16(d + 12, 0x8100);
    put16(d + (tagged ? 16 : 12), type);
    return tagged ? 18 : 14;
}

/* A header of 24 bytes, with an option, in front of `len` more. */
static uint16_t put_ip4(uint8_t *ip, uint8_t protocol)
{
    ip[0] = 0x46;
    ip[9] = protocol;
    return 24;
}

static uint16_t put_ip6(uint8_t *ip, uint8_t next_header)
{
    ip[0] = 0x60;
    ip[6] = next_header;
    return 40;
}

/* To one of our ports. */
static struct frame tcp4(uint8_t *d, uint32_t port, bool tagged)
{
    uint16_t at = put_eth(d, 0x0800, tagged);
    at = (uint16_t)(at + put_ip4(d + at, 6));
    put16(d + at + 2, port);
    return (struct frame){.data = d, .len = (uint16_t)(at + 20)};
}

static struct frame tcp6(uint8_t *d, uint32_t port)
{
    uint16_t at = put_eth(d, 0x86dd, false);
    at = (uint16_t)(at + put_ip6(d + at, 6));
    put16(d + at + 2, port);
    return (struct frame){.data = d, .len = (uint16_t)(at + 20)};
}

/* ICMP of either family, about a segment that came from one of our ports. */
static struct frame icmp(uint8_t *d, uint16_t eth_type, uint16_t (*put_ip)(uint8_t *d, uint8_t protocol),
                         uint8_t protocol, uint8_t type, uint32_t quoted_port)
{
    uint16_t at = put_eth(d, eth_type, false);
    at = (uint16_t)(at + put_ip(d + at, protocol));
    d[at] = type;
    at = (uint16_t)(at + 8);
    at = (uint16_t)(at + put_ip(d + at, 6));
    put16(d + at, quoted_port);
    return (struct frame){.data = d, .len = (uint16_t)(at + 8)};
}

static struct frame error4(uint8_t *d, uint8_t type, uint32_t port)
{
    return icmp(d, 0x0800, put_ip4, 1, type, port);
}

static struct frame icmp6(uint8_t *d, uint8_t type, uint32_t quoted_port)
{
    return icmp(d, 0x86dd, put_ip6, 58, type, quoted_port);
}

static struct frame arp(uint8_t *d, uint16_t operation)
{
    uint16_t at = put_eth(d, 0x0806, false);
    put16(d + at + 6, operation);
    return (struct frame){.data = d, .len = 60};
}

static uint16_t owner_of(struct frame f)
{
    return handover_owner(owner, &f);
}

START_TEST(the_owner_is_the_port_on_our_side)
{
    struct bench b = open_bench();
    uint8_t d[FRAME_BYTES];
    for (uint32_t port = FIRST_PORT; port < FIRST_PORT + 2; port++) {
        ck_assert_uint_eq(owner_of(tcp4(d, port, false)), port % 2);
        ck_assert_uint_eq(owner_of(tcp4(d, port, true)), port % 2);
        ck_assert_uint_eq(owner_of(tcp6(d, port)), port % 2);
        ck_assert_uint_eq(owner_of(error4(d, 3, port)), port % 2);
        ck_assert_uint_eq(owner_of(error4(d, 11, port)), port % 2);
        ck_assert_uint_eq(owner_of(error4(d, 12, port)), port % 2);
        ck_assert_uint_eq(owner_of(icmp6(d, 2, port)), port % 2);
    }
    ck_assert_uint_eq(owner_of(arp(d, 2)), HANDOVER_ALL);
    ck_assert_uint_eq(owner_of(icmp6(d, 136, 0)), HANDOVER_ALL);
    close_bench(&b);
}
END_TEST

START_TEST(what_has_no_owner_stays)
{
    struct bench b = open_bench();
    uint8_t d[FRAME_BYTES];
    ck_assert_uint_eq(owner_of(tcp4(d, 80, false)), HANDOVER_NOBODY);
    ck_assert_uint_eq(owner_of(error4(d, 8, FIRST_PORT)), HANDOVER_NOBODY);
    ck_assert_uint_eq(owner_of(icmp6(d, 135, FIRST_PORT)), HANDOVER_NOBODY);
    ck_assert_uint_eq(owner_of(icmp6(d, 128, FIRST_PORT)), HANDOVER_NOBODY);
    ck_assert_uint_eq(owner_of(arp(d, 1)), HANDOVER_NOBODY);
    struct frame f = tcp4(d, FIRST_PORT, false);
    put16(d + 14 + 6, 0x0010); /* a later fragment */
    ck_assert_uint_eq(owner_of(f), HANDOVER_NOBODY);
    f = tcp4(d, FIRST_PORT, false);
    d[14] = 0x44; /* a header that is too short */
    ck_assert_uint_eq(owner_of(f), HANDOVER_NOBODY);
    f = tcp4(d, FIRST_PORT, false);
    put16(d + 12, 0x1234);
    ck_assert_uint_eq(owner_of(f), HANDOVER_NOBODY);
    close_bench(&b);
}
END_TEST

static void cut_off_anywhere(struct frame f)
{
    for (uint16_t len = 0; len <= f.len; len++) {
        uint8_t *copy = malloc(len ? len : 1); /* nothing readable behind it: for the address sanitizer */
        memcpy(copy, f.data, len);
        owner_of((struct frame){.data = copy, .len = len});
        free(copy);
    }
}

START_TEST(frames_cut_off_are_looked_into_no_further)
{
    struct bench b = open_bench();
    uint8_t d[FRAME_BYTES];
    cut_off_anywhere(tcp4(d, FIRST_PORT, true));
    cut_off_anywhere(tcp6(d, FIRST_PORT));
    cut_off_anywhere(error4(d, 3, FIRST_PORT));
    cut_off_anywhere(icmp6(d, 2, FIRST_PORT));
    cut_off_anywhere(arp(d, 2));
    close_bench(&b);
}
END_TEST

/* ---- handing over ---- */

static void far_sends(struct bench *b, uint32_t queue, struct frame f)
{
    struct frame out;
    struct wire_queue *far = b->far[queue];
    ck_assert_uint_eq(far->ops->tx_alloc(far, &out, 1), 1);
    memcpy(out.data, f.data, f.len);
    out.len = f.len;
    ck_assert_uint_eq(far->ops->tx(far, &out, 1), 1);
    far->ops->flush(far);
}

static struct wire_stats stats_of(struct wire_queue *q)
{
    struct wire_stats s;
    q->ops->stats(q, &s);
    return s;
}

START_TEST(a_frame_comes_to_its_owner_and_goes_back)
{
    struct bench b = open_bench();
    uint8_t d[FRAME_BYTES];
    struct frame f[BATCH];
    for (uint32_t port = FIRST_PORT; port < FIRST_PORT + 4; port++)
        far_sends(&b, 0, tcp4(d, port, false)); /* all on the first queue */
    ck_assert_uint_eq(b.q[1]->ops->rx(b.q[1], f, BATCH), 0);
    ck_assert_uint_eq(b.q[0]->ops->rx(b.q[0], f, BATCH), 2);
    for (uint32_t i = 0; i < 2; i++)
        ck_assert_uint_eq(handover_owner(owner, &f[i]), 0);
    b.q[0]->ops->rx_free(b.q[0], f, 2);
    far_sends(&b, 1, tcp4(d, FIRST_PORT + 5, false)); /* and one where it belongs */
    ck_assert_uint_eq(b.q[1]->ops->rx(b.q[1], f, BATCH), 3);
    for (uint32_t i = 0; i < 3; i++)
        ck_assert_uint_eq(handover_owner(owner, &f[i]), 1);
    b.q[1]->ops->rx_free(b.q[1], f, 3);
    ck_assert_uint_eq(stats_of(b.q[0]).handed, 0);
    ck_assert_uint_eq(stats_of(b.q[1]).handed, 2);
    close_bench(&b);
}
END_TEST

START_TEST(all_learn_of_a_neighbour)
{
    struct bench b = open_bench();
    uint8_t d[FRAME_BYTES];
    struct frame f[BATCH];
    far_sends(&b, 1, arp(d, 2));
    for (uint32_t i = QUEUES; i-- > 0;) {
        ck_assert_uint_eq(b.q[i]->ops->rx(b.q[i], f, BATCH), 1);
        ck_assert_uint_eq(f[0].len, 60);
        ck_assert_uint_eq(handover_owner(owner, &f[0]), HANDOVER_ALL);
        b.q[i]->ops->rx_free(b.q[i], f, 1);
    }
    close_bench(&b);
}
END_TEST

START_TEST(a_full_lane_drops_and_counts)
{
    struct bench b = open_bench();
    uint8_t d[FRAME_BYTES];
    struct frame f[BATCH];
    uint32_t got = 0, n;
    for (uint32_t i = 0; i < HANDOVER_FRAMES + 10; i++) {
        far_sends(&b, 0, tcp4(d, FIRST_PORT + 1, false));
        ck_assert_uint_eq(b.q[0]->ops->rx(b.q[0], f, BATCH), 0);
    }
    ck_assert_uint_eq(stats_of(b.q[0]).drops[DROP_WIRE_HANDOVER_FULL], 10);
    for (; (n = b.q[1]->ops->rx(b.q[1], f, BATCH)) > 0; got += n)
        b.q[1]->ops->rx_free(b.q[1], f, n);
    ck_assert_uint_eq(got, HANDOVER_FRAMES);
    ck_assert_uint_eq(b.q[0]->ops->rx(b.q[0], f, BATCH), 0); /* takes back */
    far_sends(&b, 0, tcp4(d, FIRST_PORT + 1, false));
    ck_assert_uint_eq(b.q[0]->ops->rx(b.q[0], f, BATCH), 0);
    ck_assert_uint_eq(b.q[1]->ops->rx(b.q[1], f, BATCH), 1);
    b.q[1]->ops->rx_free(b.q[1], f, 1);
    close_bench(&b);
}
END_TEST

/* Others' frames take half of a batch, and no more. */
START_TEST(neither_own_nor_others_starve)
{
    struct bench b = open_bench();
    uint8_t d[FRAME_BYTES];
    struct frame f[BATCH];
    for (uint32_t i = 0; i < 100; i++) {
        far_sends(&b, 0, tcp4(d, FIRST_PORT + 1, false));
        far_sends(&b, 1, tcp4(d, FIRST_PORT + 1, false));
    }
    for (uint32_t i = 0; i < 2; i++)
        ck_assert_uint_eq(b.q[0]->ops->rx(b.q[0], f, BATCH), 0);
    ck_assert_uint_eq(b.q[1]->ops->rx(b.q[1], f, BATCH), BATCH);
    uint32_t handed = 0;
    for (uint32_t i = 0; i < BATCH; i++)
        handed += (f[i].flags & FRAME_HANDED) != 0;
    ck_assert_uint_eq(handed, BATCH / 2);
    b.q[1]->ops->rx_free(b.q[1], f, BATCH);
    for (uint32_t n; (n = b.q[1]->ops->rx(b.q[1], f, BATCH)) > 0;)
        b.q[1]->ops->rx_free(b.q[1], f, n);
    close_bench(&b);
}
END_TEST

CHECK_MAIN("wire/handover", the_owner_is_the_port_on_our_side, what_has_no_owner_stays,
           frames_cut_off_are_looked_into_no_further, a_frame_comes_to_its_owner_and_goes_back,
           all_learn_of_a_neighbour, a_full_lane_drops_and_counts, neither_own_nor_others_starve)
