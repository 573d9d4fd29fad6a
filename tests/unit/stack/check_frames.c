/* SPDX-License-Identifier: BSD-3-Clause */
/* A stack at one end of a link, hand-made frames at the other. */
#include <string.h>

#include "base/csum.h"
#include "base/err.h"
#include "lib/check_main.h"
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

static struct ip_addr us(void)
{
    return ip4_addr(0xc6120001);
}

static struct ip_addr them(void)
{
    return ip4_addr(0xc6120002);
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

static uint64_t fill(void *ctx, uint32_t conn, uint64_t pos, uint8_t *buf, uint32_t len)
{
    (void)ctx, (void)conn, (void)pos;
    memset(buf, 'x', len);
    return csum_add(buf, len);
}

static const struct tcp_ops ops = {.event = on_event, .data = on_data};

static struct fixture *open_all(struct ip_addr gateway)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct stack_config cfg = {
        .tcp = {.conns = 8, .time_wait_entries = 8, .ooo_pieces = 8, .piece_bytes = 1460,
                .side_blocks = 8, .half_open = 8, .window = 65535, .rto_min_tk = 200000, .rto_max_tk = 8000000,
                .rto_initial_tk = 1000000, .delack_tk = 40000, .time_wait_tk = 60000000,
                .init_cwnd = 10, .retries = 5, .syn_retries = 3, .secret = 9},
        .local = {{.first = us(), .count = 1}}, .local_count = 1, .gateway = gateway,
        .paths = 2, .mtu = 1500, .batch = 16,
    };
    struct err e = {0};
    f->link = link_open(&(struct link_config){.seed = 1});
    f->far = &f->link->ends[1].queue;
    f->now_ns = 1000 * MS;
    ck_assert_int_eq(stack_init(&f->stack, &cfg, &f->link->ends[0].queue, &ops, fill, f, f->count,
                                f->drops, f->now_ns, &e), 0);
    return f;
}

static void close_all(struct fixture *f)
{
    if (f->frame.data)
        f->far->ops->rx_free(f->far, &f->frame, 1);
    stack_fini(&f->stack);
    ck_assert_uint_eq(f->link->free_count, LINK_FRAMES);
    link_close(f->link);
    free(f);
}

/* One round of the stack. */
static void turn(struct fixture *f)
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
static bool answered(struct fixture *f)
{
    if (f->frame.data)
        f->far->ops->rx_free(f->far, &f->frame, 1);
    f->frame.data = NULL;
    if (!f->far->ops->rx(f->far, &f->frame, 1))
        return false;
    ck_assert_int_eq(pkt_parse(&f->answer, f->frame.data, f->frame.len, false), 0);
    return true;
}

static struct frame blank(struct fixture *f)
{
    struct frame frame;
    ck_assert_uint_eq(f->far->ops->tx_alloc(f->far, &frame, 1), 1);
    return frame;
}

static void deliver(struct fixture *f, struct frame frame, uint32_t len)
{
    frame.len = (uint16_t)len;
    f->far->ops->tx(f->far, &frame, 1);
    turn(f);
}

static void deliver_arp(struct fixture *f, uint8_t op, const uint8_t mac[6], struct ip_addr from,
                        struct ip_addr to)
{
    struct frame frame = blank(f);
    deliver(f, frame, net_arp_build(frame.data, op, mac, from, op == 1 ? NULL : f->link->ends[0].port.mac,
                                    to, 0));
}

static void deliver_tcp_from(struct fixture *f, struct ip_addr from, struct ip_addr to, struct net_seg seg,
                             uint16_t vlan)
{
    struct frame frame = blank(f);
    struct net_path path = {.src = from, .dst = to, .vlan = vlan, .ttl = 64};
    struct net_template head;
    memcpy(path.src_mac, their_mac, 6);
    memcpy(path.dst_mac, f->link->ends[0].port.mac, 6);
    net_template_init(&head, &path);
    deliver(f, frame, net_tcp_build(&head, frame.data, &seg, 0, 0));
}

static void deliver_tcp(struct fixture *f, struct net_seg seg)
{
    deliver_tcp_from(f, them(), us(), seg, 0);
}

START_TEST(test_arp_is_answered)
{
    struct fixture *f = open_all((struct ip_addr){0, 0});
    deliver_arp(f, 1, their_mac, them(), us());
    ck_assert(answered(f));
    ck_assert(f->answer.kind == PKT_ARP && f->answer.arp.op == 2);
    ck_assert_mem_eq(f->answer.arp.sender_mac, f->link->ends[0].port.mac, 6);
    ck_assert(ip_equal(f->answer.src, us()) && ip_equal(f->answer.dst, them()));
    deliver_arp(f, 1, their_mac, them(), ip4_addr(0xc6120003));
    ck_assert(!answered(f));
    ck_assert_uint_eq(f->drops[DROP_IP_NOT_OURS], 1);
    close_all(f);
}
END_TEST

START_TEST(test_neighbour_is_asked)
{
    struct fixture *f = open_all((struct ip_addr){0, 0});
    uint32_t path = stack_path(&f->stack, us(), them(), f->now_ns);
    ck_assert_int_eq(stack_path_state(&f->stack, path), NEIGH_WAIT);
    turn(f);
    ck_assert(answered(f) && f->answer.arp.op == 1 && ip_equal(f->answer.dst, them()));
    ck_assert(!answered(f));
    deliver_arp(f, 2, their_mac, them(), us());
    ck_assert_int_eq(stack_path_state(&f->stack, path), NEIGH_READY);
    ck_assert_mem_eq(f->stack.paths[path].head.bytes, their_mac, 6);
    deliver_arp(f, 2, other_mac, them(), us()); /* it moved */
    ck_assert_mem_eq(f->stack.paths[path].head.bytes, other_mac, 6);
    ck_assert_uint_eq(stack_path(&f->stack, us(), them(), f->now_ns), path);
    close_all(f);
}
END_TEST

START_TEST(test_neighbour_fails_and_is_asked_anew)
{
    struct fixture *f = open_all((struct ip_addr){0, 0});
    uint32_t path = stack_path(&f->stack, us(), them(), f->now_ns), asked = 0;
    for (int i = 0; i < 100; i++, f->now_ns += 100 * MS) {
        turn(f);
        asked += answered(f);
    }
    ck_assert_uint_eq(asked, NEIGH_TRIES);
    ck_assert_int_eq(stack_path_state(&f->stack, path), NEIGH_FAILED);
    ck_assert_uint_eq(stack_path(&f->stack, us(), them(), f->now_ns), path);
    ck_assert_int_eq(stack_path_state(&f->stack, path), NEIGH_WAIT);
    turn(f);
    ck_assert(answered(f));
    deliver_arp(f, 2, their_mac, them(), us());
    ck_assert_int_eq(stack_path_state(&f->stack, path), NEIGH_READY);
    close_all(f);
}
END_TEST

START_TEST(test_gateway_is_asked)
{
    struct fixture *f = open_all(ip4_addr(0xc61200fe));
    uint32_t path = stack_path(&f->stack, us(), ip4_addr(0x0a000001), f->now_ns);
    turn(f);
    ck_assert(answered(f) && ip_equal(f->answer.dst, ip4_addr(0xc61200fe)));
    deliver_arp(f, 2, their_mac, ip4_addr(0xc61200fe), us());
    ck_assert_int_eq(stack_path_state(&f->stack, path), NEIGH_READY);
    uint32_t second = stack_path(&f->stack, us(), ip4_addr(0x0a000002), f->now_ns);
    ck_assert_int_eq(stack_path_state(&f->stack, second), NEIGH_READY);
    ck_assert_mem_eq(f->stack.paths[second].head.bytes, their_mac, 6);
    ck_assert_uint_eq(stack_path(&f->stack, us(), ip4_addr(0x0a000003), f->now_ns), PATH_NONE);
    close_all(f);
}
END_TEST

static const struct net_seg syn = {.src_port = 5000, .dst_port = 80, .seq = 100, .window = 60000,
                                   .flags = TCP_SYN, .opts = TCP_OPT_MSS, .mss = 1000};

START_TEST(test_stranger_is_reset)
{
    struct fixture *f = open_all((struct ip_addr){0, 0});
    deliver_tcp_from(f, them(), us(), syn, 7); /* with a VLAN: the answer carries it back */
    ck_assert(answered(f));
    ck_assert_int_eq(f->answer.tcp.flags, TCP_RST | TCP_ACK);
    ck_assert_uint_eq(f->answer.tcp.ack, 101);
    ck_assert_uint_eq(f->answer.vlan, 7);
    ck_assert_mem_eq(f->frame.data, their_mac, 6);
    ck_assert_uint_eq(f->drops[DROP_TCP_NO_CONN], 1);
    deliver_tcp_from(f, them(), ip4_addr(0xc6120003), syn, 0);
    ck_assert(!answered(f));
    ck_assert_uint_eq(f->drops[DROP_IP_NOT_OURS], 1);
    ck_assert_uint_eq(f->stack.path_count, 0); /* strangers take no path */
    close_all(f);
}
END_TEST

START_TEST(test_syn_makes_its_path)
{
    struct fixture *f = open_all((struct ip_addr){0, 0});
    ck_assert_int_eq(tcp_listen(&f->stack.tcp, 80), 0);
    deliver_tcp(f, syn);
    ck_assert(answered(f));
    ck_assert_int_eq(f->answer.tcp.flags, TCP_SYN | TCP_ACK);
    ck_assert_mem_eq(f->frame.data, their_mac, 6);
    deliver_tcp(f, (struct net_seg){.src_port = 5000, .dst_port = 80, .seq = 101, .window = 60000,
                                    .ack = f->answer.tcp.seq + 1, .flags = TCP_ACK});
    ck_assert_uint_eq(f->opened, 1);
    uint32_t path = stack_path(&f->stack, us(), them(), f->now_ns);
    ck_assert_uint_eq(path, 0);
    ck_assert_int_eq(stack_path_state(&f->stack, path), NEIGH_READY); /* learned, nobody to ask */
    close_all(f);
}
END_TEST

START_TEST(test_paths_run_out)
{
    struct fixture *f = open_all((struct ip_addr){0, 0});
    ck_assert_int_eq(tcp_listen(&f->stack.tcp, 80), 0);
    for (uint32_t i = 0; i < 3; i++) {
        deliver_tcp_from(f, ip4_addr(0xc6120010 + i), us(), syn, 0);
        ck_assert_int_eq(answered(f), i < 2);
    }
    ck_assert_uint_eq(f->drops[DROP_TCP_NO_PATH_SLOT], 1);
    close_all(f);
}
END_TEST

START_TEST(test_echo_is_answered)
{
    static const uint8_t ping[] = {
        2, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0x77, 8, 0, /* Ethernet */
        0x45, 0, 0, 32, 0, 0, 0, 0, 64, 1, 0, 0, 0xc6, 0x12, 0, 2, 0xc6, 0x12, 0, 1,
        8, 0, 0, 0, 0x12, 0x34, 0, 1, 'a', 'b', 'c', 'd'};
    struct fixture *f = open_all((struct ip_addr){0, 0});
    struct frame frame = blank(f);
    memcpy(frame.data, ping, sizeof ping);
    uint16_t sum = (uint16_t)~csum_fold(csum_add(frame.data + 14, 20));
    memcpy(frame.data + 24, &sum, 2);
    sum = (uint16_t)~csum_fold(csum_add(frame.data + 34, sizeof ping - 34));
    memcpy(frame.data + 36, &sum, 2);
    deliver(f, frame, sizeof ping);
    ck_assert(answered(f));
    ck_assert(f->answer.kind == PKT_ICMP && f->answer.icmp.type == 0);
    ck_assert_mem_eq(f->frame.data + 38, ping + 38, 8);
    ck_assert_uint_eq(f->count[COUNTER_ICMP_SENT], 1);
    close_all(f);
}
END_TEST

START_TEST(test_every_frame_has_its_counter)
{
    struct fixture *f = open_all((struct ip_addr){0, 0});
    for (uint32_t i = 0; i < 50; i++) {
        struct frame frame = blank(f);
        memset(frame.data, (int)i, 100);
        deliver(f, frame, 10 + i);
    }
    uint64_t dropped = 0;
    for (int d = 0; d < DROP_COUNT; d++)
        dropped += f->drops[d];
    ck_assert_uint_eq(dropped, 50);
    ck_assert_uint_eq(f->count[COUNTER_FRAMES_RX], 50);
    close_all(f);
}
END_TEST

CHECK_MAIN("stack/frames", test_arp_is_answered, test_neighbour_is_asked,
           test_neighbour_fails_and_is_asked_anew, test_gateway_is_asked, test_stranger_is_reset,
           test_syn_makes_its_path, test_paths_run_out, test_echo_is_answered,
           test_every_frame_has_its_counter)
