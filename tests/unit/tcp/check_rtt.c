/* SPDX-License-Identifier: BSD-3-Clause */
/* RFC 6298 2 against the same in floating point. */
#include <math.h>

#include "base/err.h"
#include "base/rng.h"
#include "lib/check_main.h"
#include "tcp/internal.h"

static const struct tcp engine = {.cfg = {.rto_min_tk = 200000, .rto_max_tk = 60000000,
                                          .rto_initial_tk = 1000000}};

START_TEST(test_first_sample)
{
    struct conn c = {0};
    ck_assert_uint_eq(rto_tk(&engine, &c), 1000000);
    rtt_sample(&c, 400000);
    ck_assert_uint_eq(c.srtt >> 3, 400000);
    ck_assert_uint_eq(c.rttvar >> 2, 200000);
    ck_assert_uint_eq(rto_tk(&engine, &c), 400000 + 4 * 200000);
}
END_TEST

START_TEST(test_follows_formula)
{
    struct conn c = {0};
    struct rng r;
    double srtt = 0, rttvar = 0;
    rng_seed(&r, 3);
    for (int i = 0; i < 1000; i++) {
        uint32_t sample = 1000 + (uint32_t)rng_below(&r, 2000000);
        rtt_sample(&c, sample);
        rttvar = i ? 0.75 * rttvar + 0.25 * fabs(srtt - sample) : sample / 2.0;
        srtt = i ? 0.875 * srtt + 0.125 * sample : sample;
        ck_assert_double_eq_tol(c.srtt / 8.0, srtt, 8);
        ck_assert_double_eq_tol(c.rttvar / 4.0, rttvar, 8);
    }
}
END_TEST

START_TEST(test_bounds)
{
    struct conn c = {0};
    for (int i = 0; i < 100; i++)
        rtt_sample(&c, 0); /* below a tick */
    ck_assert_uint_ne(c.srtt, 0);
    ck_assert_uint_eq(rto_tk(&engine, &c), 200000);
    for (int i = 0; i < 100; i++)
        rtt_sample(&c, UINT32_MAX);
    ck_assert_uint_eq(rto_tk(&engine, &c), 60000000);
    for (int i = 0; i < 200; i++)
        rtt_sample(&c, 10);
    ck_assert_uint_eq(rto_tk(&engine, &c), 200000);
}
END_TEST

START_TEST(test_back_off)
{
    struct conn c = {.backoff = 3};
    ck_assert_uint_eq(rto_tk(&engine, &c), 8000000);
    c.backoff = 6;
    ck_assert_uint_eq(rto_tk(&engine, &c), 60000000);
    c.backoff = 255;
    ck_assert_uint_eq(rto_tk(&engine, &c), 60000000);
    rtt_sample(&c, 100);
    ck_assert_uint_eq(c.backoff, 0); /* Karn: a sample ends it */
}
END_TEST

/* RFC 7323 appendix G: of 2^n samples a round trip each weighs 2^-n as much. */
START_TEST(test_many_samples_weigh_less)
{
    struct conn c = {0};
    double srtt = 500000, rttvar = 250000;
    rtt_sample(&c, 500000);
    for (int i = 0; i < 1000; i++) {
        uint32_t sample = 400000 + (uint32_t)(i % 7) * 50000;
        rtt_sample_of(&c, sample, 3);
        rttvar += (fabs(srtt - sample) - rttvar) / 4 / 8;
        srtt += (sample - srtt) / 8 / 8;
        ck_assert_double_eq_tol(c.srtt / 8.0, srtt, 64);
        ck_assert_double_eq_tol(c.rttvar / 4.0, rttvar, 64);
    }
}
END_TEST

/* ... as many as every second segment of what is under way brings, taken down to a power of two. */
START_TEST(test_weight_is_that_of_the_flight)
{
    static const struct {
        uint32_t segments;
        int shift;
    } rows[] = {{1, 0}, {2, 0}, {3, 0}, {4, 1}, {7, 1}, {8, 2}, {16, 3}, {64, 5}};
    const struct tcp_config cfg = {.conns = 1, .time_wait_entries = 1, .ooo_pieces = 1, .piece_bytes = 64,
                                   .timestamps = true, .rto_min_tk = 200000, .rto_max_tk = 60000000,
                                   .rto_initial_tk = 1000000};
    const struct tcp_ops ops = {0};
    uint64_t count[COUNTER_COUNT] = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tcp t;
        struct err e = {0};
        ck_assert_int_eq(tcp_init(&t, &cfg, &ops, NULL, count, 5000000000ull, &e), 0);
        uint32_t index = tcp_open(&t, 0, 1, 2, 1024, 0);
        struct conn *c = tcp_conn(&t, index);
        c->state = TCP_ESTABLISHED;
        c->flags |= CONN_TS;
        c->srtt = 8u * (100 << 10);
        c->snd_una = c->iss + 1;
        c->snd_nxt = c->snd_max = c->snd_lim = c->snd_una + rows[i].segments * 1024;
        struct pkt_tcp p = {.flags = TCP_ACK, .ack = c->snd_max, .opts = TCP_OPT_TS,
                            .ts_val = 1, .ts_ecr = options_ts_now(&t) - 164};
        ck_assert_int_eq(ack_receive(&t, index, &p), 0);
        ck_assert_uint_eq(c->srtt, 8u * (100 << 10) + ((64u << 10) >> rows[i].shift));
        tcp_fini(&t);
    }
}
END_TEST

/* RFC 6298 5.7, until there is a sample. */
START_TEST(test_caution_after_a_lost_syn)
{
    struct conn c = {0};
    rtt_be_cautious(&engine, &c);
    ck_assert_uint_eq(rto_tk(&engine, &c), 3000000000ull >> TCP_TICK_SHIFT);
    rtt_sample(&c, 400000);
    ck_assert_uint_eq(rto_tk(&engine, &c), 400000 + 4 * 200000);
    struct tcp slow = engine;
    slow.cfg.rto_initial_tk = 5000000;
    c = (struct conn){0};
    rtt_be_cautious(&slow, &c);
    ck_assert_uint_eq(rto_tk(&slow, &c), 5000000);
}
END_TEST

CHECK_MAIN("tcp/rtt", test_first_sample, test_follows_formula, test_bounds, test_back_off,
           test_many_samples_weigh_less, test_weight_is_that_of_the_flight,
           test_caution_after_a_lost_syn)
