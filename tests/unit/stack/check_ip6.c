/* SPDX-License-Identifier: BSD-3-Clause */
/* Neighbours, echo, paths and resets over IPv6; tags of either family. */
#include "fixture.h"

static const struct ip_addr net64 = {0x2001000200000000, 0};

/* All of 2001:2::/64 is ours. */
static struct fixture *open6(struct ip_addr gateway)
{
    struct stack_config own = {.local = {{net64, IP_RANGE_WIDE, 64}}, .gateway = gateway};
    return open_as(&own);
}

static struct ip_addr host(uint64_t lo)
{
    return (struct ip_addr){net64.hi, lo};
}

static const struct ip_addr direct = {0, 0};

static void deliver_ask(struct fixture *f, struct ip_addr from, struct ip_addr target,
                        struct net_vlan vlan)
{
    struct frame frame = blank(f);
    deliver(f, frame, net_ndp_ask(frame.data, their_mac, from, target, vlan));
}

/* An advertisement of `target` with this MAC, as an answer to what `to` asked. */
static void deliver_tell(struct fixture *f, struct ip_addr target, const uint8_t mac[6],
                         bool override)
{
    struct frame frame = blank(f);
    struct pkt ask = {.src = us6(), .dst = target, .eth_src = f->link->ends[0].port.mac,
                      .ndp = {.target = target}};
    uint32_t len = net_ndp_tell(frame.data, &ask, mac);
    uint8_t *icmp = frame.data + 54;
    if (!override) {
        icmp[4] = 0x40;
        uint32_t sum = (uint32_t)icmp[2] << 8 | icmp[3];
        sum += 0x2000; /* RFC 1624: what left the sum comes to its complement */
        sum = (sum & 0xffff) + (sum >> 16);
        icmp[2] = (uint8_t)(sum >> 8);
        icmp[3] = (uint8_t)sum;
    }
    deliver(f, frame, len);
}

static void told_to_us(struct fixture *f, struct ip_addr from)
{
    deliver_tell(f, from, other_mac, true);
}

/* As who has moved: to all nodes, solicited by nobody. */
static void told_to_all(struct fixture *f, struct ip_addr from)
{
    struct frame frame = blank(f);
    struct pkt ask = {.dst = from, .eth_src = other_mac, .ndp = {.target = from}};
    uint32_t len = net_ndp_tell(frame.data, &ask, other_mac);
    deliver(f, frame, len);
}

static void asked_by(struct fixture *f, struct ip_addr from)
{
    struct frame frame = blank(f);
    deliver(f, frame, net_ndp_ask(frame.data, other_mac, from, us6(), untagged));
}

START_TEST(test_every_address_of_a_prefix_is_answered_for)
{
    static const uint64_t ids[] = {0, 1, 0xff, 0x8000000000000000, UINT64_MAX};
    struct fixture *f = open6(direct);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        deliver_ask(f, (struct ip_addr){0xfe80000000000000, 9}, host(ids[i]), untagged);
        ck_assert(answered(f));
        ck_assert(f->answer.kind == PKT_NDP && f->answer.ndp.tells && f->answer.ndp.solicited);
        ck_assert(ip_equal(f->answer.ndp.target, host(ids[i])));
        ck_assert_mem_eq(f->answer.ndp.mac, f->link->ends[0].port.mac, 6);
        ck_assert_mem_eq(f->frame.data, their_mac, 6);
    }
    deliver_ask(f, them6(), (struct ip_addr){net64.hi + 1, 1}, untagged);
    ck_assert(!answered(f));
    ck_assert_uint_eq(f->drops[DROP_IP_NOT_OURS], 1);
    ck_assert_uint_eq(f->count[COUNTER_NDP_SENT], 5);
    close_all(f);
}
END_TEST

START_TEST(test_neighbour_is_asked)
{
    struct fixture *f = open6(direct);
    struct ip_addr far = {net64.hi + 1, 7};
    uint32_t path = stack_path(&f->stack, us6(), far, f->now_ns);
    turn(f);
    ck_assert(answered(f) && f->answer.kind == PKT_NDP && !f->answer.ndp.tells);
    ck_assert(ip_equal(f->answer.ndp.target, far) && ip_equal(f->answer.src, us6()));
    ck_assert(!answered(f));
    deliver_tell(f, far, their_mac, true);
    ck_assert_int_eq(stack_path_state(&f->stack, path), NEIGH_READY);
    ck_assert_mem_eq(f->stack.paths[path].head.bytes, their_mac, 6);
    close_all(f);
}
END_TEST

/* RFC 4861 7.2.5 and 7.2.3: told by an advertisement to us or, unasked, to all, and by a question. */
START_TEST(test_neighbour_moves)
{
    static void (*const told[])(struct fixture *, struct ip_addr) = {told_to_us, told_to_all, asked_by};
    struct ip_addr far = {net64.hi + 1, 7};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        struct fixture *f = open6(direct);
        uint32_t path = stack_path(&f->stack, us6(), far, f->now_ns);
        deliver_tell(f, far, their_mac, true);
        f->now_ns += NEIGH_HOLD_NS - 1;
        told[i](f, far); /* too soon */
        ck_assert_mem_eq(f->stack.paths[path].head.bytes, their_mac, 6);
        f->now_ns++;
        deliver_tell(f, far, other_mac, false); /* does not override */
        ck_assert_mem_eq(f->stack.paths[path].head.bytes, their_mac, 6);
        told[i](f, far);
        ck_assert_mem_eq(f->stack.paths[path].head.bytes, other_mac, 6);
        ck_assert_uint_eq(f->count[COUNTER_NEIGHBOURS_MOVED], 1);
        while (answered(f))
            continue;
        close_all(f);
    }
}
END_TEST

START_TEST(test_a_question_tells_who_asks)
{
    struct fixture *f = open6(direct);
    struct ip_addr far = {net64.hi + 1, 7};
    uint32_t path = stack_path(&f->stack, us6(), far, f->now_ns);
    deliver_ask(f, far, us6(), untagged);
    ck_assert_int_eq(stack_path_state(&f->stack, path), NEIGH_READY);
    while (answered(f)) /* our answer, and our own question before it */
        continue;
    close_all(f);
}
END_TEST

START_TEST(test_gateway_is_asked)
{
    struct ip_addr gateway = {0xfe80000000000000, 0xfe};
    struct fixture *f = open6(gateway);
    uint32_t path = stack_path(&f->stack, us6(), (struct ip_addr){0x2001000300000000, 1}, f->now_ns);
    turn(f);
    ck_assert(answered(f) && ip_equal(f->answer.ndp.target, gateway));
    deliver_tell(f, gateway, their_mac, true);
    ck_assert_int_eq(stack_path_state(&f->stack, path), NEIGH_READY);
    close_all(f);
}
END_TEST

static const struct net_seg syn = {.src_port = 5000, .dst_port = 80, .seq = 100, .window = 60000,
                                   .flags = TCP_SYN, .opts = TCP_OPT_MSS, .mss = 9000};

START_TEST(test_syn_makes_its_path)
{
    struct fixture *f = open6(direct);
    struct ip_addr far = {net64.hi + 1, 7};
    ck_assert_int_eq(tcp_listen(&f->stack.tcp, 80), 0);
    deliver_tcp_from(f, far, us6(), syn, untagged);
    ck_assert(answered(f));
    ck_assert_int_eq(f->answer.tcp.flags, TCP_SYN | TCP_ACK);
    ck_assert_uint_eq(f->answer.tcp.mss, 1500 - 60);
    deliver_tcp_from(f, far, us6(), (struct net_seg){.src_port = 5000, .dst_port = 80, .seq = 101,
                     .ack = f->answer.tcp.seq + 1, .window = 60000, .flags = TCP_ACK}, untagged);
    ck_assert_uint_eq(f->opened, 1);
    asked_by(f, far); /* it has another card now */
    ck_assert_mem_eq(f->stack.paths[0].head.bytes, other_mac, 6);
    ck_assert_uint_eq(f->count[COUNTER_NEIGHBOURS_MOVED], 1);
    while (answered(f))
        continue;
    close_all(f);
}
END_TEST

START_TEST(test_stranger_is_reset)
{
    struct fixture *f = open6(direct);
    deliver_tcp_from(f, (struct ip_addr){net64.hi + 1, 7}, host(0), syn, untagged);
    ck_assert(answered(f));
    ck_assert_int_eq(f->answer.tcp.flags, TCP_RST | TCP_ACK);
    ck_assert_uint_eq(f->answer.tcp.ack, 101);
    close_all(f);
}
END_TEST

START_TEST(test_other_tags_are_dropped)
{
    static const struct net_vlan ours = {7, 9},
                                 others[] = {{0, 0}, {7, 0}, {9, 0}, {9, 7}, {7, 8}, {8, 9}};
    struct stack_config own = {.local = {{us(), 1, 32}}, .vlan = ours};
    struct fixture *f = open_as(&own);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        deliver_tcp_from(f, them(), us(), syn, others[i]);
        ck_assert(!answered(f));
    }
    ck_assert_uint_eq(f->drops[DROP_ETH_VLAN], 6);
    deliver_tcp_from(f, them(), us(), syn, ours);
    ck_assert(answered(f) && net_vlan_equal(f->answer.vlan, ours));
    stack_path(&f->stack, us(), them(), f->now_ns); /* the question carries them too */
    turn(f);
    ck_assert(answered(f) && f->answer.kind == PKT_ARP && net_vlan_equal(f->answer.vlan, ours));
    close_all(f);
}
END_TEST

START_TEST(test_question_with_tags)
{
    const struct net_vlan ours = {7, 9};
    struct stack_config own = {.local = {{net64, IP_RANGE_WIDE, 64}}, .vlan = ours};
    struct fixture *f = open_as(&own);
    stack_path(&f->stack, us6(), (struct ip_addr){net64.hi + 1, 7}, f->now_ns);
    turn(f);
    ck_assert(answered(f) && f->answer.kind == PKT_NDP && net_vlan_equal(f->answer.vlan, ours));
    deliver_ask(f, them6(), us6(), ours);
    ck_assert(answered(f) && f->answer.ndp.tells && net_vlan_equal(f->answer.vlan, ours));
    close_all(f);
}
END_TEST

CHECK_MAIN("stack/ip6", test_every_address_of_a_prefix_is_answered_for, test_neighbour_is_asked,
           test_neighbour_moves,
           test_a_question_tells_who_asks, test_gateway_is_asked, test_syn_makes_its_path,
           test_stranger_is_reset, test_other_tags_are_dropped, test_question_with_tags)
