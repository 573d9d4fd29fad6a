/* SPDX-License-Identifier: BSD-3-Clause */
/* ICMP errors and path MTU, both families: what is believed, what it changes, when it is forgotten. */
#include "fixture.h"
#include "fuzz/fix_checksums.h"

struct family {
    bool is4;
    struct ip_addr us, them;
    uint32_t headers; /* IP and TCP */
};

static const struct family families[] = {
    {true, {0, IP4_MAPPED | 0xc6120001}, {0, IP4_MAPPED | 0xc6120002}, 40},
    {false, {0x2001000200000000, 1}, {0x2001000200000000, 2}, 60},
};

#define FAMILIES (sizeof families / sizeof *families)

static struct fixture *open_family(const struct family *a)
{
    return open_as(&(struct stack_config){.local = {{a->us, 1, 0}}});
}

/* An ICMP error from the peer's side about the segment `quote` that we sent. */
static void deliver_error(struct fixture *f, const struct family *a, uint8_t type, uint8_t code,
                          uint32_t mtu, const struct frame *quote, uint32_t quote_len)
{
    struct frame frame = blank(f);
    uint8_t *d = frame.data, *ip = d + 14;
    uint32_t icmp_len = 8 + quote_len, ip_len = a->is4 ? 20 : 40;
    memset(d, 0, 14 + ip_len + 8);
    memcpy(d, f->link->ends[0].port.mac, 6);
    memcpy(d + 6, their_mac, 6);
    memcpy(d + 12, a->is4 ? "\x08\0" : "\x86\xdd", 2);
    if (a->is4) {
        memcpy(ip, (uint8_t[]){0x45, 0, (uint8_t)((20 + icmp_len) >> 8), (uint8_t)(20 + icmp_len), 0, 0,
                               0, 0, 64, 1}, 10);
        memcpy(ip + 12, quote->data + 14 + 16, 4);
        memcpy(ip + 16, quote->data + 14 + 12, 4);
    } else {
        memcpy(ip, (uint8_t[]){0x60, 0, 0, 0, (uint8_t)(icmp_len >> 8), (uint8_t)icmp_len, 58, 64}, 8);
        memcpy(ip + 8, quote->data + 14 + 24, 16);
        memcpy(ip + 24, quote->data + 14 + 8, 16);
    }
    uint8_t *icmp = ip + ip_len;
    icmp[0] = type;
    icmp[1] = code;
    for (int i = 0; i < 4; i++)
        icmp[4 + i] = (uint8_t)(mtu >> (24 - 8 * i));
    memcpy(icmp + 8, quote->data + 14, quote_len);
    fix_checksums(d, 14 + ip_len + icmp_len);
    deliver(f, frame, 14 + ip_len + icmp_len);
}

static void deliver_too_big(struct fixture *f, const struct family *a, uint32_t mtu,
                            const struct frame *quote)
{
    deliver_error(f, a, a->is4 ? 3 : 2, a->is4 ? 4 : 0, mtu, quote, a->is4 ? 28 : 60);
}

/* An open connection to `them`, port 80, whose segments may be 1500 bytes. */
static uint32_t connect_to(struct fixture *f, const struct family *a, uint16_t lport)
{
    uint32_t path = stack_path(&f->stack, a->us, a->them, f->now_ns);
    neigh_learn(&f->stack.neigh, a->them, their_mac);
    uint32_t conn = tcp_open(&f->stack.tcp, path, lport, 80, f->stack.paths[path].mss, 0);
    turn(f);
    while (answered(f) && f->answer.kind != PKT_TCP)
        continue;
    deliver_tcp_from(f, a->them, a->us, (struct net_seg){.src_port = 80, .dst_port = lport,
                     .seq = 100, .ack = f->answer.tcp.seq + 1, .window = 60000,
                     .flags = TCP_SYN | TCP_ACK, .opts = TCP_OPT_MSS, .mss = 9000}, untagged);
    while (answered(f))
        continue;
    ck_assert_int_eq(tcp_conn(&f->stack.tcp, conn)->state, TCP_ESTABLISHED);
    return conn;
}

/* The segments that wait at the far end; a copy of the first. Returns their payload. */
static uint32_t collect(struct fixture *f, uint8_t *first, struct frame *copy, uint32_t *longest)
{
    uint32_t sum = 0;
    *longest = 0;
    for (bool begun = false; answered(f); begun = true) {
        if (!begun) {
            memcpy(first, f->frame.data, f->frame.len);
            *copy = f->frame;
            copy->data = first;
        }
        sum += f->answer.tcp.payload_len;
        *longest = f->frame.len - 14u > *longest ? f->frame.len - 14u : *longest;
    }
    return sum;
}

START_TEST(test_too_big_makes_smaller)
{
    static uint8_t first[2048];
    for (size_t i = 0; i < FAMILIES; i++) {
        const struct family *a = &families[i];
        struct fixture *f = open_family(a);
        uint32_t conn = connect_to(f, a, 5000), longest;
        struct frame quote;
        tcp_send(&f->stack.tcp, conn, 5000);
        turn(f);
        ck_assert_uint_eq(collect(f, first, &quote, &longest), 5000);
        ck_assert_uint_eq(longest, 1500);
        deliver_too_big(f, a, 1300, &quote);
        ck_assert_uint_eq(collect(f, first, &quote, &longest), 5000); /* all of it again */
        ck_assert_uint_eq(longest, 1300);
        ck_assert_uint_eq(f->stack.paths[0].mss, 1300 - a->headers);
        ck_assert_uint_eq(f->count[COUNTER_PATH_MTU_LOWERED], 1);
        deliver_too_big(f, a, 1300, &quote); /* of the next that was under way: no news */
        ck_assert_uint_eq(collect(f, first, &quote, &longest), 0);
        ck_assert_uint_eq(f->count[COUNTER_PATH_MTU_LOWERED], 1);
        close_all(f);
    }
}
END_TEST

START_TEST(test_never_below_the_least)
{
    static uint8_t first[2048];
    struct frame quote;
    uint32_t longest;
    for (size_t i = 0; i < FAMILIES; i++) {
        const struct family *a = &families[i];
        struct fixture *f = open_family(a);
        uint32_t conn = connect_to(f, a, 5000);
        tcp_send(&f->stack.tcp, conn, 5000);
        turn(f);
        collect(f, first, &quote, &longest);
        deliver_too_big(f, a, a->is4 ? 100 : 1280, &quote);
        collect(f, first, &quote, &longest);
        ck_assert_uint_eq(longest, a->is4 ? 576 : 1280);
        close_all(f);
    }
}
END_TEST

START_TEST(test_what_is_not_under_way_is_not_believed)
{
    static uint8_t first[2048];
    struct frame quote;
    uint32_t longest;
    for (size_t i = 0; i < FAMILIES; i++) {
        const struct family *a = &families[i];
        struct fixture *f = open_family(a);
        uint32_t conn = connect_to(f, a, 5000), at = a->is4 ? 34 : 54;
        tcp_send(&f->stack.tcp, conn, 1400);
        turn(f);
        collect(f, first, &quote, &longest);
        for (uint32_t byte = 0; byte < 7; byte++) { /* ports, number beyond what is under way */
            first[at + byte] ^= 0x80;
            deliver_too_big(f, a, 1300, &quote);
            first[at + byte] ^= 0x80;
        }
        first[a->is4 ? 33 : 53] ^= 0x80; /* the peer's address, 7 bytes before the ports */
        deliver_error(f, a, a->is4 ? 3 : 2, a->is4 ? 4 : 0, 1300, &quote, a->is4 ? 28 : 60);
        ck_assert_uint_eq(f->drops[DROP_ICMP_QUOTE], 8);
        ck_assert_uint_eq(f->count[COUNTER_ICMP_ERRORS], 0);
        ck_assert_uint_eq(f->stack.paths[0].mss, 1500 - a->headers);
        ck_assert(!answered(f));
        close_all(f);
    }
}
END_TEST

START_TEST(test_other_errors_end_nothing)
{
    static uint8_t first[2048];
    struct frame quote;
    uint32_t longest;
    for (size_t i = 0; i < FAMILIES; i++) {
        const struct family *a = &families[i];
        struct fixture *f = open_family(a);
        uint32_t conn = connect_to(f, a, 5000);
        tcp_send(&f->stack.tcp, conn, 100);
        turn(f);
        collect(f, first, &quote, &longest);
        deliver_error(f, a, a->is4 ? 3 : 1, a->is4 ? 3 : 4, 0, &quote, a->is4 ? 28 : 60); /* port */
        deliver_error(f, a, a->is4 ? 3 : 1, a->is4 ? 1 : 0, 0, &quote, a->is4 ? 28 : 60); /* host */
        deliver_error(f, a, a->is4 ? 11 : 3, 0, 0, &quote, a->is4 ? 28 : 60); /* hops */
        ck_assert_uint_eq(f->count[COUNTER_ICMP_ERRORS], 3);
        ck_assert_int_eq(tcp_conn(&f->stack.tcp, conn)->state, TCP_ESTABLISHED);
        close_all(f);
    }
}
END_TEST

START_TEST(test_an_error_does_not_end_an_open)
{
    static uint8_t first[2048];
    struct frame quote;
    uint32_t longest;
    for (size_t i = 0; i < FAMILIES; i++) {
        const struct family *a = &families[i];
        struct fixture *f = open_family(a);
        uint32_t path = stack_path(&f->stack, a->us, a->them, f->now_ns);
        neigh_learn(&f->stack.neigh, a->them, their_mac);
        uint32_t conn = tcp_open(&f->stack.tcp, path, 5000, 80, f->stack.paths[path].mss, 0);
        turn(f);
        collect(f, first, &quote, &longest);
        deliver_error(f, a, a->is4 ? 3 : 1, a->is4 ? 3 : 4, 0, &quote, a->is4 ? 28 : 60);
        ck_assert_uint_eq(f->count[COUNTER_ICMP_ERRORS], 1);
        ck_assert_int_eq(tcp_conn(&f->stack.tcp, conn)->state, TCP_SYN_SENT);
        close_all(f);
    }
}
END_TEST

START_TEST(test_other_connections_of_the_path_follow)
{
    static uint8_t first[2048];
    struct frame quote;
    uint32_t longest;
    const struct family *a = &families[1];
    struct fixture *f = open_family(a);
    uint32_t one = connect_to(f, a, 5000), two = connect_to(f, a, 5001);
    tcp_send(&f->stack.tcp, one, 5000);
    turn(f);
    collect(f, first, &quote, &longest);
    deliver_too_big(f, a, 1300, &quote);
    collect(f, first, &quote, &longest);
    tcp_send(&f->stack.tcp, two, 5000);
    turn(f);
    collect(f, first, &quote, &longest); /* one finds out by being too long */
    ck_assert_uint_eq(f->stack.tcp.conns[two].mss, 1300 - 60);
    uint32_t three = connect_to(f, a, 5002);
    ck_assert_uint_eq(f->stack.tcp.conns[three].mss, 1300 - 60);
    close_all(f);
}
END_TEST

START_TEST(test_forgotten_after_ten_minutes)
{
    static uint8_t first[2048];
    struct frame quote;
    uint32_t longest;
    const struct family *a = &families[1];
    struct fixture *f = open_family(a);
    uint32_t conn = connect_to(f, a, 5000);
    tcp_send(&f->stack.tcp, conn, 5000);
    turn(f);
    collect(f, first, &quote, &longest);
    deliver_too_big(f, a, 1300, &quote);
    collect(f, first, &quote, &longest);
    tcp_abort(&f->stack.tcp, conn);
    f->now_ns += 599000 * MS;
    turn(f);
    ck_assert_uint_eq(f->stack.paths[0].mss, 1300 - 60);
    f->now_ns += 2000 * MS;
    turn(f);
    ck_assert_uint_eq(f->stack.paths[0].mss, 1500 - 60);
    ck_assert_uint_eq(f->count[COUNTER_PATH_MTU_RAISED], 1);
    while (answered(f))
        continue;
    close_all(f);
}
END_TEST

CHECK_MAIN("stack/pmtu", test_too_big_makes_smaller, test_never_below_the_least,
           test_what_is_not_under_way_is_not_believed, test_other_errors_end_nothing,
           test_an_error_does_not_end_an_open, test_other_connections_of_the_path_follow,
           test_forgotten_after_ten_minutes)
