/* SPDX-License-Identifier: BSD-3-Clause */
/* The file of a recording: what is damaged, cut off, or another's is refused with a reason. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "flight/file.h"
#include "tests/lib/check_main.h"
#include "wire/hand.h"

static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};

static void on_event(void *ctx, uint32_t conn, enum tcp_event event)
{
    (void)ctx, (void)conn, (void)event;
}

static const struct tcp_ops ops = {.event = on_event};

struct desk {
    char dir[32], path[64];
    struct hand *hand;
    struct stack stack;
    struct flight flight;
    struct flight_origin origin;
    uint64_t count[COUNTER_COUNT], drops[DROP_COUNT];
};

/* A stack with a recorder around it, which has opened one connection. */
static void desk_open(struct desk *d, uint32_t bytes)
{
    struct err e = {0};
    *d = (struct desk){.dir = "/tmp/check_flight_XXXXXX",
                       .origin = {.job = "[global]\n", .head = {.workers = 1, .mtu = 1500}}};
    ck_assert_ptr_nonnull(mkdtemp(d->dir));
    snprintf(d->path, sizeof d->path, "%s/x.replay", d->dir);
    d->hand = hand_open(1500, mac, &e);
    struct stack_config cfg = {
        .tcp = {.conns = 8, .time_wait_entries = 8, .ooo_pieces = 8, .piece_bytes = 1460,
                .half_open = 8, .window = 65535, .rto_min_tk = 1000, .rto_max_tk = 10000,
                .rto_initial_tk = 1000, .init_cwnd = 10, .retries = 3, .syn_retries = 3},
        .local = {{.first = ip4_addr(0xc6120001), .count = 1}}, .local_count = 1, .paths = 8,
        .mtu = 1500, .batch = 16};
    ck_assert_int_eq(stack_init(&d->stack, &cfg, hand_queue(d->hand), &ops, NULL, d, d->count,
                                d->drops, 0, &e), 0);
    ck_assert_int_eq(flight_open(&d->flight, bytes, &d->stack, &e), 0);
}

static uint32_t open_connection(struct desk *d, uint16_t port)
{
    uint32_t path = stack_path(&d->stack, ip4_addr(0xc6120001), ip4_addr(0xc6120002), 0);
    uint32_t conn = tcp_open(&d->stack.tcp, path, port, 9000, 1460, 0);
    ck_assert_uint_ne(conn, CONN_NONE);
    stack_output(&d->stack, 16);
    while (hand_take(d->hand))
        continue;
    return conn;
}

static void desk_close(struct desk *d)
{
    unlink(d->path);
    rmdir(d->dir);
    flight_close(&d->flight);
    stack_fini(&d->stack);
    hand_close(d->hand);
}

static void fault_on(struct desk *d, uint32_t conn)
{
    flight_fault(&d->flight, conn, RESULT_TIMEOUT);
    flight_round(&d->flight);
    ck_assert(flight_is_frozen(&d->flight));
}

static uint32_t records(const struct tape *t)
{
    struct tape_cursor c = tape_start(t);
    while (tape_next(&c))
        continue;
    return c.number;
}

START_TEST(test_one_connection_of_two_is_saved)
{
    struct desk d;
    struct flight_file f;
    struct err e = {0};
    desk_open(&d, 256u << 10);
    uint32_t conn = open_connection(&d, 1000);
    open_connection(&d, 1001);
    fault_on(&d, conn);
    struct tape all = flight_tape(&d.flight);
    ck_assert_uint_eq(records(&all), 6); /* open, tx, dry of each */
    ck_assert_int_eq(flight_save(&d.flight, &d.origin, FLIGHT_CONNECTION, d.path), 0);
    ck_assert_msg(flight_load(&f, d.path, &e) == 0, "%s", e.message);
    ck_assert_uint_eq(records(&f.tape), 3);
    ck_assert_uint_eq(f.head.why, RESULT_TIMEOUT);
    ck_assert_uint_eq(f.head.tuple.lport, 1000);
    ck_assert_mem_eq(f.job, "[global]\n", f.head.job_bytes);
    struct tape_part part = tape_find(&f.tape, &f.head.tuple);
    ck_assert_uint_eq(part.from, 1);
    ck_assert(part.opened);
    flight_unload(&f);
    desk_close(&d);
}
END_TEST

START_TEST(test_a_crash_saves_the_whole_ring)
{
    struct desk d;
    struct flight_file f;
    struct tape_tuple last;
    struct err e = {0};
    desk_open(&d, 256u << 10);
    open_connection(&d, 1000);
    open_connection(&d, 1001);
    ck_assert_int_eq(flight_save(&d.flight, &d.origin, FLIGHT_WHOLE, d.path), 0);
    ck_assert_int_eq(flight_load(&f, d.path, &e), 0);
    ck_assert_uint_eq(records(&f.tape), 6);
    ck_assert_uint_eq(f.head.why, RESULT_COUNT);
    ck_assert(tape_last(&f.tape, &last));
    ck_assert_uint_eq(last.lport, 1001);
    flight_unload(&f);
    desk_close(&d);
}
END_TEST

START_TEST(test_the_first_fault_is_kept_until_it_is_handed_back)
{
    struct desk d;
    desk_open(&d, 256u << 10);
    uint32_t a = open_connection(&d, 1000), b = open_connection(&d, 1001);
    fault_on(&d, a);
    struct tape before = flight_tape(&d.flight);
    uint32_t n = records(&before);
    flight_fault(&d.flight, b, RESULT_BAD_REPLY);
    tcp_abort(&d.stack.tcp, b);
    stack_output(&d.stack, 16);
    struct tape after = flight_tape(&d.flight);
    ck_assert_uint_eq(records(&after), n); /* frozen */
    ck_assert_uint_eq(d.flight.fault.tuple.lport, 1000);
    ck_assert_uint_eq(d.flight.faults, 2);
    flight_hand_back(&d.flight);
    flight_round(&d.flight);
    ck_assert(!flight_is_frozen(&d.flight));
    after = flight_tape(&d.flight);
    ck_assert_uint_eq(records(&after), 0);
    fault_on(&d, open_connection(&d, 1002));
    ck_assert_uint_eq(d.flight.fault.tuple.lport, 1002);
    desk_close(&d);
}
END_TEST

START_TEST(test_a_full_ring_keeps_the_newest)
{
    struct desk d;
    desk_open(&d, 16u << 10);
    uint32_t conn = 0;
    for (uint16_t i = 0; i < 300; i++) {
        conn = open_connection(&d, (uint16_t)(1000 + i));
        if (i < 299)
            tcp_abort(&d.stack.tcp, conn);
        stack_output(&d.stack, 16);
    }
    fault_on(&d, conn);
    struct tape all = flight_tape(&d.flight);
    size_t bad;
    ck_assert(tape_check(&all, &bad));
    ck_assert_uint_gt(records(&all), 60);
    ck_assert_uint_lt(records(&all), 600);
    struct tape_part part = tape_find(&all, &d.flight.fault.tuple);
    ck_assert(part.opened);
    desk_close(&d);
}
END_TEST

/* Any byte changed, any byte missing. */
START_TEST(test_damage_is_refused)
{
    struct desk d;
    struct flight_file f;
    struct err e = {0};
    desk_open(&d, 256u << 10);
    fault_on(&d, open_connection(&d, 1000));
    ck_assert_int_eq(flight_save(&d.flight, &d.origin, FLIGHT_CONNECTION, d.path), 0);
    ck_assert_int_eq(flight_load(&f, d.path, &e), 0);
    size_t len = sizeof f.head + 16 + f.head.tape_bytes;
    for (size_t i = 0; i < len; i++) {
        f.bytes[i] ^= 0x10;
        struct flight_file g;
        e = (struct err){0};
        ck_assert_int_eq(flight_parse(&g, f.bytes, len, "x", &e), -EINVAL);
        ck_assert_int_eq(e.exit_code, EXIT_USAGE);
        f.bytes[i] ^= 0x10;
        ck_assert_int_eq(flight_parse(&g, f.bytes, i, "x", &e), -EINVAL);
    }
    flight_unload(&f);
    desk_close(&d);
}
END_TEST

START_TEST(test_messages)
{
    struct flight_file f;
    struct err e = {0};
    static const uint8_t alien[200] = "SQLite format 3";
    ck_assert_int_eq(flight_parse(&f, alien, sizeof alien, "x", &e), -EINVAL);
    ck_assert_str_eq(e.message, "x: not a recording: expected a file that begins with WBFLIGHT");
    e = (struct err){0};
    ck_assert_int_eq(flight_load(&f, "/nonexistent/x", &e), -ENOENT);
    ck_assert_ptr_nonnull(strstr(e.message, "/nonexistent/x: cannot be read: No such file"));
    ck_assert_int_lt(flight_load(&f, "/tmp", &e), 0);
}
END_TEST

START_TEST(test_nothing_half_written)
{
    struct desk d;
    desk_open(&d, 256u << 10);
    fault_on(&d, open_connection(&d, 1000));
    ck_assert_int_eq(flight_save(&d.flight, &d.origin, FLIGHT_CONNECTION, "/nonexistent/x"), -ENOENT);
    ck_assert_int_eq(flight_save(&d.flight, &d.origin, FLIGHT_CONNECTION, "/dev/full/x"), -ENOTDIR);
    desk_close(&d);
}
END_TEST

CHECK_MAIN("flight/file", test_one_connection_of_two_is_saved, test_a_crash_saves_the_whole_ring,
           test_the_first_fault_is_kept_until_it_is_handed_back, test_a_full_ring_keeps_the_newest,
           test_damage_is_refused, test_messages, test_nothing_half_written)
