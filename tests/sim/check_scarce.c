/* SPDX-License-Identifier: BSD-3-Clause */
/* Every pool of the engine and the stack with one entry, or none: slower, counted, and whole. */
#include "lib/check_main.h"
#include "peers.h"

#define MS 1000000ull

static struct peers_config config(void)
{
    return (struct peers_config){
        .link = {.loss = 0.03, .reorder = 0.05, .delay_ns = 500000, .reorder_ns = 2 * MS, .seed = 5},
        .ip6 = peers_ip6(), .conns = 8, .messages = 20, .message_max = 16384,
        .timestamps = true, .congestion = true, .window_scale = 7, .window = 65536,
        .ooo_pieces = 256, .side_blocks = 256, .start_ns = 1000 * MS, .seed = 21,
    };
}

static uint64_t both(const struct peers *p, enum counter c)
{
    return p->ends[0].count[c] + p->ends[1].count[c];
}

static uint64_t both_dropped(const struct peers *p, enum drop d)
{
    return p->ends[0].drops[d] + p->ends[1].drops[d];
}

/* Plays; everything has arrived. The caller looks at the counters and closes. */
static struct peers *play(const struct peers_config *cfg)
{
    struct peers *p = peers_open(cfg);
    peers_run(p, 3600000 * MS);
    peers_check(p);
    return p;
}

/* The comparison: with enough of all nothing is short. */
START_TEST(test_enough)
{
    struct peers_config cfg = config();
    struct peers *p = play(&cfg);
    ck_assert_uint_gt(both(p, COUNTER_OOO_STORED), 0);
    ck_assert_uint_eq(both(p, COUNTER_POOL_EMPTY), 0);
    ck_assert_uint_eq(both(p, COUNTER_SIDE_EMPTY), 0);
    ck_assert_uint_eq(both(p, COUNTER_TIME_WAIT_FULL), 0);
    ck_assert_uint_eq(both_dropped(p, DROP_TCP_OOO_FULL), 0);
    ck_assert_uint_eq(both_dropped(p, DROP_TCP_NO_CONN_SLOT), 0);
    ck_assert_uint_eq(both_dropped(p, DROP_TCP_BACKLOG), 0);
    ck_assert_uint_eq(both_dropped(p, DROP_TCP_NO_PATH_SLOT), 0);
    peers_close(p);
}
END_TEST

START_TEST(test_out_of_order_pieces)
{
    struct peers_config cfg = config();
    for (cfg.ooo_pieces = 0; cfg.ooo_pieces < 2; cfg.ooo_pieces++) {
        struct peers *p = play(&cfg);
        ck_assert_uint_gt(both_dropped(p, DROP_TCP_OOO_FULL), 0);
        ck_assert_uint_gt(both(p, COUNTER_POOL_EMPTY), 0);
        peers_close(p);
    }
}
END_TEST

START_TEST(test_side_blocks)
{
    struct peers_config cfg = config();
    for (cfg.side_blocks = 0; cfg.side_blocks < 2; cfg.side_blocks++) {
        struct peers *p = play(&cfg);
        ck_assert_uint_gt(both(p, COUNTER_SIDE_EMPTY), 0);
        peers_close(p);
    }
}
END_TEST

/* The oldest wait ends for the next. */
START_TEST(test_time_wait)
{
    struct peers_config cfg = config();
    cfg.time_wait_entries = 1;
    struct peers *p = play(&cfg);
    ck_assert_uint_gt(both(p, COUNTER_TIME_WAIT_FULL), 0);
    peers_close(p);
}
END_TEST

/* One passive open at a time: the others' SYNs are dropped and sent again. */
START_TEST(test_half_open)
{
    struct peers_config cfg = config();
    cfg.half_open = 1;
    struct peers *p = play(&cfg);
    ck_assert_uint_gt(both_dropped(p, DROP_TCP_BACKLOG), 0);
    peers_close(p);
}
END_TEST

/* Room for one connection at the server: it is served, closed, and the next one's SYN finds it. */
START_TEST(test_connections)
{
    struct peers_config cfg = config();
    cfg.server_conns = 1;
    struct peers *p = play(&cfg);
    ck_assert_uint_gt(both_dropped(p, DROP_TCP_NO_CONN_SLOT), 0);
    ck_assert_uint_gt(both(p, COUNTER_POOL_EMPTY), 0);
    peers_close(p);
}
END_TEST

START_TEST(test_paths)
{
    struct peers_config cfg = config();
    cfg.paths = 1;
    struct peers *p = play(&cfg);
    ck_assert_uint_eq(p->ends[0].stack.path_count, 1);
    ck_assert_uint_eq(stack_path(&p->ends[0].stack, peers_addr(&cfg, 1), peers_addr(&cfg, 2), p->now_ns),
                      PATH_NONE);
    peers_close(p);
}
END_TEST

START_TEST(test_frames)
{
    struct peers_config cfg = config();
    for (cfg.link.frames_each = 1; cfg.link.frames_each < 4; cfg.link.frames_each++) {
        struct peers *p = play(&cfg);
        ck_assert_uint_gt(both(p, COUNTER_TX_FULL), 0);
        peers_close(p);
    }
}
END_TEST

/* One of everything at once. */
START_TEST(test_all)
{
    struct peers_config cfg = config();
    cfg.ooo_pieces = cfg.side_blocks = cfg.time_wait_entries = cfg.half_open = cfg.paths = 1;
    cfg.link.frames_each = 1;
    for (cfg.seed = 1; cfg.seed < 4; cfg.seed++)
        peers_close(play(&cfg));
}
END_TEST

CHECK_MAIN("sim/scarce", test_enough, test_out_of_order_pieces, test_side_blocks, test_time_wait,
           test_half_open, test_connections, test_paths, test_frames, test_all)
