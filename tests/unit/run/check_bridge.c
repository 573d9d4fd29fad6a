/* SPDX-License-Identifier: BSD-3-Clause */
/* The bridge of gen impair between two pairs in memory: near ends are the users', far ends its own. */
#include "tests/lib/check_main.h"

#include "base/err.h"
#include "run/bridge.h"
#include "tests/unit/wire/over_pair.h"
#include "wire/fault.h"

struct fixture {
    struct sides left, right;
    struct bridge bridge;
    struct clock clock;
    volatile sig_atomic_t signal;
};

static void wrap(struct sides *s, const char *faults, uint64_t seed)
{
    struct fault_config cfg = {.seed = seed};
    struct err e = {0};
    ck_assert_int_eq(fault_parse(faults, &cfg.tx, &e), 0);
    ck_assert_int_eq(fault_wrap(s->port[1], &cfg, &s->port[1], &e), 0);
    open_queues(s);
}

/* `faults` for what goes from left to right; nothing happens on the way back. */
static void open_bridge(struct fixture *f, const char *faults)
{
    struct err e = {0};
    *f = (struct fixture){.left = open_ports(), .right = open_ports()};
    ck_assert_int_eq(clock_init(&f->clock, CLOCK_SOURCE_KERNEL, &e), 0);
    wrap(&f->left, "", 1);
    wrap(&f->right, faults, 2);
    f->bridge = (struct bridge){
        .ways = {{.from = f->left.far, .to = f->right.far}, {.from = f->right.far, .to = f->left.far}},
        .clock = &f->clock, .signal = &f->signal,
    };
}

static void close_bridge(struct fixture *f)
{
    close_sides(&f->left);
    close_sides(&f->right);
}

static uint64_t frames_in(const struct fixture *f)
{
    return f->bridge.ways[0].frames + f->bridge.ways[1].frames;
}

static void run_a_while(struct fixture *f)
{
    f->bridge.end_ns = clock_now_ns(&f->clock) + 20000000;
    bridge_run(&f->bridge);
}

/* Until `count` frames more came in; a busy machine may need several whiles for that. */
static void run_for(struct fixture *f, uint64_t count)
{
    uint64_t target = f->bridge.count = frames_in(f) + count;
    for (int i = 0; i < 500 && frames_in(f) < target; i++)
        run_a_while(f);
    f->bridge.count = 0;
}

/* Numbers and bytes of what arrived at a near end. */
static uint32_t take(struct wire_queue *q, uint32_t *seen, uint16_t payload_len)
{
    struct frame f[64];
    uint8_t wanted[2048];
    uint32_t n, total = 0;
    while ((n = q->ops->rx(q, f, 64)) > 0) {
        for (uint32_t i = 0; i < n; i++) {
            seen[total + i] = number_of(&f[i]);
            ck_assert_uint_eq(f[i].len, put_segment(wanted, seen[total + i], payload_len));
            ck_assert_mem_eq(f[i].data, wanted, f[i].len);
        }
        total += n;
        q->ops->rx_free(q, f, n);
    }
    return total;
}

static void expect_numbers(const uint32_t *seen, uint32_t first, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        ck_assert_uint_eq(seen[i], first + i);
}

START_TEST(all_frames_pass_both_ways)
{
    struct fixture f;
    uint32_t seen[256];
    open_bridge(&f, "");
    ck_assert_uint_eq(send_segments(f.left.near, 0, 64, 300), 64);
    ck_assert_uint_eq(send_segments(f.right.near, 500, 40, 1000), 40);
    run_for(&f, 104);
    ck_assert_uint_eq(take(f.right.near, seen, 300), 64);
    expect_numbers(seen, 0, 64);
    ck_assert_uint_eq(take(f.left.near, seen, 1000), 40);
    expect_numbers(seen, 500, 40);
    ck_assert_uint_eq(f.bridge.ways[0].frames, 64);
    ck_assert_uint_eq(f.bridge.ways[0].bytes, 64 * (300 + HEADERS));
    ck_assert_uint_eq(f.bridge.ways[1].frames, 40);
    close_bridge(&f);
}
END_TEST

/* What cannot be sent waits where it is; nothing is dropped, and it goes on when there is room. */
START_TEST(a_full_ring_holds_up_and_loses_nothing)
{
    struct fixture f;
    static uint32_t seen[2 * POOL];
    uint32_t sent = 0, got = 0, n;
    open_bridge(&f, "");
    do {
        n = send_segments(f.left.near, sent, 64, 100);
        sent += n;
        run_a_while(&f);
    } while (n);
    ck_assert_uint_ge(sent, RING);
    for (int i = 0; i < 40 && got < sent; i++) {
        got += take(f.right.near, seen + got, 100);
        run_a_while(&f);
    }
    got += take(f.right.near, seen + got, 100);
    ck_assert_uint_eq(got, sent);
    expect_numbers(seen, 0, sent);
    close_bridge(&f);
}
END_TEST

START_TEST(faults_are_those_of_the_direction)
{
    struct fixture f;
    uint32_t seen[256];
    open_bridge(&f, "loss=100%");
    ck_assert_uint_eq(send_segments(f.left.near, 0, 64, 300), 64);
    ck_assert_uint_eq(send_segments(f.right.near, 0, 64, 300), 64);
    run_for(&f, 128);
    ck_assert_uint_eq(take(f.right.near, seen, 300), 0);
    ck_assert_uint_eq(take(f.left.near, seen, 300), 64);
    close_bridge(&f);
}
END_TEST

START_TEST(held_frames_go_when_they_are_due)
{
    struct fixture f;
    struct fault_held held;
    uint32_t seen[64];
    open_bridge(&f, "delay=20ms");
    ck_assert_uint_eq(send_segments(f.left.near, 0, 10, 300), 10);
    run_for(&f, 10);
    fault_held(f.right.far, &held);
    uint32_t got = take(f.right.near, seen, 300); /* on a machine that has other things to do */
    ck_assert_uint_eq(held.waiting + got, 10);
    for (int i = 0; i < 100 && got < 10; i++) {
        run_a_while(&f);
        got += take(f.right.near, seen + got, 300);
    }
    expect_numbers(seen, 0, 10);
    ck_assert(!held.waiting || clock_now_ns(&f.clock) >= held.next_due_ns);
    close_bridge(&f);
}
END_TEST

/* Sends a segment as a kernel leaves it to a device; whether it arrives with a right checksum. */
static bool finished(const char *faults)
{
    struct fixture f;
    struct frame out;
    open_bridge(&f, faults);
    ck_assert_uint_eq(f.left.near->ops->tx_alloc(f.left.near, &out, 1), 1);
    out.len = put_segment(out.data, 7, 200);
    uint16_t open = csum_fold(pseudo_sum(out.data + 14, 220));
    memcpy(out.data + 14 + 20 + 16, &open, 2);
    ck_assert_uint_eq(f.left.near->ops->tx(f.left.near, &out, 1), 1);
    f.left.near->ops->flush(f.left.near);
    run_for(&f, 1);
    ck_assert_uint_eq(f.bridge.ways[0].completed, 1);
    ck_assert_uint_eq(f.right.near->ops->rx(f.right.near, &out, 1), 1);
    bool holds = checksums_hold(out.data, out.len);
    f.right.near->ops->rx_free(f.right.near, &out, 1);
    close_bridge(&f);
    return holds;
}

START_TEST(open_checksums_are_finished_before_harm_is_done)
{
    ck_assert(finished(""));
    ck_assert(!finished("corrupt=100%"));
}
END_TEST

START_TEST(a_signal_ends_it)
{
    struct fixture f;
    open_bridge(&f, "");
    f.signal = SIGTERM;
    f.bridge.end_ns = UINT64_MAX;
    bridge_run(&f.bridge);
    close_bridge(&f);
}
END_TEST

CHECK_MAIN("run/bridge", all_frames_pass_both_ways, a_full_ring_holds_up_and_loses_nothing,
           faults_are_those_of_the_direction, held_frames_go_when_they_are_due,
           open_checksums_are_finished_before_harm_is_done, a_signal_ends_it)
