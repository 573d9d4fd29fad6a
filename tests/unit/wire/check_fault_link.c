/* SPDX-License-Identifier: BSD-3-Clause */
/* The link of a given speed and its queue; congestion marks; losses in bursts. */
#include "tests/lib/check_main.h"

#include <math.h>

#include "base/rng.h"
#include "over_pair.h"
#include "wire/fault.h"
#include "wire/fault_link.h"
#include "wire/fault_mark.h"
#include "wire/fault_verdict.h"

static struct sides open_faulty(struct fault_config cfg)
{
    struct sides s = open_ports();
    struct err e = {0};
    ck_assert_int_eq(fault_wrap(s.port[0], &cfg, &s.port[0], &e), 0);
    open_queues(&s);
    return s;
}

static uint64_t dropped(struct sides *s, enum drop reason)
{
    struct wire_stats w;
    s->near->ops->stats(s->near, &w);
    return w.drops[reason];
}

static uint32_t take(struct wire_queue *q)
{
    struct frame f[64];
    uint32_t n, total = 0;
    while ((n = q->ops->rx(q, f, 64)) > 0) {
        total += n;
        q->ops->rx_free(q, f, n);
    }
    return total;
}

START_TEST(frames_leave_one_behind_the_other)
{
    struct fault_link l = {0};
    struct fault_rates r = {.rate_bit_per_s = 1000000, .queue_bytes = 10000}; /* 8 us a byte */
    uint64_t left;
    ck_assert(link_enter(&l, &r, 1000, 500, &left));
    ck_assert_uint_eq(left, 500 + 8000000);
    ck_assert(link_enter(&l, &r, 500, 1000, &left));
    ck_assert_uint_eq(left, 500 + 12000000);
    ck_assert_uint_eq(link_backlog_bytes(&l, r.rate_bit_per_s, 4000500), 1000);
    ck_assert_uint_eq(link_backlog_bytes(&l, r.rate_bit_per_s, 12000500), 0);
    ck_assert(link_enter(&l, &r, 1, 20000000, &left)); /* idle in between */
    ck_assert_uint_eq(left, 20008000);
}
END_TEST

/* 64 bytes at 100 Gbit/s take 5.12 ns: what is below a nanosecond must not be lost. */
START_TEST(fast_links_are_not_faster_than_asked)
{
    struct fault_link l = {0};
    struct fault_rates r = {.rate_bit_per_s = 100000000000, .queue_bytes = 1u << 30};
    uint64_t left = 0;
    for (int i = 0; i < 1000000; i++)
        ck_assert(link_enter(&l, &r, 64, 0, &left));
    ck_assert_uint_eq(left, 5120000);
}
END_TEST

START_TEST(a_full_queue_takes_no_more_and_an_empty_one_anything)
{
    struct fault_link l = {0};
    struct fault_rates r = {.rate_bit_per_s = 8000, .queue_bytes = 250}; /* a byte a ms */
    uint64_t left;
    ck_assert(link_enter(&l, &r, 1000, 0, &left));
    ck_assert(!link_enter(&l, &r, 100, 0, &left));
    ck_assert(!link_enter(&l, &r, 100, 849 * 1000000ull, &left)); /* 151 bytes to go */
    ck_assert(link_enter(&l, &r, 100, 850 * 1000000ull, &left));
    ck_assert_uint_eq(left, 1100 * 1000000ull);
}
END_TEST

START_TEST(sent_frames_are_slowed_down_and_the_tail_is_dropped)
{
    struct fault_rates slow = {.rate_bit_per_s = 8000000, .queue_bytes = 1540}; /* us a byte */
    struct sides s = open_faulty((struct fault_config){.tx = slow});
    s.near->ops->tick(s.near, 1000);
    ck_assert_uint_eq(send_segments(s.near, 0, 15, 100), 15); /* of 154 bytes */
    ck_assert_uint_eq(dropped(&s, DROP_FAULT_QUEUE), 5);
    for (uint64_t i = 1; i <= 10; i++) {
        s.near->ops->tick(s.near, 1000 + i * 154000 - 1);
        s.near->ops->flush(s.near);
        ck_assert_uint_eq(take(s.far), 0);
        struct fault_held held;
        fault_held(s.near, &held);
        ck_assert_uint_eq(held.next_due_ns, 1000 + i * 154000);
        ck_assert_uint_eq(held.waiting, 11 - i);
        ck_assert_uint_eq(held.held, 10);
        s.near->ops->tick(s.near, 1000 + i * 154000);
        s.near->ops->flush(s.near);
        ck_assert_uint_eq(take(s.far), 1);
    }
    close_sides(&s);
}
END_TEST

START_TEST(received_frames_are_slowed_down_as_well)
{
    struct fault_rates slow = {.rate_bit_per_s = 8000000, .delay_all_ns = 1000000};
    struct sides s = open_faulty((struct fault_config){.rx = slow});
    s.near->ops->tick(s.near, 0);
    send_segments(s.far, 0, 10, 100);
    ck_assert_uint_eq(take(s.near), 0);
    s.near->ops->tick(s.near, 1000000 + 3 * 154000);
    ck_assert_uint_eq(take(s.near), 3);
    s.near->ops->tick(s.near, 1000000 + 10 * 154000);
    ck_assert_uint_eq(take(s.near), 7);
    close_sides(&s);
}
END_TEST

/* ---- congestion experienced ---- */

static void expect_marked(uint8_t field, bool marked)
{
    uint8_t d[200];
    uint16_t len = put_segment(d, 7, 100);
    d[14 + 1] = (uint8_t)(0xb8 | field);
    d[14 + 10] = d[14 + 11] = 0;
    put_csum(d + 14 + 10, csum_add(d + 14, 20));
    ck_assert_int_eq(fault_mark_ce(d, len), marked);
    ck_assert_uint_eq(d[14 + 1], 0xb8 | (marked ? 3 : field));
    ck_assert(checksums_hold(d, len));
}

START_TEST(only_flows_that_speak_ecn_are_marked)
{
    expect_marked(0, false);
    expect_marked(1, true);
    expect_marked(2, true);
    expect_marked(3, true);
}
END_TEST

START_TEST(ip6_is_marked_in_its_traffic_class)
{
    uint8_t d[54] = {[12] = 0x86, [13] = 0xdd, [14] = 0x6a, [15] = 0x25};
    ck_assert(fault_mark_ce(d, sizeof d));
    ck_assert_uint_eq(d[14], 0x6a);
    ck_assert_uint_eq(d[15], 0x35);
    d[15] = 0x05;
    ck_assert(!fault_mark_ce(d, sizeof d));
    ck_assert(!fault_mark_ce(d, 53));
}
END_TEST

START_TEST(marks_begin_where_the_queue_is_long_enough)
{
    struct fault_rates slow = {
        .rate_bit_per_s = 8000000, .queue_bytes = 15400, .ecn_mark_bytes = 154 * 4};
    struct sides s = open_faulty((struct fault_config){.tx = slow});
    struct frame f[10];
    s.near->ops->tick(s.near, 0);
    ck_assert_uint_eq(s.near->ops->tx_alloc(s.near, f, 10), 10);
    for (uint32_t i = 0; i < 10; i++) {
        f[i].len = put_segment(f[i].data, i, 100);
        f[i].data[15] |= 2;
    }
    ck_assert_uint_eq(s.near->ops->tx(s.near, f, 10), 10);
    ck_assert_uint_eq(dropped(&s, DROP_FAULT_ECN), 5); /* the sixth finds five before it */
    s.near->ops->tick(s.near, 10 * 154000);
    s.near->ops->flush(s.near);
    ck_assert_uint_eq(s.far->ops->rx(s.far, f, 10), 10);
    for (uint32_t i = 0; i < 10; i++)
        ck_assert_uint_eq(f[i].data[15] & 3, i < 5 ? 2 : 3);
    s.far->ops->rx_free(s.far, f, 10);
    close_sides(&s);
}
END_TEST

/* ---- bursts ---- */

enum { MANY = 1000000 };

struct losses {
    uint64_t lost, bursts;
};

static struct losses count_losses(const struct fault_rates *r, uint64_t seed)
{
    struct losses found = {0};
    struct frame f = {.len = 100};
    struct rng rng;
    bool in_burst = false, before = false;
    rng_seed(&rng, seed);
    for (int i = 0; i < MANY; i++) {
        bool lost = verdict_draw(r, &rng, &in_burst, &f).lose;
        found.lost += lost;
        found.bursts += lost && !before;
        before = lost;
    }
    return found;
}

/* The share of lost frames has the variance of a two-state chain, (1 + c) / (1 - c) times that of
 * independent draws, c = 1 - p - r; the length of a burst is geometric. Five standard deviations. */
static void expect_bursts(double share, double len)
{
    struct fault_rates r = {.burst_loss = share, .burst_len = len};
    struct losses found = count_losses(&r, 17);
    double leave = 1 / len, enter = share / (len * (1 - share)), c = 1 - enter - leave;
    double spread = sqrt(share * (1 - share) / MANY * (1 + c) / (1 - c));
    ck_assert_double_eq_tol((double)found.lost / MANY, share, 5 * spread + 1e-6);
    double mean = (double)found.lost / (double)found.bursts;
    double spread_len = sqrt((1 - leave) / (leave * leave) / (double)found.bursts);
    ck_assert_double_eq_tol(mean, len, 5 * spread_len + 1e-12);
}

START_TEST(bursts_have_the_share_and_the_length_that_was_asked)
{
    expect_bursts(0.01, 5);
    expect_bursts(0.001, 20);
    expect_bursts(0.2, 3);
    expect_bursts(0.5, 1); /* every burst a frame, never two in a row */
    expect_bursts(0.05, 100);
}
END_TEST

START_TEST(single_losses_come_on_top_of_bursts)
{
    struct fault_rates r = {.burst_loss = 0.1, .burst_len = 10, .loss = 0.1};
    double share = 0.1 + 0.9 * 0.1;
    struct losses found = count_losses(&r, 3);
    ck_assert_double_eq_tol((double)found.lost / MANY, share, 0.01);
}
END_TEST

START_TEST(bursts_are_counted_apart)
{
    struct fault_rates r = {.burst_loss = 0.5, .burst_len = 4, .loss = 0.2};
    struct sides s = open_faulty((struct fault_config){.tx = r, .seed = 9});
    uint32_t got = 0;
    for (uint32_t i = 0; i < 5000; i += 50) {
        ck_assert_uint_eq(send_segments(s.near, i, 50, 100), 50);
        got += take(s.far);
    }
    uint64_t burst = dropped(&s, DROP_FAULT_BURST), single = dropped(&s, DROP_FAULT_LOSS);
    ck_assert_uint_gt(burst, 2000);
    ck_assert_uint_gt(single, 300);
    ck_assert_uint_eq(got + burst + single, 5000);
    close_sides(&s);
}
END_TEST

/* ---- the same seed, the same fates ---- */

static uint64_t fates(uint64_t seed)
{
    struct fault_rates r = {.burst_loss = 0.05, .burst_len = 3, .loss = 0.02, .reorder = 0.1,
                            .duplicate = 0.1, .corrupt = 0.1, .truncate = 0.1, .jitter_ns = 1000};
    uint8_t data[300] = {[12] = 8, [14] = 0x45};
    struct rng rng;
    bool in_burst = false;
    uint64_t digest = 0;
    rng_seed(&rng, seed);
    for (uint32_t i = 0; i < 10000; i++) {
        struct frame f = {.data = data, .len = (uint16_t)(60 + i % 200)};
        struct verdict v = verdict_draw(&r, &rng, &in_burst, &f);
        digest = rng_mix(digest, v.lose | v.burst << 1 | v.duplicate << 2 | v.reorder << 3 |
                                     v.truncate << 4);
        digest = rng_mix(digest, v.wait_ns << 24 | (uint64_t)v.len << 8 | v.harm.count);
        digest = rng_mix(digest, v.harm.count ? v.harm.at[0] : 0);
    }
    return digest;
}

START_TEST(a_seed_decides_every_fate)
{
    ck_assert_uint_eq(fates(1), fates(1));
    ck_assert_uint_ne(fates(1), fates(2));
}
END_TEST

CHECK_MAIN("wire/fault_link", frames_leave_one_behind_the_other, fast_links_are_not_faster_than_asked,
           a_full_queue_takes_no_more_and_an_empty_one_anything,
           sent_frames_are_slowed_down_and_the_tail_is_dropped,
           received_frames_are_slowed_down_as_well, only_flows_that_speak_ecn_are_marked,
           ip6_is_marked_in_its_traffic_class, marks_begin_where_the_queue_is_long_enough,
           bursts_have_the_share_and_the_length_that_was_asked, single_losses_come_on_top_of_bursts,
           bursts_are_counted_apart, a_seed_decides_every_fate)
