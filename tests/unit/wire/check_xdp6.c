/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which IPv6 frames, and which tags, are ours to the XDP program: known frames go to a far side that
 * sends back what its filter let through. A marker follows each, so that nothing is waited for in
 * vain.
 */
#include <string.h>

#include "base/err.h"
#include "need_lab.h"
#include "tests/lib/check_main.h"
#include "tests/unit/net/frames6.h"
#include "wire/lab.h"
#include "wire/xdp.h"

enum { PORT = 9000, PATIENCE_MS = 3000 };

/* Neighbours' news and errors as they come to 2001:2::1: about port 9000 of ours. */
#define TOO_BIG_FRAME                                                                              \
    "020000000001 020000000002 86dd 60000000 003c3a40 20010002 00000000 00000000 000000fe "        \
    "20010002 00000000 00000000 00000001 02000000 00000500 "                                       \
    "60000000 05b40640 20010002 00000000 00000000 00000001 20010002 00000000 00000000 00000002 "   \
    "23289c40 000003e8 0000"
#define UDP_FRAME                                                                                  \
    "020000000001 020000000002 86dd 60000000 00081140 20010002 00000000 00000000 00000002 "        \
    "20010002 00000000 00000000 00000001 9c402328 00080000"
#define LATER_FRAGMENT_FRAME                                                                       \
    "020000000001 020000000002 86dd 60000000 00102c40 20010002 00000000 00000000 00000002 "        \
    "20010002 00000000 00000000 00000001 06000008 00000000 9c402328 00080000"

struct opening {
    struct wire_config cfg;
    struct wire_port *port;
    struct wire_queue *q;
    struct err e;
};

static int open_side(void *arg)
{
    struct opening *o = arg;
    int ret = xdp_port_open(&o->cfg, &o->port, &o->e);
    return ret ? ret : o->port->ops->queue_open(o->port, 0, &o->q, &o->e);
}

/* Sends back what the filter lets through, until it is killed. */
static int reflect(void *ctx, int ready_fd)
{
    struct opening *o = ctx;
    struct frame f;
    if (open_side(o) || write(ready_fd, "", 1) != 1) {
        fprintf(stderr, "%s\n", o->e.message);
        return 9;
    }
    for (;;) {
        if (!o->q->ops->rx(o->q, &f, 1)) {
            o->q->ops->wait(o->q, 10000000);
            continue;
        }
        while (!o->q->ops->tx(o->q, &f, 1))
            o->q->ops->flush(o->q);
        o->q->ops->flush(o->q);
    }
}

static struct wire_filter ours(void)
{
    return (struct wire_filter){.local = {{{0x2001000200000000, 1}, 1, 128}},
                                .local_count = 1,
                                .ports = {{PORT, PORT}},
                                .ports_count = 1};
}

struct bench {
    struct lab *lab;
    struct opening near, far;
    uint32_t mark;
};

static void open_bench(struct bench *b, struct wire_filter filter)
{
    struct lab_config cfg = {.queues = 1, .peer = reflect, .ctx = &b->far};
    struct err e = {0};
    *b = (struct bench){0};
    b->far.cfg = (struct wire_config){.device = LAB_FAR_IFACE, .queues = 1, .filter = filter};
    b->near.cfg = (struct wire_config){.device = LAB_NEAR_IFACE, .queues = 1, .filter = filter};
    b->near.cfg.filter.shared_address = false; /* takes all that comes back */
    ck_assert_msg(lab_open(&cfg, &b->lab, &e) == 0, "%s", e.message);
    ck_assert_msg(lab_call_near(b->lab, open_side, &b->near) == 0, "%s", b->near.e.message);
}

static void close_bench(struct bench *b)
{
    b->near.q->ops->queue_close(b->near.q);
    b->near.port->ops->port_close(b->near.port);
    lab_close(b->lab, 100, NULL);
}

static void send_bytes(struct bench *b, const uint8_t *data, uint32_t len)
{
    struct wire_queue *q = b->near.q;
    struct frame f;
    ck_assert_uint_eq(q->ops->tx_alloc(q, &f, 1), 1);
    memcpy(f.data, data, len);
    f.len = (uint16_t)len;
    ck_assert_uint_eq(q->ops->tx(q, &f, 1), 1);
    q->ops->flush(q);
}

/* A segment that is ours by any filter here, known again by its number. */
static void send_mark(struct bench *b)
{
    const struct wire_filter *filter = &b->far.cfg.filter;
    struct net_path path = {.src = {0x2001000200000000, 2}, .dst = filter->local[0].first, .ttl = 64,
                            .vlan = {filter->vlan, filter->vlan_outer}};
    struct net_seg seg = {.src_port = 1, .dst_port = PORT, .seq = ++b->mark, .flags = TCP_ACK};
    struct net_template t;
    uint8_t frame[200];
    net_template_init(&t, &path);
    send_bytes(b, frame, net_tcp_build(&t, frame, &seg, 0, 0));
}

static bool is_mark(const struct bench *b, const struct frame *f)
{
    struct pkt p;
    return !pkt_parse(&p, f->data, f->len, false) && p.kind == PKT_TCP && p.tcp.src_port == 1 &&
           p.tcp.seq == b->mark;
}

/* Whether the frame comes back before the mark behind it. */
static bool passes_bytes(struct bench *b, struct bytes bytes)
{
    struct wire_queue *q = b->near.q;
    bool seen = false;
    send_bytes(b, bytes.data, bytes.len);
    send_mark(b);
    for (int ms = 0; ms < PATIENCE_MS; ms++) {
        struct frame f;
        while (q->ops->rx(q, &f, 1)) {
            bool mark = is_mark(b, &f);
            q->ops->rx_free(q, &f, 1);
            if (mark)
                return seen;
            seen = true;
        }
        q->ops->wait(q, 1000000);
    }
    ck_abort_msg("the mark did not come back");
}

/* With the byte at `at` (0: none) changed. */
static bool passes(struct bench *b, const char *hex, uint32_t at, uint8_t value)
{
    struct bytes f = bytes_from_hex(hex);
    if (at)
        f.data[at] = value;
    bool passed = passes_bytes(b, f);
    free(f.data);
    return passed;
}

START_TEST(an_address_of_ours_alone)
{
    struct bench b;
    open_bench(&b, ours());
    ck_assert(passes(&b, ACK6_FRAME, 0, 0));
    ck_assert(passes(&b, SYN6_FRAME, 0, 0)); /* another port: to be reset */
    ck_assert(passes(&b, ACK6_DEST_FRAME, 0, 0));
    ck_assert(passes(&b, ACK6_CHAIN_FRAME, 0, 0));
    ck_assert(passes(&b, PING6_FRAME, 0, 0));
    ck_assert(passes(&b, ASK6_FRAME, 0, 0));
    ck_assert(passes(&b, ASK6_DAD_FRAME, 0, 0));
    ck_assert(passes(&b, TELL6_FRAME, 0, 0));
    ck_assert(passes(&b, TOO_BIG_FRAME, 0, 0));
    ck_assert(!passes(&b, ACK6_FRAME, 53, 9));  /* to another address */
    ck_assert(!passes(&b, ACK6_FRAME, 40, 1));
    ck_assert(!passes(&b, PING6_FRAME, 53, 9));
    ck_assert(!passes(&b, ASK6_FRAME, 77, 9));  /* about another */
    ck_assert(!passes(&b, TELL6_FRAME, 53, 9));
    ck_assert(!passes(&b, UDP_FRAME, 0, 0));
    ck_assert(!passes(&b, LATER_FRAGMENT_FRAME, 0, 0));
    ck_assert(!passes(&b, ACK6_QINQ_FRAME, 0, 0));
    close_bench(&b);
}
END_TEST

START_TEST(an_address_that_the_kernel_has_too)
{
    struct wire_filter filter = ours();
    struct bench b;
    filter.shared_address = true;
    open_bench(&b, filter);
    ck_assert(passes(&b, ACK6_FRAME, 0, 0));
    ck_assert(passes(&b, ACK6_CHAIN_FRAME, 0, 0));
    ck_assert(passes(&b, TOO_BIG_FRAME, 0, 0));
    ck_assert(!passes(&b, TOO_BIG_FRAME, 103, 0x29)); /* of port 9001 */
    ck_assert(!passes(&b, SYN6_FRAME, 0, 0));
    ck_assert(!passes(&b, PING6_FRAME, 0, 0));
    ck_assert(!passes(&b, ASK6_FRAME, 0, 0));
    ck_assert(!passes(&b, TELL6_FRAME, 0, 0));
    close_bench(&b);
}
END_TEST

START_TEST(a_prefix_is_ours_whole)
{
    struct wire_filter filter = ours();
    struct bench b;
    filter.local[0] = (struct ip_range){{0x2001000200000000, 0}, IP_RANGE_WIDE, 64};
    open_bench(&b, filter);
    ck_assert(passes(&b, ACK6_FRAME, 53, 0));
    ck_assert(passes(&b, ACK6_FRAME, 46, 0xff));
    ck_assert(passes(&b, ASK6_FRAME, 70, 0x80));
    ck_assert(!passes(&b, ACK6_FRAME, 45, 1));
    ck_assert(!passes(&b, ACK6_FRAME, 38, 0x21));
    close_bench(&b);
}
END_TEST

START_TEST(only_our_tags)
{
    struct wire_filter filter = ours();
    struct bench b;
    filter.vlan = 100;
    filter.vlan_outer = 200;
    open_bench(&b, filter);
    ck_assert(passes(&b, ACK6_QINQ_FRAME, 0, 0));
    ck_assert(passes(&b, ACK6_QINQ_FRAME, 14, 0xe0)); /* with a priority */
    ck_assert(!passes(&b, ACK6_QINQ_FRAME, 15, 201));
    ck_assert(!passes(&b, ACK6_QINQ_FRAME, 19, 101));
    ck_assert(!passes(&b, ACK6_QINQ_FRAME, 15, 0)); /* the inner one alone */
    ck_assert(!passes(&b, ACK6_FRAME, 0, 0));
    close_bench(&b);
}
END_TEST

CHECK_MAIN("wire/xdp6", an_address_of_ours_alone, an_address_that_the_kernel_has_too,
           a_prefix_is_ours_whole, only_our_tags)
