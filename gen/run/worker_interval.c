/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a worker counts: the interval that runs, and what another process may read meanwhile. */
#include "run/worker_internal.h"

static void count_into(struct worker *w, struct rec_interval *block)
{
    w->block = block;
    stack_count_into(&w->stack, block->counters, block->drops);
    w->client.block = block;
}

/* What the wire counted itself since the last interval. */
static void tell_wire_counters(struct worker *w)
{
    struct wire_stats now = {0};
    w->queue->ops->stats(w->queue, &now);
    for (int d = 0; d < DROP_COUNT; d++)
        w->block->drops[d] += now.drops[d] - w->wire_seen.drops[d];
    w->block->drops[DROP_WIRE_RX_FULL] += now.rx_dropped - w->wire_seen.rx_dropped;
    w->block->counters[COUNTER_KICKS] += now.kicks - w->wire_seen.kicks;
    w->block->counters[COUNTER_POLLS] += now.polls - w->wire_seen.polls;
    w->block->counters[COUNTER_FRAMES_HANDED] += now.handed - w->wire_seen.handed;
    w->wire_seen = now;
}

void worker_next_interval(struct worker *w, uint64_t now_ns, uint32_t phase)
{
    tell_wire_counters(w);
    w->phase = phase;
    w->block->open_connections = w->cfg.is_client ? w->client.open : tcp_in_use(&w->stack.tcp);
    if (w->cfg.lane)
        count_into(w, rec_lane_next(w->cfg.lane, now_ns, phase));
    w->next_interval_ns = now_ns + w->cfg.interval_ns;
}

/* A reader that sees a new word sees the odd turn as well, and looks again. */
void worker_tell_live(struct worker *w, uint64_t now_ns)
{
    struct worker_live *l = w->cfg.live;
    uint64_t turn = atomic_load_explicit(&l->turn, memory_order_relaxed);
    atomic_store_explicit(&l->turn, turn + 1, memory_order_relaxed);
    atomic_store_explicit(&l->at_ns, now_ns, memory_order_release);
    for (int i = 0; i < COUNTER_COUNT; i++)
        atomic_store_explicit(&l->counters[i], w->block->counters[i], memory_order_release);
    atomic_store_explicit(&l->turn, turn + 2, memory_order_release);
    w->next_live_ns = now_ns + WORKER_LIVE_NS;
}
