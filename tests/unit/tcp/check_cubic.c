/* SPDX-License-Identifier: BSD-3-Clause */
/* CUBIC's arithmetic against the formulas of RFC 9438, in floating point. */
#include <math.h>

#include "base/rng.h"
#include "lib/check_main.h"
#include "tcp/cubic.h"

#define UNIT_S (1048576e-9)
#define C      0.4
#define BETA   0.7

/* (1), in bytes */
static double w_cubic(double w_max, double mss, double k_s, double t_s)
{
    return (C * pow(t_s - k_s, 3) + w_max / mss) * mss;
}

/* (2), in seconds */
static double k_of(double w_max, double cwnd, double mss)
{
    return cwnd < w_max ? cbrt((w_max - cwnd) / mss / C) : 0;
}

static uint32_t draw(struct rng *r, uint32_t low, uint32_t high)
{
    return (uint32_t)(low * pow((double)high / low, rng_f64(r)));
}

START_TEST(test_k_is_the_formulas)
{
    struct rng r;
    rng_seed(&r, 1);
    for (int i = 0; i < 200000; i++) {
        uint32_t mss = draw(&r, 52, 8960), w_max = draw(&r, mss, 1u << 30);
        uint32_t cwnd = (uint32_t)(w_max * rng_f64(&r));
        double want = k_of(w_max, cwnd, mss) / UNIT_S;
        double found = cubic_k(w_max, cwnd, mss);
        if (fabs(found - want) > 0.5 + want * 1e-9)
            ck_abort_msg("w_max %u cwnd %u mss %u: %.1f, not %.3f", w_max, cwnd, mss, found, want);
    }
    ck_assert_uint_eq(cubic_k(5000, 5000, 1000), 0);
    ck_assert_uint_eq(cubic_k(5000, 6000, 1000), 0);
}
END_TEST

START_TEST(test_window_is_the_formulas)
{
    struct rng r;
    rng_seed(&r, 2);
    for (int i = 0; i < 200000; i++) {
        uint32_t mss = draw(&r, 52, 8960), t = draw(&r, 1, 100000);
        struct cubic q = {.w_max = draw(&r, mss, 1u << 29), .k = draw(&r, 1, 100000)};
        double want = w_cubic(q.w_max, mss, q.k * UNIT_S, t * UNIT_S);
        want = fmin(fmax(want, 0), 0x3fffffff);
        double found = cubic_window(&q, mss, t);
        if (fabs(found - want) > 1 + fabs(want - q.w_max) * 1e-9)
            ck_abort_msg("%.0f, not %.3f", found, want);
    }
}
END_TEST

/* From a loss at 100 segments, a round trip of 100 ms, an ACK for each segment: the window follows the
 * curve, one round trip behind its target, is at w_max after K, and goes on beyond. */
START_TEST(test_growth_follows_the_curve)
{
    const uint32_t mss = 1448, rtt = 95, w_max = 1000 * mss;
    struct cubic q = {0};
    cubic_reduce(&q, w_max);
    uint32_t cwnd = w_max * 7 / 10, begun = 4000000000u; /* units wrap on the way */
    double k_s = k_of(w_max, cwnd, mss);
    uint32_t rounds = (uint32_t)(2 * k_s / (rtt * UNIT_S));
    uint32_t last = cwnd;
    for (uint32_t n = 0; n < rounds; n++) {
        for (uint32_t acked = 0, at = cwnd; acked < at; acked += mss)
            cwnd = cubic_grow(&q, cwnd, mss, mss, begun + n * rtt + acked / (at / rtt + 1), rtt);
        double t = (n + 1) * rtt * UNIT_S;
        double now = w_cubic(w_max, mss, k_s, t), ahead = w_cubic(w_max, mss, k_s, t + rtt * UNIT_S);
        ck_assert_uint_ge(cwnd, last);
        last = cwnd;
        if (cwnd > ahead + 2 * mss || cwnd < w_cubic(w_max, mss, k_s, t - 3 * rtt * UNIT_S) - 2 * mss)
            ck_abort_msg("after %.1f s (K %.1f): %u, curve %.0f", t, k_s, cwnd, now);
    }
    ck_assert_uint_gt(cwnd, w_max + 200 * mss);
}
END_TEST

/* 4.3: over a short round trip Reno would be faster, so Reno's rate it is: 0.53 segments a round trip
 * up to the window before the loss, one from there on. */
START_TEST(test_short_round_trip_is_renos)
{
    const uint32_t mss = 1448, w_max = 40 * mss;
    struct cubic q = {0};
    cubic_reduce(&q, w_max);
    uint32_t cwnd = w_max * 7 / 10, first = cwnd, at_w_max = 0, n = 0;
    for (; n < 100; n++) { /* round trips of 1 ms */
        for (uint32_t acked = 0, at = cwnd; acked < at; acked += mss)
            cwnd = cubic_grow(&q, cwnd, mss, mss, 77 + n, 1);
        if (!at_w_max && cwnd >= w_max)
            at_w_max = n + 1;
    }
    double alpha = 3 * (1 - BETA) / (1 + BETA);
    double wanted = (w_max - first) / (alpha * mss);
    ck_assert_double_lt(fabs(at_w_max - wanted), 3);
    double beyond = (double)(cwnd - w_max) / mss;
    ck_assert_double_lt(fabs(beyond - (n - at_w_max)), 3);
}
END_TEST

/* 4.2: never more than half as much again in a round trip, however late the ACKs come. */
START_TEST(test_growth_is_bounded)
{
    struct cubic q = {0};
    cubic_reduce(&q, 10000000);
    uint32_t cwnd = 20000;
    cwnd = cubic_grow(&q, cwnd, 1000, 1000, 5, 0);
    uint32_t before = cwnd;
    for (uint32_t acked = 0; acked < before; acked += 1000)
        cwnd = cubic_grow(&q, cwnd, 1000, 1000, 5 + 100000, 0);
    ck_assert_uint_le(cwnd, before * 33 / 20); /* each ACK by the window as it is: e^0.5 */
    ck_assert_uint_ge(cwnd, before * 29 / 20);
}
END_TEST

START_TEST(test_fast_convergence)
{
    struct cubic q = {0};
    cubic_reduce(&q, 100000);
    ck_assert_uint_eq(q.w_max, 100000);
    cubic_reduce(&q, 120000); /* grew beyond: that is the new limit */
    ck_assert_uint_eq(q.w_max, 120000);
    cubic_reduce(&q, 100000); /* lost earlier than last time: leave room */
    ck_assert_uint_eq(q.w_max, 85000);
}
END_TEST

/* On its way up again from 1,400,000 bytes to 2,000,000. */
struct sender {
    struct cubic cubic;
    uint32_t cwnd;
};

static struct sender reduced(void)
{
    struct sender s = {.cwnd = 1400000};
    cubic_reduce(&s.cubic, 2000000);
    return s;
}

static void grow(struct sender *s, uint32_t now)
{
    s->cwnd = cubic_grow(&s->cubic, s->cwnd, 1448, 14480, now, 20);
}

/* 4.9.2: one of two is told of a loss that was none, on its way up to w_max: the same windows afterwards
 * (but for K, which is whole units). */
START_TEST(test_undo)
{
    struct sender a = reduced(), b = reduced();
    for (uint32_t now = 0; now < 8000; now++) {
        if (now == 2000) {
            cubic_reduce(&b.cubic, b.cwnd);
            ck_assert_uint_ne(b.cubic.w_max, a.cubic.w_max);
            cubic_undo(&b.cubic);
        }
        grow(&a, now);
        grow(&b, now);
    }
    ck_assert_uint_eq(b.cubic.w_max, 2000000);
    ck_assert_uint_gt(a.cwnd, 1990000);
    ck_assert_double_lt(fabs((double)b.cwnd - a.cwnd), 0.005 * a.cwnd);
}
END_TEST

START_TEST(test_undo_of_the_first)
{
    struct cubic q = {0};
    cubic_reduce(&q, 100000);
    cubic_undo(&q);
    ck_assert(cubic_is_idle(&q));
}
END_TEST

/* 4.8: after a time-out the curve begins on its plateau, wherever that is. */
START_TEST(test_after_a_time_out)
{
    struct cubic q = {0};
    cubic_reduce(&q, 1000000);
    cubic_time_out(&q);
    ck_assert(!cubic_is_idle(&q));
    uint32_t cwnd = cubic_grow(&q, 300000, 1000, 1000, 50, 1);
    ck_assert_uint_eq(q.k, 0);
    ck_assert_uint_eq(q.w_max, 300000);
    ck_assert_uint_ge(cwnd, 300000);
    ck_assert_uint_lt(cwnd, 300010);
}
END_TEST

/* 5.8: two senders, one of which pauses for a minute: the same window when both went on as long. */
START_TEST(test_pauses_do_not_count)
{
    struct sender a = reduced(), b = reduced();
    for (uint32_t now = 0; now < 2000; now++) {
        uint32_t later = now < 1000 ? now : now + 60000;
        if (now == 1000)
            cubic_pause(&b.cubic, later - 1);
        grow(&a, now);
        grow(&b, later);
    }
    ck_assert_uint_eq(a.cwnd, b.cwnd);
}
END_TEST

CHECK_MAIN("tcp/cubic", test_k_is_the_formulas, test_window_is_the_formulas,
           test_growth_follows_the_curve, test_short_round_trip_is_renos, test_growth_is_bounded,
           test_fast_convergence, test_undo, test_undo_of_the_first, test_after_a_time_out, test_pauses_do_not_count)
