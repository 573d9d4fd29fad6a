/* SPDX-License-Identifier: BSD-3-Clause */
/* The same streams over duplicates, flipped bits, moody applications, scarce memory, absent options
 * and clocks about to wrap. */
#include "lib/check_main.h"
#include "peers.h"

#define MS 1000000ull

static struct peers_config config(void)
{
    return (struct peers_config){
        .link = {.loss = 0.05, .reorder = 0.05, .duplicate = 0.02, .corrupt = 0.01,
                 .delay_ns = 500000, .reorder_ns = 2 * MS, .seed = 5},
        .ip6 = peers_ip6(), .conns = 16, .messages = 30, .message_max = 65536,
        .timestamps = true, .sack = true, .rack = true, .congestion = CONGESTION_NEWRENO,
        .window_scale = 7, .window = 262144,
        .ooo_pieces = 512, .side_blocks = 64, .start_ns = 1000 * MS, .seed = 99,
    };
}

static struct peers *run(const struct peers_config *cfg)
{
    struct peers *p = peers_open(cfg);
    peers_run(p, 3600000 * MS);
    peers_check(p);
    return p;
}

static void run_quietly(const struct peers_config *cfg)
{
    peers_close(run(cfg));
}

START_TEST(test_all_faults)
{
    struct peers_config cfg = config();
    for (cfg.seed = 1; cfg.seed <= 5; cfg.seed++) {
        struct peers *p = run(&cfg);
        uint64_t bad = 0;
        for (int i = 0; i < 2; i++)
            for (enum drop d = DROP_ETH_SHORT; d <= DROP_TCP_OPTION; d++)
                bad += p->ends[i].drops[d];
        ck_assert_uint_gt(p->link->corrupted, 0);
        ck_assert_uint_le(bad, p->link->corrupted); /* a flipped MAC bit harms nobody here */
        ck_assert_uint_gt(bad, p->link->corrupted / 2);
        peers_close(p);
    }
}
END_TEST

START_TEST(test_options)
{
    struct peers_config cfg = config();
    static const uint16_t sizes[] = {536, 1460};
    for (unsigned i = 0; i < 16; i++) {
        cfg.timestamps = i & 1;
        cfg.window_scale = i & 2 ? 7 : 0;
        cfg.window = i & 2 ? 262144 : 65535;
        cfg.mss = sizes[i >> 2 & 1];
        cfg.congestion = i & 8 ? CONGESTION_NEWRENO : CONGESTION_NONE;
        run_quietly(&cfg);
    }
}
END_TEST

START_TEST(test_controls)
{
    struct peers_config cfg = config();
    for (unsigned i = 0; i < 8; i++) {
        cfg.congestion = i & 1 ? CONGESTION_CUBIC : CONGESTION_NEWRENO;
        cfg.ecn = i & 2;
        cfg.nagle = i & 4;
        cfg.link.mark = 0.05;
        run_quietly(&cfg);
    }
}
END_TEST

/* Routers that mark instead of dropping: windows are reduced, nothing is sent again. */
START_TEST(test_marks_instead_of_losses)
{
    struct peers_config cfg = config();
    cfg.link = (struct link_config){.mark = 0.05, .delay_ns = 5 * MS, .seed = 5};
    cfg.ecn = true;
    for (cfg.congestion = CONGESTION_NEWRENO; cfg.congestion < CONGESTION_COUNT; cfg.congestion++) {
        struct peers *p = run(&cfg);
        uint64_t marks = 0, reductions = 0;
        for (int i = 0; i < 2; i++) {
            ck_assert_uint_eq(p->ends[i].count[COUNTER_RETRANSMITS], 0);
            marks += p->ends[i].count[COUNTER_ECN_MARKS];
            reductions += p->ends[i].count[COUNTER_ECN_REDUCTIONS];
        }
        ck_assert_uint_gt(marks, 100);
        ck_assert_uint_eq(marks, p->link->marked);
        ck_assert_uint_gt(reductions, marks / 10);
        ck_assert_uint_le(reductions, marks);
        peers_close(p);
    }
}
END_TEST

START_TEST(test_moody_applications)
{
    struct peers_config cfg = config();
    cfg.moody = true;
    for (cfg.seed = 1; cfg.seed <= 4; cfg.seed++) {
        cfg.link.loss = cfg.seed % 2 ? 0.02 : 0;
        cfg.window = cfg.seed > 2 ? 4000 : 262144;
        run_quietly(&cfg);
    }
}
END_TEST

START_TEST(test_scarce_store)
{
    struct peers_config cfg = config();
    for (cfg.ooo_pieces = 0; cfg.ooo_pieces < 8; cfg.ooo_pieces += 3)
        run_quietly(&cfg);
}
END_TEST

/* Ticks wrap at 2^42 ns, steps at 2^52 ns, the challenge clock at 2^62 ns. */
START_TEST(test_clocks_wrap)
{
    struct peers_config cfg = config();
    static const uint64_t wraps[] = {1ull << 42, 1ull << 52, 1ull << 62};
    for (size_t i = 0; i < 3; i++) {
        cfg.start_ns = wraps[i] - 500 * MS;
        run_quietly(&cfg);
        cfg.start_ns = wraps[i] - 3000 * MS;
        run_quietly(&cfg);
    }
    cfg.start_ns = 0;
    run_quietly(&cfg);
}
END_TEST

CHECK_MAIN("sim/faults", test_all_faults, test_options, test_controls,
           test_marks_instead_of_losses, test_moody_applications, test_scarce_store,
           test_clocks_wrap)
