/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"

#include <errno.h>

#include "base/rng.h"
#include "over_pair.h"
#include "wire/fault.h"
#include "wire/fault_verdict.h"

static struct sides open_faulty(struct fault_config cfg)
{
    struct sides s = open_ports();
    struct err e = {0};
    ck_assert_int_eq(fault_wrap(s.port[0], &cfg, &s.port[0], &e), 0);
    open_queues(&s);
    return s;
}

static struct wire_stats stats_of(struct wire_queue *q)
{
    struct wire_stats s;
    q->ops->stats(q, &s);
    return s;
}

/* Takes what is there; numbers into `seen` where not NULL. */
static uint32_t take(struct wire_queue *q, uint32_t *seen)
{
    struct frame f[64];
    uint32_t n, total = 0;
    while ((n = q->ops->rx(q, f, 64)) > 0) {
        for (uint32_t i = 0; seen && i < n; i++)
            seen[total + i] = number_of(&f[i]);
        total += n;
        q->ops->rx_free(q, f, n);
    }
    return total;
}

static void tick(struct sides *s, uint64_t ns)
{
    s->near->ops->tick(s->near, ns);
}

enum { MANY = 50000 };

/* `share` of MANY within five standard deviations. */
static void expect_share(uint64_t found, double share)
{
    double mean = MANY * share, spread = MANY * share * (1 - share) * 25;
    ck_assert_msg(((double)found - mean) * ((double)found - mean) < spread, "%lu of %d for %g",
                  found, MANY, share);
}

static const struct fault_rates some = {
    .loss = 0.05, .reorder = 0.05, .duplicate = 0.02, .corrupt = 0.01, .truncate = 0.01};

static void check_counts(const struct wire_stats *w, uint32_t got)
{
    expect_share(w->drops[DROP_FAULT_LOSS], 0.05);
    expect_share(w->drops[DROP_FAULT_REORDER], 0.05 * 0.95);
    expect_share(w->drops[DROP_FAULT_DUPLICATE], 0.02 * 0.95);
    expect_share(w->drops[DROP_FAULT_CORRUPT], 0.01 * 0.95);
    expect_share(w->drops[DROP_FAULT_TRUNCATE], 0.01 * 0.95);
    ck_assert_uint_eq(w->drops[DROP_FAULT_FULL], 0);
    ck_assert_uint_eq(got, MANY - w->drops[DROP_FAULT_LOSS] + w->drops[DROP_FAULT_DUPLICATE]);
}

START_TEST(what_is_sent_is_harmed_as_often_as_asked_and_counted)
{
    struct sides s = open_faulty((struct fault_config){.tx = some, .seed = 1});
    uint32_t got = 0;
    for (uint32_t i = 0; i < MANY; i += 50) {
        ck_assert_uint_eq(send_segments(s.near, i, 50, 100), 50);
        tick(&s, i);
        got += take(s.far, NULL);
    }
    tick(&s, 1000000000);
    s.near->ops->flush(s.near);
    got += take(s.far, NULL);
    struct wire_stats w = stats_of(s.near);
    check_counts(&w, got);
    close_sides(&s);
}
END_TEST

START_TEST(what_arrives_is_harmed_as_often_as_asked_and_counted)
{
    struct sides s = open_faulty((struct fault_config){.rx = some, .seed = 2});
    uint32_t got = 0;
    for (uint32_t i = 0; i < MANY; i += 50) {
        ck_assert_uint_eq(send_segments(s.far, i, 50, 100), 50);
        tick(&s, i);
        got += take(s.near, NULL);
    }
    tick(&s, 1000000000);
    got += take(s.near, NULL);
    struct wire_stats w = stats_of(s.near);
    check_counts(&w, got);
    close_sides(&s);
}
END_TEST

/* What a device said of the bytes, or is asked to do with them, is about bytes that are no more. */
START_TEST(a_harmed_frame_is_for_software_to_verify)
{
    uint8_t data[64] = {0};
    struct verdict cut = {.truncate = true, .len = 40}, flip = {.harm = {.count = 1}}, none = {0};
    struct sides s = open_ports();
    struct err e = {0};
    const struct verdict *const all[] = {&cut, &flip, &none};
    flip.harm.at[0] = 30;
    flip.harm.mask[0] = 1;
    for (int i = 0; i < 3; i++) {
        struct frame f = {.data = data, .len = 64, .flags = FRAME_CSUM_OK | FRAME_CSUM_PARTIAL | FRAME_VLAN};
        verdict_apply(all[i], &f);
        ck_assert_uint_eq(f.flags, all[i] == &none ? (FRAME_CSUM_OK | FRAME_CSUM_PARTIAL | FRAME_VLAN)
                                                   : FRAME_VLAN);
    }
    s.port[0]->caps.tx_csum = true;
    s.port[0]->caps.tso_bytes = 65000;
    ck_assert_int_eq(fault_wrap(s.port[0], &(struct fault_config){.seed = 1}, &s.port[0], &e), 0);
    ck_assert(!s.port[0]->caps.tx_csum && !s.port[0]->caps.tso_bytes);
    ck_assert_ptr_nonnull(strstr(s.port[0]->caps.detail, "; but not of what is sent"));
    open_queues(&s);
    close_sides(&s);
}
END_TEST

START_TEST(other_rates_hold_from_the_next_round_on)
{
    static const struct fault_rates all = {.loss = 1}, none = {.loss = 0};
    struct sides s = open_faulty((struct fault_config){.seed = 3});
    tick(&s, 0);
    ck_assert_uint_eq(send_segments(s.near, 0, 50, 100), 50);
    ck_assert_uint_eq(take(s.far, NULL), 50);
    ck_assert_int_eq(fault_change(s.port[0], NULL, &all), 0);
    ck_assert_uint_eq(send_segments(s.near, 0, 50, 100), 50); /* the round is not over */
    ck_assert_uint_eq(take(s.far, NULL), 50);
    tick(&s, 1);
    ck_assert_uint_eq(send_segments(s.near, 0, 50, 100), 50);
    ck_assert_uint_eq(take(s.far, NULL), 0);
    ck_assert_uint_eq(send_segments(s.far, 0, 50, 100), 50); /* the other way is as it was */
    ck_assert_uint_eq(take(s.near, NULL), 50);
    ck_assert_int_eq(fault_change(s.port[0], &all, NULL), 0);
    ck_assert_int_eq(fault_change(s.port[0], NULL, &none), 0);
    tick(&s, 2);
    ck_assert_uint_eq(send_segments(s.near, 0, 50, 100), 50);
    ck_assert_uint_eq(take(s.far, NULL), 50);
    ck_assert_uint_eq(send_segments(s.far, 0, 50, 100), 50);
    ck_assert_uint_eq(take(s.near, NULL), 0);
    close_sides(&s);
}
END_TEST

/* Numbers that get through when frames go in calls of `batch`, with the far ring often full. */
static uint32_t survivors(uint64_t seed, uint32_t batch, uint32_t *seen)
{
    struct fault_config cfg = {.tx = {.loss = 0.3, .duplicate = 0.1, .corrupt = 0.1}, .seed = seed};
    struct sides s = open_faulty(cfg);
    uint32_t got = 0;
    for (uint32_t i = 0; i < 2000;) {
        uint32_t want = 2000 - i < batch ? 2000 - i : batch;
        uint32_t sent = send_segments(s.near, i, want, 100);
        i += sent;
        if (!sent)
            got += take(s.far, seen + got);
    }
    got += take(s.far, seen + got);
    ck_assert_uint_eq(count_free(&s), 2 * POOL);
    close_sides(&s);
    return got;
}

START_TEST(a_seed_decides_and_batches_do_not)
{
    static uint32_t a[4000], b[4000], c[4000];
    uint32_t n = survivors(5, 64, a);
    ck_assert_uint_eq(survivors(5, 7, b), n);
    ck_assert_int_eq(memcmp(a, b, n * sizeof *a), 0);
    ck_assert(survivors(6, 64, c) != n || memcmp(a, c, n * sizeof *a) != 0);
}
END_TEST

START_TEST(reordered_frames_go_after_three_others)
{
    struct sides s = open_faulty(
        (struct fault_config){.rx = {.reorder = 0.2, .delay_ns = 1000000000}, .seed = 3});
    static uint32_t seen[200];
    send_segments(s.far, 0, 64, 100);
    uint32_t n = take(s.near, seen), late = 0;
    for (uint32_t i = 0; i < n; i++)
        if (seen[i] < i)
            late++;
    uint64_t moved = stats_of(s.near).drops[DROP_FAULT_REORDER];
    ck_assert_uint_gt(moved, 3);
    ck_assert_uint_gt(late, 0);
    tick(&s, 1000000000); /* those with fewer than three frames behind them */
    n += take(s.near, seen + n);
    ck_assert_uint_eq(n, 64);
    close_sides(&s);
}
END_TEST

START_TEST(a_last_reordered_frame_is_released_by_time)
{
    struct sides s = open_faulty((struct fault_config){.tx = {.reorder = 1, .delay_ns = 500}});
    tick(&s, 1000);
    ck_assert_uint_eq(send_segments(s.near, 0, 1, 100), 1);
    tick(&s, 1499);
    s.near->ops->flush(s.near);
    ck_assert_uint_eq(take(s.far, NULL), 0);
    tick(&s, 1500);
    s.near->ops->flush(s.near);
    ck_assert_uint_eq(take(s.far, NULL), 1);
    close_sides(&s);
}
END_TEST

START_TEST(delayed_frames_keep_their_order_without_jitter)
{
    struct sides s = open_faulty((struct fault_config){.rx = {.delay_all_ns = 1000}});
    uint32_t seen[64];
    tick(&s, 10);
    send_segments(s.far, 0, 50, 100);
    ck_assert_uint_eq(take(s.near, NULL), 0);
    tick(&s, 1009);
    ck_assert_uint_eq(take(s.near, NULL), 0);
    tick(&s, 1010);
    ck_assert_uint_eq(take(s.near, seen), 50);
    for (uint32_t i = 0; i < 50; i++)
        ck_assert_uint_eq(seen[i], i);
    close_sides(&s);
}
END_TEST

START_TEST(jitter_spreads_the_arrivals)
{
    struct sides s =
        open_faulty((struct fault_config){.rx = {.delay_all_ns = 1000, .jitter_ns = 1000}});
    uint32_t early, all;
    send_segments(s.far, 0, 64, 100);
    ck_assert_uint_eq(take(s.near, NULL), 0);
    tick(&s, 1500);
    early = take(s.near, NULL);
    ck_assert_uint_gt(early, 10);
    ck_assert_uint_lt(early, 54);
    tick(&s, 2000);
    all = early + take(s.near, NULL);
    ck_assert_uint_eq(all, 64);
    close_sides(&s);
}
END_TEST

static uint32_t bits_changed(const uint8_t *d, uint32_t number, uint16_t len)
{
    uint8_t whole[2048];
    uint32_t bits = 0;
    put_segment(whole, number, (uint16_t)(len - HEADERS));
    for (uint16_t i = 0; i < len; i++)
        bits += (uint32_t)__builtin_popcount(d[i] ^ whole[i]);
    return bits;
}

/* One segment at a time, so that its number is known whatever was flipped. */
static void corrupt_one(struct sides *s, uint32_t number, uint32_t flips, bool seen_by_checksum)
{
    struct frame f;
    send_segments(s->near, number, 1, 200);
    ck_assert_uint_eq(s->far->ops->rx(s->far, &f, 1), 1);
    ck_assert_uint_eq(bits_changed(f.data, number, f.len), flips);
    ck_assert_int_eq(memcmp(f.data, "\2\2\2\2\2\2\2\2\2\2\2\2\10\0", 14), 0);
    ck_assert_int_eq(checksums_hold(f.data, f.len), !seen_by_checksum);
    s->far->ops->rx_free(s->far, &f, 1);
}

START_TEST(a_single_bit_is_always_caught)
{
    struct sides s = open_faulty((struct fault_config){.tx = {.corrupt = 1, .corrupt_bits = 1}});
    for (uint32_t i = 0; i < 2000; i++)
        corrupt_one(&s, i, 1, true);
    close_sides(&s);
}
END_TEST

START_TEST(pairs_of_bits_pass_the_checksum)
{
    for (uint32_t bits = 2; bits <= 8; bits += 2) {
        struct sides s =
            open_faulty((struct fault_config){.tx = {.corrupt = 1, .corrupt_bits = bits}});
        for (uint32_t i = 0; i < 500; i++)
            corrupt_one(&s, i, bits, false);
        ck_assert_uint_eq(stats_of(s.near).drops[DROP_FAULT_CORRUPT], 500);
        close_sides(&s);
    }
}
END_TEST

START_TEST(what_has_no_checksum_is_not_corrupted)
{
    struct sides s = open_faulty((struct fault_config){.tx = {.corrupt = 1}});
    struct frame f;
    ck_assert_uint_eq(s.near->ops->tx_alloc(s.near, &f, 1), 1);
    memset(f.data, 0, 60);
    memcpy(f.data + 12, "\x08\x06", 2);
    f.len = 60;
    s.near->ops->tx(s.near, &f, 1);
    s.near->ops->flush(s.near);
    ck_assert_uint_eq(s.far->ops->rx(s.far, &f, 1), 1);
    for (int i = 14; i < 60; i++)
        ck_assert_uint_eq(f.data[i], 0);
    ck_assert_uint_eq(stats_of(s.near).drops[DROP_FAULT_CORRUPT], 0);
    close_sides(&s);
}
END_TEST

START_TEST(a_full_store_loses_with_a_counter)
{
    struct sides s = open_faulty((struct fault_config){.tx = {.delay_all_ns = 1000}, .store = 10});
    ck_assert_uint_eq(send_segments(s.near, 0, 25, 100), 25);
    tick(&s, 1000);
    s.near->ops->flush(s.near);
    ck_assert_uint_eq(take(s.far, NULL), 10);
    ck_assert_uint_eq(stats_of(s.near).drops[DROP_FAULT_FULL], 15);
    close_sides(&s);
}
END_TEST

static struct fault_held held_by(struct wire_queue *q)
{
    struct fault_held h;
    fault_held(q, &h);
    return h;
}

/* Of what went, the second ones of duplicates included, and not of what still waits. */
START_TEST(lateness_is_of_those_that_went)
{
    struct sides s = open_faulty(
        (struct fault_config){.rx = {.delay_all_ns = 1000}, .tx = {.delay_all_ns = 1000, .duplicate = 1}});
    tick(&s, 0);
    ck_assert_uint_eq(send_segments(s.near, 0, 5, 100), 5);
    tick(&s, 1300);
    s.near->ops->flush(s.near);
    ck_assert_uint_eq(take(s.far, NULL), 10);
    send_segments(s.far, 0, 4, 100);
    ck_assert_uint_eq(take(s.near, NULL), 0); /* wait until 2300 */
    struct fault_held h = held_by(s.near);
    ck_assert_uint_eq(h.held, 9);
    ck_assert_uint_eq(h.waiting, 4);
    ck_assert_uint_eq(h.released, 10);
    ck_assert_uint_eq(h.late_sum_ns, 10 * 300);
    ck_assert_uint_eq(h.late_max_ns, 300);
    tick(&s, 2800);
    ck_assert_uint_eq(take(s.near, NULL), 4);
    h = held_by(s.near);
    ck_assert_uint_eq(h.released, 14);
    ck_assert_uint_eq(h.late_sum_ns, 10 * 300 + 4 * 500);
    close_sides(&s);
}
END_TEST

/* Whatever is done, every frame of the inner wire comes back to it. */
START_TEST(inner_frames_are_all_back_after_random_operations)
{
    struct fault_rates wild = {.loss = 0.1,
                               .duplicate = 0.3,
                               .reorder = 0.2,
                               .corrupt = 0.2,
                               .truncate = 0.2,
                               .jitter_ns = 300};
    struct sides s = open_faulty((struct fault_config){.rx = wild, .tx = wild, .store = 64});
    struct frame lent[256];
    struct rng r;
    uint32_t lent_count = 0;
    rng_seed(&r, 11);
    for (uint32_t i = 0; i < 100000; i++) {
        uint32_t n = (uint32_t)rng_below(&r, 33);
        switch (rng_below(&r, 6)) {
        case 0:
            send_segments(s.near, i, n, (uint16_t)rng_below(&r, 1000));
            break;
        case 1:
            send_segments(s.far, i, n, (uint16_t)rng_below(&r, 1000));
            break;
        case 2:
            take(s.far, NULL);
            break;
        case 3: /* kept for a while */
            if (lent_count + n <= 256)
                lent_count += s.near->ops->rx(s.near, lent + lent_count, n);
            break;
        case 4:
            n = n < lent_count ? n : lent_count;
            s.near->ops->rx_free(s.near, lent + lent_count - n, n);
            lent_count -= n;
            break;
        case 5:
            tick(&s, i);
            break;
        }
    }
    s.near->ops->rx_free(s.near, lent, lent_count);
    for (uint32_t i = 0; i < 10; i++) {
        tick(&s, 200000);
        s.near->ops->flush(s.near);
        take(s.near, NULL);
        take(s.far, NULL);
    }
    ck_assert_uint_eq(count_free(&s), 2 * POOL);
    close_sides(&s);
}
END_TEST

START_TEST(descriptions_are_read)
{
    struct fault_rates f;
    struct err e = {0};
    const char *text = "loss=5%, reorder=0.05,duplicate=2%,corrupt=1%,corrupt_bits=2,truncate=1%,"
                       "delay=5ms,jitter=1ms,reorder_delay=2ms";
    ck_assert_msg(fault_parse(text, &f, &e) == 0, "%s", e.message);
    ck_assert_double_eq_tol(f.loss, 0.05, 1e-12);
    ck_assert_double_eq_tol(f.reorder, 0.05, 1e-12);
    ck_assert_double_eq_tol(f.truncate, 0.01, 1e-12);
    ck_assert_uint_eq(f.corrupt_bits, 2);
    ck_assert_uint_eq(f.delay_all_ns, 5000000);
    ck_assert_uint_eq(f.jitter_ns, 1000000);
    ck_assert_uint_eq(f.delay_ns, 2000000);
    ck_assert_int_eq(fault_parse("", &f, &e), 0);
    ck_assert_uint_eq(f.rate_bit_per_s, 0);
}
END_TEST

static struct fault_rates parsed(const char *text)
{
    struct fault_rates f;
    struct err e = {0};
    ck_assert_msg(fault_parse(text, &f, &e) == 0, "%s: %s", text, e.message);
    return f;
}

START_TEST(spreads_rates_queues_and_bursts_are_read)
{
    static const char *const spreads[] = {"delay=5ms±1ms", "delay = 5ms +- 1ms", "delay=5ms+-1ms"};
    for (size_t i = 0; i < sizeof spreads / sizeof *spreads; i++) {
        ck_assert_uint_eq(parsed(spreads[i]).delay_all_ns, 4000000);
        ck_assert_uint_eq(parsed(spreads[i]).jitter_ns, 2000000);
    }
    ck_assert_uint_eq(parsed("delay=1ms+-1ms").delay_all_ns, 0);
    struct fault_rates f = parsed("rate=2.5Gbit/s,queue=64KiB,ecn_mark=10k");
    ck_assert_uint_eq(f.rate_bit_per_s, 2500000000);
    ck_assert_uint_eq(f.queue_bytes, 65536);
    ck_assert_uint_eq(f.ecn_mark_bytes, 10000);
    ck_assert_uint_eq(parsed("rate=100mbit").rate_bit_per_s, 100000000);
    f = parsed("burst_loss=1%,burst_len=8");
    ck_assert_double_eq_tol(f.burst_loss, 0.01, 1e-12);
    ck_assert_double_eq_tol(f.burst_len, 8, 1e-12);
    ck_assert_double_eq_tol(parsed("burst_loss=80%,burst_len=4").burst_loss, 0.8, 1e-12);
    ck_assert_double_eq_tol(parsed("burst_loss=1%").burst_len, FAULT_BURST_LEN, 1e-12);
}
END_TEST

START_TEST(wrong_descriptions_are_refused)
{
    static const struct {
        const char *text, *says;
    } wrong[] = {
        {"los=5%", "los"},         {"loss=150%", "150%"},    {"loss=-1%", "-1%"},
        {"loss", "expected"},      {"corrupt_bits=3", "3"},  {"corrupt_bits=0", "0"},
        {"delay=5furlongs", "5f"}, {"loss=nan", "expected"},
        {"loss=5% x", "5% x"},     {"delay=1ms±2ms", "at most the time"},
        {"delay=5ms±1ms,jitter=1ms", "expected one of them"},
        {"rate=0bit", "from 1kbit"},    {"rate=fast", "100mbit"},   {"rate=1g", "100mbit"},
        {"queue=64KiB", "rate beside it"}, {"ecn_mark=1KiB", "rate beside it"},
        {"rate=1gbit,queue=0", "at least 1"},
        {"rate=1gbit,queue=64KiB,ecn_mark=64KiB", "less than queue"},
        {"rate=1gbit,ecn_mark=1MiB", "less than queue"},
        {"burst_len=5", "burst_loss beside it"}, {"burst_loss=1%,burst_len=0.5", "from 1"},
        {"burst_loss=90%,burst_len=5", "at most that"}, {"burst_loss=100%", "at most that"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct fault_rates f;
        struct err e = {0};
        ck_assert_msg(fault_parse(wrong[i].text, &f, &e) == -EINVAL, "%s", wrong[i].text);
        ck_assert_int_eq(e.exit_code, EXIT_USAGE);
        ck_assert_msg(strstr(e.message, wrong[i].says) != NULL, "%s", e.message);
    }
}
END_TEST

CHECK_MAIN("wire/fault", what_is_sent_is_harmed_as_often_as_asked_and_counted,
           what_arrives_is_harmed_as_often_as_asked_and_counted, a_harmed_frame_is_for_software_to_verify, other_rates_hold_from_the_next_round_on, a_seed_decides_and_batches_do_not,
           reordered_frames_go_after_three_others, a_last_reordered_frame_is_released_by_time,
           delayed_frames_keep_their_order_without_jitter, jitter_spreads_the_arrivals,
           a_single_bit_is_always_caught, pairs_of_bits_pass_the_checksum,
           what_has_no_checksum_is_not_corrupted, a_full_store_loses_with_a_counter,
           lateness_is_of_those_that_went,
           inner_frames_are_all_back_after_random_operations, descriptions_are_read,
           spreads_rates_queues_and_bursts_are_read,
           wrong_descriptions_are_refused)
