/* SPDX-License-Identifier: BSD-3-Clause */
/* The registry of congestion control, and what all modules have in common. Their windows are in
 * check_avoidance and check_cubic, marks in check_ecn, pauses in check_idle. */
#include "lib/check_main.h"
#include "tcp/internal.h"

START_TEST(test_names)
{
    ck_assert_uint_eq(congestion_find("none"), CONGESTION_NONE);
    ck_assert_uint_eq(congestion_find("newreno"), CONGESTION_NEWRENO);
    ck_assert_uint_eq(congestion_find("cubic"), CONGESTION_CUBIC);
    ck_assert_uint_eq(congestion_find("bbr"), CONGESTION_COUNT);
    for (enum congestion_kind k = CONGESTION_NEWRENO; k < CONGESTION_COUNT; k++)
        ck_assert(congestion_modules[k].reduce && congestion_modules[k].avoid);
}
END_TEST

/* A loss long ago: however many bytes were acknowledged since, the next one is repaired. */
START_TEST(test_old_losses_do_not_come_back)
{
    struct tcp t = {.cfg = {.congestion = CONGESTION_NEWRENO}};
    struct conn c = {.mss = 1460, .cwnd = 1u << 20, .ssthresh = CWND_MAX, .side = SIDE_NONE};
    for (uint32_t i = 0; i < 64; i++) {
        c.snd_una += 1u << 27; /* 8 GiB in all, twice round */
        c.snd_max = c.snd_nxt = c.snd_una + 1000;
        congestion_acked(&t, &c, 1u << 27, 1u << 20);
        ck_assert(congestion_may_repair(&c));
    }
}
END_TEST

/* Of what a time-out sent again duplicates say nothing, until it is acknowledged (RFC 6582 4). */
START_TEST(test_what_is_sent_again_is_not_repaired)
{
    struct tcp t = {.cfg = {.congestion = CONGESTION_NEWRENO}};
    struct conn c = {.mss = 1000, .cwnd = 10000, .ssthresh = CWND_MAX, .snd_una = 1, .snd_nxt = 5001,
                     .snd_max = 5001, .retries = 1, .side = SIDE_NONE};
    congestion_rto(&t, &c, 5000);
    c.recover = c.snd_max + 1;
    ck_assert_uint_eq(c.cwnd, 1000);
    ck_assert_uint_eq(c.ssthresh, 2500);
    ck_assert(!congestion_may_repair(&c));
    c.snd_una = 5001;
    congestion_acked(&t, &c, 5000, 5000);
    ck_assert(!congestion_may_repair(&c));
    c.snd_una = c.snd_max = 5002;
    congestion_acked(&t, &c, 1, 1);
    ck_assert(congestion_may_repair(&c));
}
END_TEST

/* The first slow start counts what an ACK tells of, to a bound; one behind a loss, a segment. */
START_TEST(test_slow_start_counts_bytes)
{
    const uint32_t mss = 1000;
    const struct { uint32_t ssthresh, acked, step; } rows[] = {
        {CWND_MAX, 1, 1}, {CWND_MAX, mss, mss}, {CWND_MAX, 3 * mss, 3 * mss}, {CWND_MAX, 8 * mss, 8 * mss},
        {CWND_MAX, 20 * mss, 8 * mss}, {40 * mss, 1, 1}, {40 * mss, 20 * mss, mss},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tcp t = {.cfg = {.congestion = CONGESTION_NEWRENO}};
        struct conn c = {.mss = mss, .cwnd = 20 * mss, .ssthresh = rows[i].ssthresh, .side = SIDE_NONE};
        congestion_acked(&t, &c, rows[i].acked, 20 * mss);
        ck_assert_uint_eq(c.cwnd, 20 * mss + rows[i].step);
    }
}
END_TEST

CHECK_MAIN("tcp/congestion", test_names, test_old_losses_do_not_come_back,
           test_what_is_sent_again_is_not_repaired, test_slow_start_counts_bytes)
