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
    neigh_learn(&f->stack.neigh, a->them, their_mac, f->now_ns, &(bool){false});
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

/* What we sent: a copy of the first segment, whole, and the longest packet. */
struct sent {
    uint8_t bytes[2048];
    struct frame first;
    uint32_t longest;
};

/* The segments that wait at the far end. Returns their payload. */
static uint32_t collect(struct fixture *f, struct sent *out)
{
    uint32_t sum = 0;
    out->longest = 0;
    for (bool begun = false; answered(f); begun = true) {
        if (!begun) {
            memcpy(out->bytes, f->frame.data, f->frame.len);
            out->first = f->frame;
            out->first.data = out->bytes;
        }
        sum += f->answer.tcp.payload_len;
        out->longest = f->frame.len - 14u > out->longest ? f->frame.len - 14u : out->longest;
    }
    return sum;
}

static uint32_t send_and_collect(struct fixture *f, uint32_t conn, uint32_t len, struct sent *out)
{
    tcp_send(&f->stack.tcp, conn, len);
    turn(f);
    return collect(f, out);
}

START_TEST(test_too_big_makes_smaller)
{
    struct sent sent;
    for (size_t i = 0; i < FAMILIES; i++) {
        const struct family *a = &families[i];
        struct fixture *f = open_family(a);
        uint32_t conn = connect_to(f, a, 5000);
        ck_assert_uint_eq(send_and_collect(f, conn, 5000, &sent), 5000);
        ck_assert_uint_eq(sent.longest, 1500);
        deliver_too_big(f, a, 1300, &sent.first);
        ck_assert_uint_eq(collect(f, &sent), 5000); /* all of it again */
        ck_assert_uint_eq(sent.longest, 1300);
        ck_assert_uint_eq(f->stack.paths[0].mss, 1300 - a->headers);
        ck_assert_uint_eq(f->count[COUNTER_PATH_MTU_LOWERED], 1);
        deliver_too_big(f, a, 1300, &sent.first); /* of the next that was under way: no news */
        ck_assert_uint_eq(collect(f, &sent), 0);
        ck_assert_uint_eq(f->count[COUNTER_PATH_MTU_LOWERED], 1);
        close_all(f);
    }
}
END_TEST

START_TEST(test_never_below_the_least)
{
    struct sent sent;
    for (size_t i = 0; i < FAMILIES; i++) {
        const struct family *a = &families[i];
        struct fixture *f = open_family(a);
        uint32_t conn = connect_to(f, a, 5000);
        send_and_collect(f, conn, 5000, &sent);
        deliver_too_big(f, a, a->is4 ? 100 : 1280, &sent.first);
        collect(f, &sent);
        ck_assert_uint_eq(sent.longest, a->is4 ? 576 : 1280);
        close_all(f);
    }
}
END_TEST

START_TEST(test_what_is_not_under_way_is_not_believed)
{
    struct sent sent;
    for (size_t i = 0; i < FAMILIES; i++) {
        const struct family *a = &families[i];
        struct fixture *f = open_family(a);
        uint32_t conn = connect_to(f, a, 5000), at = a->is4 ? 34 : 54;
        send_and_collect(f, conn, 1400, &sent);
        for (uint32_t byte = 0; byte < 7; byte++) { /* ports, number beyond what is under way */
            sent.bytes[at + byte] ^= 0x80;
            deliver_too_big(f, a, 1300, &sent.first);
            sent.bytes[at + byte] ^= 0x80;
        }
        sent.bytes[a->is4 ? 33 : 53] ^= 0x80; /* the peer's address, 7 bytes before the ports */
        deliver_error(f, a, a->is4 ? 3 : 2, a->is4 ? 4 : 0, 1300, &sent.first, a->is4 ? 28 : 60);
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
    struct sent sent;
    for (size_t i = 0; i < FAMILIES; i++) {
        const struct family *a = &families[i];
        struct fixture *f = open_family(a);
        uint32_t conn = connect_to(f, a, 5000);
        send_and_collect(f, conn, 100, &sent);
        deliver_error(f, a, a->is4 ? 3 : 1, a->is4 ? 3 : 4, 0, &sent.first, a->is4 ? 28 : 60); /* port */
        deliver_error(f, a, a->is4 ? 3 : 1, a->is4 ? 1 : 0, 0, &sent.first, a->is4 ? 28 : 60); /* host */
        deliver_error(f, a, a->is4 ? 11 : 3, 0, 0, &sent.first, a->is4 ? 28 : 60); /* hops */
        ck_assert_uint_eq(f->count[COUNTER_ICMP_ERRORS], 3);
        ck_assert_int_eq(tcp_conn(&f->stack.tcp, conn)->state, TCP_ESTABLISHED);
        close_all(f);
    }
}
END_TEST

START_TEST(test_an_error_does_not_end_an_open)
{
    struct sent sent;
    for (size_t i = 0; i < FAMILIES; i++) {
        const struct family *a = &families[i];
        struct fixture *f = open_family(a);
        uint32_t path = stack_path(&f->stack, a->us, a->them, f->now_ns);
        neigh_learn(&f->stack.neigh, a->them, their_mac, f->now_ns, &(bool){false});
        uint32_t conn = tcp_open(&f->stack.tcp, path, 5000, 80, f->stack.paths[path].mss, 0);
        turn(f);
        collect(f, &sent);
        deliver_error(f, a, a->is4 ? 3 : 1, a->is4 ? 3 : 4, 0, &sent.first, a->is4 ? 28 : 60);
        ck_assert_uint_eq(f->count[COUNTER_ICMP_ERRORS], 1);
        ck_assert_int_eq(tcp_conn(&f->stack.tcp, conn)->state, TCP_SYN_SENT);
        close_all(f);
    }
}
END_TEST

START_TEST(test_other_connections_of_the_path_follow)
{
    struct sent sent;
    const struct family *a = &families[1];
    struct fixture *f = open_family(a);
    uint32_t one = connect_to(f, a, 5000), two = connect_to(f, a, 5001);
    send_and_collect(f, one, 5000, &sent);
    deliver_too_big(f, a, 1300, &sent.first);
    collect(f, &sent);
    send_and_collect(f, two, 5000, &sent); /* one finds out by being too long */
    ck_assert_uint_eq(f->stack.tcp.conns[two].mss, 1300 - 60);
    uint32_t three = connect_to(f, a, 5002);
    ck_assert_uint_eq(f->stack.tcp.conns[three].mss, 1300 - 60);
    close_all(f);
}
END_TEST

START_TEST(test_forgotten_after_ten_minutes)
{
    struct sent sent;
    const struct family *a = &families[1];
    struct fixture *f = open_family(a);
    uint32_t conn = connect_to(f, a, 5000);
    send_and_collect(f, conn, 5000, &sent);
    deliver_too_big(f, a, 1300, &sent.first);
    collect(f, &sent);
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
