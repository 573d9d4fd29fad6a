/* SPDX-License-Identifier: BSD-3-Clause */
/* A lane with nobody behind it: what a worker meets while the recorder does not run. */
#include <stdlib.h>
#include <string.h>

#include "rec/rec.h"
#include "tests/lib/check_main.h"

static struct rec_interval *blocks;
static struct rec_lane lane;

static void make_lane(void)
{
    blocks = calloc(REC_LANE_BLOCKS, sizeof *blocks);
    memset(&lane, 0, sizeof lane);
    ring_init(&lane.full, REC_LANE_BLOCKS);
    ring_init(&lane.empty, REC_LANE_BLOCKS);
    for (uint32_t i = 0; i < REC_LANE_BLOCKS; i++) {
        lane.blocks[i] = &blocks[i];
        lane.empty_at[i] = i + 1;
    }
    ring_produce(&lane.empty, REC_LANE_BLOCKS - 1);
}

static uint32_t handed_over(void)
{
    return ring_ready(&lane.full, REC_LANE_BLOCKS);
}

START_TEST(the_first_call_hands_nothing_over)
{
    make_lane();
    struct rec_interval *b = rec_lane_next(&lane, 100, 3);
    ck_assert_ptr_eq(b, rec_lane_current(&lane));
    ck_assert(b->start_ns == 100 && b->phase == 3 && handed_over() == 0);
    struct rec_interval *next = rec_lane_next(&lane, 200, 3);
    ck_assert(next != b && b->end_ns == 200 && next->start_ns == 200 && handed_over() == 1);
    ck_assert_ptr_eq(lane.blocks[lane.full_at[0]], b);
    free(blocks);
}
END_TEST

START_TEST(a_lane_nobody_drains_merges_and_keeps_blocks_for_new_phases)
{
    make_lane();
    uint64_t now_ns = 0;
    rec_lane_next(&lane, now_ns, 0);
    for (int i = 0; i < 10; i++)
        rec_lane_next(&lane, ++now_ns, 0);
    uint32_t usual = REC_LANE_BLOCKS - 1 - REC_LANE_RESERVE;
    ck_assert_uint_eq(handed_over(), usual);
    ck_assert_uint_eq(rec_lane_current(&lane)->merged, 10 - usual);
    ck_assert_uint_eq(rec_lane_current(&lane)->start_ns, usual);
    for (uint32_t p = 1; p <= REC_LANE_RESERVE; p++)
        ck_assert_uint_eq(rec_lane_next(&lane, ++now_ns, p)->phase, p);
    ck_assert_uint_eq(handed_over(), REC_LANE_BLOCKS - 1);
    struct rec_interval *last = rec_lane_next(&lane, ++now_ns, 99);
    ck_assert(last->phase == REC_LANE_RESERVE && last->merged == 1 && last->mixed == 1);
    ck_assert_uint_eq(last->end_ns, now_ns);
    free(blocks);
}
END_TEST

/* The phase that comes next has no number yet: its first interval, from 200 on, lasts until it has. */
static struct rec_interval *begin_next(void)
{
    make_lane();
    rec_lane_next(&lane, 100, 3);
    struct rec_interval *b = rec_lane_next(&lane, 200, REC_PHASE_NEXT);
    ck_assert(handed_over() == 1 && b->start_ns == 200);
    return b;
}

START_TEST(an_interval_waits_for_the_name_of_its_phase)
{
    struct rec_interval *b = begin_next();
    ck_assert_ptr_eq(rec_lane_next(&lane, 300, REC_PHASE_NEXT), b);
    struct rec_interval *next = rec_lane_next(&lane, 400, 4);
    ck_assert(handed_over() == 2 && b->phase == 4 && b->start_ns == 200 && b->end_ns == 400);
    ck_assert(next != b && next->phase == 4 && next->start_ns == 400);
    free(blocks);
}
END_TEST

START_TEST(no_interval_is_empty_where_the_name_comes_at_once)
{
    struct rec_interval *b = begin_next();
    ck_assert_ptr_eq(rec_lane_next(&lane, 200, 4), b);
    ck_assert(handed_over() == 1 && b->phase == 4);
    free(blocks);
}
END_TEST

CHECK_MAIN("rec/lane", the_first_call_hands_nothing_over,
           an_interval_waits_for_the_name_of_its_phase, no_interval_is_empty_where_the_name_comes_at_once,
           a_lane_nobody_drains_merges_and_keeps_blocks_for_new_phases)
