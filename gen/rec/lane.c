/* SPDX-License-Identifier: BSD-3-Clause */
/* The worker's side. Both rings are as large as the lane has blocks: handing over never fails. */
#include <assert.h>

#include "rec/rec.h"

struct rec_interval *rec_lane_current(struct rec_lane *lane)
{
    return lane->blocks[lane->current];
}

struct rec_samples *rec_lane_samples(struct rec_lane *lane)
{
    return lane->samples.at ? &lane->samples : NULL;
}

/* Samples of the phase that ends are shown, with what comes after them told apart. */
static void tell_samples(struct rec_lane *lane, uint64_t now_ns, uint32_t phase)
{
    struct rec_samples *s = rec_lane_samples(lane);
    if (!s)
        return;
    if (!lane->begun || s->phase != phase)
        rec_samples_phase(s, phase, now_ns);
    rec_samples_tick(s, now_ns);
}

static struct rec_interval *begin_block(struct rec_lane *lane, uint64_t now_ns, uint32_t phase)
{
    struct rec_interval *b = rec_lane_current(lane);
    b->start_ns = b->end_ns = now_ns;
    b->phase = phase;
    return b;
}

static void hand_over(struct rec_lane *lane, uint32_t block)
{
    assert(ring_space(&lane->full, 1));
    lane->full_at[ring_slot(&lane->full, lane->full.prod.at)] = block;
    ring_produce(&lane->full, 1);
}

static uint32_t take_empty(struct rec_lane *lane)
{
    uint32_t block = lane->empty_at[ring_slot(&lane->empty, lane->empty.cons.at)];
    ring_consume(&lane->empty, 1);
    return block;
}

struct rec_interval *rec_lane_next(struct rec_lane *lane, uint64_t now_ns, uint32_t phase)
{
    struct rec_interval *b = rec_lane_current(lane);
    tell_samples(lane, now_ns, phase);
    if (!lane->begun) {
        lane->begun = true;
        return begin_block(lane, now_ns, phase);
    }
    if (b->phase == REC_PHASE_NEXT) {
        b->phase = phase;
        if (phase == REC_PHASE_NEXT || b->start_ns == now_ns)
            return b;
    }
    bool changed = phase != b->phase;
    uint32_t wanted = changed ? 1 : REC_LANE_RESERVE + 1;
    b->end_ns = now_ns;
    if (ring_ready(&lane->empty, wanted) < wanted) {
        b->merged++;
        b->mixed += changed;
        return b;
    }
    hand_over(lane, lane->current);
    lane->current = take_empty(lane);
    return begin_block(lane, now_ns, phase);
}
