/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/units.h"
#include "run/reflect.h"
#include "run/turns.h"
#include "tests/unit/wire/over_pair.h"

static struct reflect_config config(uint32_t frame_len, uint32_t in_flight)
{
    return (struct reflect_config){.frame_len = frame_len,
                                   .in_flight = in_flight,
                                   .near_cpu = -1,
                                   .far_cpu = -1,
                                   .measure_ns = 20 * NS_PER_MS};
}

START_TEST(a_frame_comes_back_with_its_addresses_swapped)
{
    struct sides s = open_ports();
    struct frame f;
    uint8_t sent[80];
    open_queues(&s);
    ck_assert_uint_eq(s.near->ops->tx_alloc(s.near, &f, 1), 1);
    for (uint8_t i = 0; i < sizeof sent; i++)
        sent[i] = f.data[i] = i;
    f.len = sizeof sent;
    ck_assert_uint_eq(s.near->ops->tx(s.near, &f, 1), 1);
    s.near->ops->flush(s.near);
    const struct reflector far = {s.far, 64};
    ck_assert_uint_eq(reflect_round(&far), 1);
    ck_assert_uint_eq(reflect_round(&far), 0);
    ck_assert_uint_eq(s.near->ops->rx(s.near, &f, 1), 1);
    ck_assert_uint_eq(f.len, sizeof sent);
    ck_assert_mem_eq(f.data, sent + 6, 6);
    ck_assert_mem_eq(f.data + 6, sent, 6);
    ck_assert_mem_eq(f.data + 12, sent + 12, sizeof sent - 12);
    s.near->ops->rx_free(s.near, &f, 1);
    close_sides(&s);
}
END_TEST

START_TEST(frames_go_to_and_fro_over_pair)
{
    struct err e = {0};
    struct reflect_result r = {0};
    struct reflect_config cfg = config(64, 100);
    ck_assert_msg(reflect_pair(&cfg, &r, &e) == 0, "%s", e.message);
    ck_assert_uint_gt(r.round_trips, 0);
    ck_assert_uint_ge(r.took_ns, cfg.measure_ns);
    ck_assert(r.round_trips_per_s > 0);
}
END_TEST

START_TEST(nothing_comes_back_from_nobody)
{
    struct sides s = open_ports();
    struct err e = {0};
    struct reflect_result r = {0};
    struct reflect_config cfg = config(64, 10);
    open_queues(&s);
    ck_assert_int_eq(reflect_measure(&(struct reflector){s.near, 64}, "pair", &cfg, &r, &e), -EIO);
    ck_assert_int_eq(e.exit_code, EXIT_RUN);
    ck_assert_uint_eq(r.round_trips, 0);
    close_sides(&s);
}
END_TEST

/* More than the wire holds: while nobody takes them, as a far side that runs already might. */
START_TEST(what_cannot_be_sent_is_refused)
{
    struct sides s = open_ports();
    struct reflect_result r = {0};
    struct reflect_config small = config(59, 1), large = config(1515, 1),
                          many = config(64, 1 << 20);
    struct err e[3] = {0};
    ck_assert_int_eq(reflect_pair(&small, &r, &e[0]), -EINVAL);
    ck_assert_int_eq(reflect_pair(&large, &r, &e[1]), -EINVAL);
    open_queues(&s);
    ck_assert_int_eq(reflect_measure(&(struct reflector){s.near, 64}, "pair", &many, &r, &e[2]), -ENOBUFS);
    close_sides(&s);
    ck_assert_ptr_nonnull(strstr(e[1].message, "1515 bytes"));
    ck_assert_ptr_nonnull(strstr(e[2].message, "1048576 frames"));
}
END_TEST

/* A connection's life; and two full frames for one short answer. */
static const struct turn life = {4, {{1, 74, 74}, {1, 130, 130}, {1, 66, 66}, {1, 66, 0}}};
static const struct turn stream = {1, {{2, 1514, 66}}};

static void must_take(const struct turn *turn, uint32_t rounds, uint64_t there, uint64_t back,
                      uint64_t bytes_there)
{
    struct sides s = open_ports();
    struct wire_stats near = {0}, far = {0};
    struct turns t;
    uint32_t ended = 0;
    open_queues(&s);
    turns_init(&t, turn, 1);
    for (uint32_t i = 0; i < rounds; i++) {
        ended += turns_near(&t, &(struct reflector){s.near, 64, turn});
        turns_far(&(struct reflector){s.far, 64, turn});
    }
    s.near->ops->stats(s.near, &near);
    s.far->ops->stats(s.far, &far);
    ck_assert_uint_eq(ended, 2);
    ck_assert_uint_eq(near.tx_frames, there);
    ck_assert_uint_eq(near.tx_bytes, bytes_there);
    ck_assert_uint_eq(far.tx_frames, back);
    close_sides(&s);
}

START_TEST(turns_take_their_frames_and_no_more)
{
    must_take(&life, 7, 9, 7, 2 * (74 + 130 + 66 + 66) + 74); /* the third has begun */
    must_take(&stream, 3, 6, 3, 6 * 1514);
}
END_TEST

START_TEST(turns_over_pair)
{
    struct err e = {0};
    struct reflect_result r = {0};
    struct reflect_config cfg = config(0, 100);
    cfg.turn = &life;
    ck_assert_msg(reflect_pair(&cfg, &r, &e) == 0, "%s", e.message);
    ck_assert_uint_gt(r.round_trips, 0);
}
END_TEST

CHECK_MAIN("run/reflect", a_frame_comes_back_with_its_addresses_swapped,
           frames_go_to_and_fro_over_pair, nothing_comes_back_from_nobody,
           what_cannot_be_sent_is_refused, turns_take_their_frames_and_no_more, turns_over_pair)
