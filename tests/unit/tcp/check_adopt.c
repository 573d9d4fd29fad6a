/* SPDX-License-Identifier: BSD-3-Clause */
/* A connection that another engine left is taken over whole; one that no engine can have left, as a
 * file may claim, is not. */
#include "lib/check_main.h"
#include "tcp/internal.h"

static uint64_t count[COUNTER_COUNT];
static uint32_t path_uses[4];

static void no_event(void *ctx, uint32_t conn, enum tcp_event event)
{
    (void)ctx, (void)conn, (void)event;
}

static void engine_open(struct tcp *t)
{
    static const struct tcp_ops ops = {.event = no_event};
    const struct tcp_config cfg = {.conns = 4, .time_wait_entries = 4, .ooo_pieces = 4, .piece_bytes = 1460,
                                   .side_blocks = 4, .half_open = 4, .window = 65535, .path_uses = path_uses,
                                   .init_cwnd = 10, .rto_initial_tk = 1000000, .rto_max_tk = 60000000};
    memset(path_uses, 0, sizeof path_uses);
    ck_assert_int_eq(tcp_init(t, &cfg, &ops, NULL, count, 5000000000ull, NULL), 0);
}

/* 1000 bytes are under way. */
static struct tcp_saved sound(void)
{
    return (struct tcp_saved){
        .conn = {.path = 3, .lport = 5000, .rport = 80, .iss = 99, .snd_una = 100, .snd_nxt = 1100,
                 .snd_max = 1100, .snd_lim = 1100, .recover = 100, .rcv_nxt = 7, .rcv_acked = 7,
                 .rcv_adv = 60007, .mss = 1460, .state = TCP_ESTABLISHED, .cwnd = 14600,
                 .flags = CONN_RTO, .rto_at = 100, .side = SIDE_NONE}};
}

static struct tcp_saved in_repair(void)
{
    struct tcp_saved s = sound();
    s.conn.side = 1;
    s.conn.flags |= CONN_RECOVERY;
    s.side = (struct side){.ooo = OOO_NONE, .flags = SIDE_REPAIR, .prr_flight = 1000};
    return s;
}

static bool is_taken(struct tcp_saved s)
{
    struct tcp t;
    engine_open(&t);
    uint32_t index = tcp_adopt(&t, &s, 2);
    if (index != CONN_NONE) {
        tcp_validate(&t);
        ck_assert_uint_eq(path_uses[2], 1);
        tcp_abort(&t, index);
        struct tcp_seg seg;
        while ((index = tcp_next_out(&t)) != CONN_NONE)
            while (tcp_output(&t, index, &seg))
                ;
    }
    ck_assert_uint_eq(t.free_count, t.cfg.conns);
    ck_assert_uint_eq(t.sides.free_count, t.sides.count);
    ck_assert_uint_eq(path_uses[2], 0);
    tcp_fini(&t);
    return index == CONN_NONE && count[COUNTER_RST_SENT]-- == 1;
}

#define REFUSED(from, change)                                                                      \
    do {                                                                                           \
        struct tcp_saved s = from();                                                               \
        change;                                                                                    \
        count[COUNTER_RST_SENT] = 0;                                                               \
        ck_assert_msg(!is_taken(s), #change);                                                      \
    } while (0)

START_TEST(test_taken_over)
{
    count[COUNTER_RST_SENT] = 0;
    ck_assert(is_taken(sound()));
    count[COUNTER_RST_SENT] = 0;
    ck_assert(is_taken(in_repair()));
}
END_TEST

START_TEST(test_numbers_out_of_order)
{
    REFUSED(sound, s.conn.snd_una = 1101);
    REFUSED(sound, s.conn.snd_nxt = 1101);
    REFUSED(sound, s.conn.snd_lim = 1099);
    REFUSED(sound, s.conn.rcv_acked = 8);
    REFUSED(sound, s.conn.rcv_adv = 5);
    REFUSED(sound, s.conn.more = MORE_REDUCED);
}
END_TEST

START_TEST(test_no_deadline)
{
    REFUSED(sound, s.conn.flags = 0);
    REFUSED(sound, s.conn.more = MORE_KEEP);
}
END_TEST

START_TEST(test_no_state)
{
    REFUSED(sound, s.conn.state = TCP_CLOSED);
    REFUSED(sound, s.conn.state = TCP_ABORTED);
    REFUSED(sound, s.conn.mss = 0);
    REFUSED(sound, s.conn.wscale = 15);
}
END_TEST

START_TEST(test_block_of_nobody)
{
    REFUSED(in_repair, s.side.prr_flight = 0);
    REFUSED(in_repair, s.conn.flags = CONN_RTO);
    REFUSED(in_repair, s.side.recents = TCP_SACK_MAX + 1);
    REFUSED(in_repair, s.side.twices = 1); /* behind one that is not there */
    REFUSED(in_repair, s.side.ranges = 1);
    REFUSED(in_repair, s.side.ooo = 0);
    REFUSED(in_repair, s.side.flags = 0);
}
END_TEST

CHECK_MAIN("tcp/adopt", test_taken_over, test_numbers_out_of_order, test_no_deadline, test_no_state,
           test_block_of_nobody)
