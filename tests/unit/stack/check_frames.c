/* SPDX-License-Identifier: BSD-3-Clause */
#include "fixture.h"

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
    ck_assert_uint_eq(stack_path(&f->stack, us(), them(), f->now_ns), path);
    close_all(f);
}
END_TEST

/* RFC 826: told by an answer, by a question for us or for another, by an announcement to all. */
START_TEST(test_neighbour_moves)
{
    static const struct {
        uint8_t op;
        uint32_t to;
    } rows[] = {{2, 0xc6120001}, {1, 0xc6120001}, {1, 0xc6120003}, {1, 0xc6120002}, {2, 0xc6120002}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture *f = open_all((struct ip_addr){0, 0});
        uint32_t path = stack_path(&f->stack, us(), them(), f->now_ns);
        deliver_arp(f, 2, their_mac, them(), us());
        f->now_ns += NEIGH_HOLD_NS - 1;
        deliver_arp(f, rows[i].op, other_mac, them(), ip4_addr(rows[i].to)); /* too soon */
        ck_assert_mem_eq(f->stack.paths[path].head.bytes, their_mac, 6);
        f->now_ns++;
        deliver_arp(f, rows[i].op, other_mac, them(), ip4_addr(rows[i].to));
        ck_assert_mem_eq(f->stack.paths[path].head.bytes, other_mac, 6);
        ck_assert_uint_eq(f->count[COUNTER_NEIGHBOURS_MOVED], 1);
        deliver_arp(f, rows[i].op, their_mac, them(), ip4_addr(rows[i].to)); /* another claims it */
        ck_assert_mem_eq(f->stack.paths[path].head.bytes, other_mac, 6);
        ck_assert_uint_eq(f->drops[DROP_IP_NOT_OURS], rows[i].to == 0xc6120003 ? 3 : 0);
        while (answered(f))
            continue;
        close_all(f);
    }
}
END_TEST

START_TEST(test_announcements_of_others_change_nothing)
{
    struct fixture *f = open_all((struct ip_addr){0, 0});
    uint32_t path = stack_path(&f->stack, us(), them(), f->now_ns);
    deliver_arp(f, 2, their_mac, them(), us());
    f->now_ns += NEIGH_HOLD_NS;
    deliver_arp(f, 1, other_mac, ip4_addr(0xc6120003), ip4_addr(0xc6120003));
    ck_assert_uint_eq(f->drops[DROP_IP_NOT_OURS], 1);
    ck_assert_mem_eq(f->stack.paths[path].head.bytes, their_mac, 6);
    ck_assert_uint_eq(f->stack.neigh.count, 1); /* nobody is entered unasked */
    while (answered(f))
        continue;
    close_all(f);
}
END_TEST

/* One after the other, all within the time; who does not answer stays as it is. */
START_TEST(test_neighbours_are_asked_anew)
{
    const struct ip_addr two[2] = {them(), ip4_addr(0xc6120003)};
    struct fixture *f = open_all((struct ip_addr){0, 0});
    for (int i = 0; i < 2; i++) {
        stack_path(&f->stack, us(), two[i], f->now_ns);
        deliver_arp(f, 2, their_mac, two[i], us());
    }
    f->now_ns += NEIGH_POLL_NS - 1;
    turn(f);
    ck_assert(!answered(f));
    f->now_ns++;
    for (int i = 0; i < 5; i++, f->now_ns += NEIGH_POLL_NS / 2) {
        turn(f);
        ck_assert(answered(f) && f->answer.arp.op == 1 && ip_equal(f->answer.dst, two[i % 2]));
        f->now_ns += NEIGH_RETRY_NS; /* no answer, no other question */
        turn(f);
        ck_assert(!answered(f));
        f->now_ns -= NEIGH_RETRY_NS;
        ck_assert_int_eq(stack_path_state(&f->stack, 0), NEIGH_READY);
    }
    deliver_arp(f, 2, other_mac, them(), us());
    ck_assert_mem_eq(f->stack.paths[0].head.bytes, other_mac, 6);
    ck_assert_mem_eq(f->stack.paths[1].head.bytes, their_mac, 6);
    while (answered(f))
        continue;
    close_all(f);
}
END_TEST

START_TEST(test_whom_the_kernel_knows_is_not_asked)
{
    const struct neigh_known known = {them(), {2, 0, 0, 0, 0, 0x77}};
    struct fixture *f = open_as(&(struct stack_config){.local = {{.first = us(), .count = 1}},
                                                       .known = &known, .known_count = 1});
    uint32_t path = stack_path(&f->stack, us(), them(), f->now_ns);
    ck_assert_int_eq(stack_path_state(&f->stack, path), NEIGH_READY);
    for (int i = 0; i < 4; i++, f->now_ns += NEIGH_POLL_NS) {
        turn(f);
        ck_assert(!answered(f));
    }
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
    const struct net_vlan tags = {7, 0};
    struct fixture *f = open_as(&(struct stack_config){.local = {{.first = us(), .count = 1}},
                                                       .vlan = tags});
    deliver_tcp_from(f, them(), us(), syn, tags);
    ck_assert(answered(f));
    ck_assert_int_eq(f->answer.tcp.flags, TCP_RST | TCP_ACK);
    ck_assert_uint_eq(f->answer.tcp.ack, 101);
    ck_assert_uint_eq(f->answer.vlan.id, 7);
    ck_assert_mem_eq(f->frame.data, their_mac, 6);
    ck_assert_uint_eq(f->drops[DROP_TCP_NO_CONN], 1);
    deliver_tcp_from(f, them(), ip4_addr(0xc6120003), syn, tags);
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
    deliver_arp(f, 1, other_mac, them(), us()); /* it has another card now, and asks who we are */
    ck_assert(answered(f) && f->answer.kind == PKT_ARP);
    deliver_tcp(f, (struct net_seg){.src_port = 5000, .dst_port = 80, .seq = 99, .window = 60000,
                                    .flags = TCP_ACK, .ack = 0});
    ck_assert(answered(f) && f->answer.kind == PKT_TCP);
    ck_assert_mem_eq(f->frame.data, other_mac, 6);
    ck_assert_uint_eq(f->count[COUNTER_NEIGHBOURS_MOVED], 1);
    close_all(f);
}
END_TEST

START_TEST(test_paths_run_out)
{
    struct fixture *f = open_all((struct ip_addr){0, 0});
    ck_assert_int_eq(tcp_listen(&f->stack.tcp, 80), 0);
    for (uint32_t i = 0; i < 3; i++) {
        deliver_tcp_from(f, ip4_addr(0xc6120010 + i), us(), syn, untagged);
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

CHECK_MAIN("stack/frames", test_arp_is_answered, test_neighbour_is_asked, test_neighbour_moves,
           test_announcements_of_others_change_nothing, test_neighbours_are_asked_anew,
           test_whom_the_kernel_knows_is_not_asked,
           test_neighbour_fails_and_is_asked_anew, test_gateway_is_asked, test_stranger_is_reset,
           test_syn_makes_its_path, test_paths_run_out, test_echo_is_answered,
           test_every_frame_has_its_counter)
