/* SPDX-License-Identifier: BSD-3-Clause */
/* A stack at one end of a link, hand-made frames at the other. */
#ifndef TESTS_UNIT_STACK_FIXTURE_H
#define TESTS_UNIT_STACK_FIXTURE_H

#include <string.h>

#include "base/csum.h"
#include "base/err.h"
#include "lib/check_main.h"
#include "lib/cutting_wire.h"
#include "lib/virtual_link.h"
#include "net/pkt.h"
#include "stack/stack.h"

#define MS 1000000ull

static const uint8_t their_mac[6] = {2, 0, 0, 0, 0, 0x77}, other_mac[6] = {2, 0, 0, 0, 0, 0x88};

struct fixture {
    struct link *link;
    struct stack stack;
    struct wire_queue *far; /* our hand at the other end */
    uint64_t count[COUNTER_COUNT], drops[DROP_COUNT], now_ns;
    uint32_t got, opened;
    struct pkt answer;      /* what came back last */
    struct frame frame;
};

static inline struct ip_addr us(void)
{
    return ip4_addr(0xc6120001);
}

static inline struct ip_addr them(void)
{
    return ip4_addr(0xc6120002);
}

static inline struct ip_addr us6(void)
{
    return (struct ip_addr){0x2001000200000000, 1};
}

static inline struct ip_addr them6(void)
{
    return (struct ip_addr){0x2001000200000000, 2};
}

static void on_event(void *ctx, uint32_t conn, enum tcp_event event)
{
    struct fixture *f = ctx;
    (void)conn;
    f->opened += event == TCP_EVENT_OPEN;
}

static uint32_t on_data(void *ctx, uint32_t conn, const uint8_t *data, uint32_t len)
{
    struct fixture *f = ctx;
    (void)conn, (void)data;
    f->got += len;
    return len;
}

static uint64_t fill(void *ctx, uint32_t conn, uint32_t pos, uint8_t *buf, uint32_t len)
{
    (void)ctx, (void)conn, (void)pos;
    memset(buf, 'x', len);
    return csum_add(buf, len);
}

static const struct net_vlan untagged = {0, 0};
static const struct tcp_ops ops = {.event = on_event, .data = on_data};

/* `own`: addresses, gateway, tags and known neighbours; the rest is everyone's. `cuts`: stands before the
 * link; NULL: nothing does. */
static inline struct fixture *open_over(const struct stack_config *own, struct cutting *cuts)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct stack_config cfg = {
        .tcp = {.conns = 8, .time_wait_entries = 8, .ooo_pieces = 8, .piece_bytes = 1460,
                .side_blocks = 8, .half_open = 8, .window = 65535, .rto_min_tk = 200000, .rto_max_tk = 8000000,
                .rto_initial_tk = 1000000, .delack_tk = 40000, .time_wait_tk = 60000000,
                .init_cwnd = 10, .retries = 5, .syn_retries = 3, .secret = 9},
        .local = {own->local[0]}, .local_count = 1, .gateway = own->gateway, .vlan = own->vlan,
        .known = own->known, .known_count = own->known_count,
        .paths = 2, .mtu = 1500, .batch = 16,
    };
    struct err e = {0};
    f->link = link_open(&(struct link_config){.seed = 1});
    f->far = &f->link->ends[1].queue;
    f->now_ns = 1000 * MS;
    if (cuts)
        cutting_open(cuts, &f->link->ends[0].queue);
    ck_assert_int_eq(stack_init(&f->stack, &cfg, cuts ? &cuts->q : &f->link->ends[0].queue, &ops, fill, f, f->count,
                                f->drops, f->now_ns, &e), 0);
    return f;
}

static inline struct fixture *open_as(const struct stack_config *own)
{
    return open_over(own, NULL);
}

static inline struct fixture *open_all(struct ip_addr gateway)
{
    return open_as(&(struct stack_config){.local = {{.first = us(), .count = 1}},
                                          .gateway = gateway});
}

static inline void close_all(struct fixture *f)
{
    if (f->frame.data)
        f->far->ops->rx_free(f->far, &f->frame, 1);
    stack_fini(&f->stack);
    ck_assert_uint_eq(f->link->free_count, LINK_FRAMES);
    link_close(f->link);
    free(f);
}

/* One round of the stack. */
static inline void turn(struct fixture *f)
{
    uint32_t n;
    link_now(f->link, f->now_ns);
    while ((n = stack_poll(&f->stack)) > 0) {
        stack_input(&f->stack, 0, n, f->now_ns);
        stack_poll_done(&f->stack);
    }
    stack_timers(&f->stack, f->now_ns);
    tcp_timers(&f->stack.tcp, f->now_ns, 100);
    while (stack_output(&f->stack, 64))
        continue;
    stack_flush(&f->stack);
    tcp_validate(&f->stack.tcp);
}

/* The next frame that the stack sent; false: none. */
static inline bool answered(struct fixture *f)
{
    if (f->frame.data)
        f->far->ops->rx_free(f->far, &f->frame, 1);
    f->frame.data = NULL;
    if (!f->far->ops->rx(f->far, &f->frame, 1))
        return false;
    ck_assert_int_eq(pkt_parse(&f->answer, f->frame.data, f->frame.len, false), 0);
    return true;
}

static inline struct frame blank(struct fixture *f)
{
    struct frame frame;
    ck_assert_uint_eq(f->far->ops->tx_alloc(f->far, &frame, 1), 1);
    return frame;
}

static inline void deliver(struct fixture *f, struct frame frame, uint32_t len)
{
    frame.len = (uint16_t)len;
    f->far->ops->tx(f->far, &frame, 1);
    turn(f);
}

static inline void deliver_arp(struct fixture *f, uint8_t op, const uint8_t mac[6],
                               struct ip_addr from, struct ip_addr to)
{
    struct frame frame = blank(f);
    deliver(f, frame, net_arp_build(frame.data, op, mac, from, op == 1 ? NULL : f->link->ends[0].port.mac,
                                    to, untagged));
}

static inline void deliver_tcp_from(struct fixture *f, struct ip_addr from, struct ip_addr to,
                                    struct net_seg seg, struct net_vlan vlan)
{
    struct frame frame = blank(f);
    struct net_path path = {.src = from, .dst = to, .vlan = vlan, .ttl = 64};
    struct net_template head;
    memcpy(path.src_mac, their_mac, 6);
    memcpy(path.dst_mac, f->link->ends[0].port.mac, 6);
    net_template_init(&head, &path);
    deliver(f, frame, net_tcp_build(&head, frame.data, &seg, 0, 0));
}

static inline void deliver_tcp(struct fixture *f, struct net_seg seg)
{
    deliver_tcp_from(f, them(), us(), seg, untagged);
}

#endif
