/* SPDX-License-Identifier: BSD-3-Clause */
/* Streams of random messages over loss, delay and reordering: everything arrives once and whole.
 * Prints goodput and repairs, in virtual time. */
#include <stdio.h>

#include "lib/check_main.h"
#include "peers.h"

#define MS 1000000ull

static const double losses[] = {0, 0.01, 0.05, 0.10}, reorders[] = {0, 0.05};
static const uint64_t rtts_us[] = {100, 20000, 100000};

static struct peers_config config(double loss, double reorder, uint64_t rtt_us)
{
    return (struct peers_config){
        .link = {.loss = loss, .reorder = reorder, .delay_ns = rtt_us * 500,
                 .reorder_ns = rtt_us * 1000, .seed = 11},
        .ip6 = peers_ip6(), .conns = 16, .messages = 30, .message_max = 65536,
        .timestamps = true, .sack = true, .rack = true, .congestion = CONGESTION_NEWRENO,
        .window_scale = 7, .window = 262144,
        .ooo_pieces = 512, .side_blocks = 64, .start_ns = 1000 * MS, .seed = 42,
    };
}

static uint64_t both(const struct peers *p, enum counter c)
{
    return p->ends[0].count[c] + p->ends[1].count[c];
}

static void report(const struct peers *p, uint64_t took_ns)
{
    const struct link_config *l = &p->cfg.link;
    printf("%5.1f %% %5.1f %% %8.1f ms %9.3f s %9.3f Mbit/s %6lu %6lu %6lu %6lu\n", l->loss * 100,
           l->reorder * 100, (double)l->delay_ns * 2e-6, (double)took_ns * 1e-9,
           (double)both(p, COUNTER_PAYLOAD_RECEIVED) * 8e3 / (double)took_ns,
           both(p, COUNTER_SEGMENTS_TX), both(p, COUNTER_RETRANSMITS), both(p, COUNTER_RTO_FIRED),
           both(p, COUNTER_FAST_RETRANSMITS));
}

static uint64_t run(const struct peers_config *cfg)
{
    struct peers *p = peers_open(cfg);
    uint64_t took_ns = peers_run(p, 3600000 * MS);
    report(p, took_ns);
    peers_check(p);
    if (cfg->link.loss == 0 && cfg->link.reorder == 0 && cfg->link.corrupt == 0 && !cfg->moody)
        ck_assert_uint_eq(both(p, COUNTER_RETRANSMITS), 0);
    /* Each byte is counted once on its way, however often it was sent. */
    ck_assert_uint_eq(both(p, COUNTER_PAYLOAD_SENT), both(p, COUNTER_PAYLOAD_RECEIVED));
    uint64_t digest = p->digest;
    peers_close(p);
    return digest;
}

START_TEST(test_matrix)
{
    printf("   loss reorder         RTT       took         goodput   sent resent    RTO   fast\n");
    for (size_t r = 0; r < 3; r++)
        for (size_t o = 0; o < 2; o++)
            for (size_t l = 0; l < 4; l++) {
                struct peers_config cfg = config(losses[l], reorders[o], rtts_us[r]);
                run(&cfg);
            }
}
END_TEST

START_TEST(test_matrix_with_cubic)
{
    printf("cubic\n");
    for (size_t r = 0; r < 3; r++)
        for (size_t l = 0; l < 4; l++) {
            struct peers_config cfg = config(losses[l], 0, rtts_us[r]);
            cfg.congestion = CONGESTION_CUBIC;
            run(&cfg);
        }
}
END_TEST

START_TEST(test_same_seed_same_run)
{
    struct peers_config cfg = config(0.05, 0.05, 20000);
    uint64_t first = run(&cfg);
    ck_assert_uint_eq(run(&cfg), first);
    cfg.link.seed++;
    ck_assert_uint_ne(run(&cfg), first);
}
END_TEST

/* A wire that cuts text into segments (TSO) sends the same ones at the same times. */
static uint64_t run_both_ways(struct peers_config cfg)
{
    uint64_t cut = 0;
    struct peers *p[2];
    for (int i = 0; i < 2; i++) {
        cfg.cuts = i;
        p[i] = peers_open(&cfg);
        report(p[i], peers_run(p[i], 3600000 * MS));
        peers_check(p[i]);
    }
    for (int e = 0; e < 2; e++) {
        cut += p[1]->ends[e].count[COUNTER_FRAMES_CUT];
        p[1]->ends[e].count[COUNTER_FRAMES_CUT] = 0;
        for (int c = 0; c < COUNTER_COUNT; c++)
            ck_assert_msg(p[0]->ends[e].count[c] == p[1]->ends[e].count[c], "%s: %lu and %lu",
                          counter_name((enum counter)c), p[0]->ends[e].count[c], p[1]->ends[e].count[c]);
    }
    ck_assert_uint_eq(p[0]->digest, p[1]->digest);
    ck_assert_uint_eq(cut, p[1]->cutting[0].cut + p[1]->cutting[1].cut);
    peers_close(p[0]);
    peers_close(p[1]);
    return cut;
}

START_TEST(test_cut_by_the_wire)
{
    uint64_t cut = 0;
    printf("cut by the stack, and by the wire\n");
    for (int i = 0; i < 16; i++) {
        struct peers_config cfg = config(i & 1 ? 0.01 : 0, i & 2 ? 0.02 : 0, i & 4 ? 100 : 20000);
        cfg.conns = 4;
        cfg.messages = 60;
        cfg.ooo_pieces = 4096;
        cfg.timestamps = i & 8;
        cfg.sack = cfg.rack = i % 3;
        cfg.congestion = i % 5 ? CONGESTION_CUBIC : CONGESTION_NONE;
        cfg.moody = i == 7;
        cut += run_both_ways(cfg);
    }
    printf("%lu frames cut\n", cut);
    ck_assert_uint_gt(cut, 1000);
}
END_TEST

CHECK_MAIN("sim/transfer", test_matrix, test_matrix_with_cubic, test_same_seed_same_run, test_cut_by_the_wire)
