/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames of several chunks over a veth pair of MTU 9000, sent back by a port of ours at the far end. */
#include "tests/lib/check_main.h"

#include "reflected.h"

enum { MTU = 9000, FRAME_MAX = MTU + 14 };

/* Around the ends of pages, with and without the 256 bytes of each that are the kernel's. */
START_TEST(frames_of_all_sizes_come_back_whole)
{
    static const uint32_t edges[] = {64, 2048, 3584, 3840, 4096, 7680, 7936, 8192, FRAME_MAX - 2};
    struct opening near = opening("wb0");
    struct bench b = open_bench(MTU, &near);
    struct wire_queue *q = b.near.q;
    struct frame f;
    ck_assert_uint_eq(b.near.port->caps.mtu, MTU);
    ck_assert_msg(b.near.port->caps.native, "%s", b.near.port->caps.detail);
    for (uint32_t i = 0; i < sizeof edges / sizeof *edges; i++)
        for (uint32_t len = edges[i] - 2; len <= edges[i] + 2; len++) {
            send_one(q, len, len);
            ck_assert_uint_eq(receive(q, &f, 1), 1);
            compare(&f, len, len);
            q->ops->rx_free(q, &f, 1);
        }
    close_bench(&b);
}
END_TEST

static uint32_t take_all(struct wire_queue *q)
{
    static struct frame all[FRAMES + WINDOW];
    uint32_t n = 0, got;
    while ((got = q->ops->tx_alloc(q, all + n, WINDOW)) > 0)
        n += got;
    q->ops->tx_free(q, all, n);
    return n;
}

/* Twenty times the pool, in order; a batch may end in the middle of a frame's chunks. */
START_TEST(no_place_is_lost)
{
    enum { ALL = 20 * FRAMES, BATCH = 7 };
    struct opening near = opening("wb0");
    struct bench b = open_bench(MTU, &near);
    struct wire_queue *q = b.near.q;
    uint32_t sent = 0, got = 0, n;
    while (got < ALL) {
        struct frame f[WINDOW];
        for (; sent < ALL && sent - got < WINDOW; sent++)
            send_one(q, sent, 64 + sent * 37 % (FRAME_MAX - 64));
        n = receive(q, f, BATCH);
        ck_assert_uint_gt(n, 0);
        for (uint32_t i = 0; i < n; i++, got++)
            if (got % 16 == 0)
                compare(&f[i], got, 64 + got * 37 % (FRAME_MAX - 64));
        q->ops->rx_free(q, f, n);
    }
    struct wire_stats s;
    q->ops->stats(q, &s);
    ck_assert_uint_eq(s.tx_frames, ALL);
    ck_assert_uint_eq(s.rx_frames, ALL);
    ck_assert_uint_eq(s.rx_bytes, s.tx_bytes);
    ck_assert_uint_eq(s.rx_dropped + s.rx_invalid + s.tx_invalid, 0);
    ck_assert_uint_eq(take_all(q), FRAMES);
    close_bench(&b);
}
END_TEST

CHECK_MAIN("wire/xdp_wide", frames_of_all_sizes_come_back_whole, no_place_is_lost)
