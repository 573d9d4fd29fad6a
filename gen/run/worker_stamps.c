/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How long what arrived waited until the loop took it up, where the wire stamps arrivals: the part of every
 * latency that is the generator's own, which no time that begins at reading can show. And how long what left
 * took after the flush, where it stamps departures.
 */
#include "run/worker_internal.h"

#include <time.h>

#include "base/units.h"

#define COMPARE_NS    (10 * NS_PER_MS) /* our clock and the kernel's part by some ns in that time */
#define COMPARE_TRIES 3
#define REAP          64

static const struct waits {
    enum counter sum, max, over_10us, over_100us, over_1ms;
} arrivals = {COUNTER_RX_WAIT, COUNTER_RX_WAIT_MAX, COUNTER_RX_WAIT_10US, COUNTER_RX_WAIT_100US, COUNTER_RX_WAIT_1MS},
  departures = {COUNTER_TX_WAIT, COUNTER_TX_WAIT_MAX, COUNTER_TX_WAIT_10US, COUNTER_TX_WAIT_100US,
                COUNTER_TX_WAIT_1MS};

static uint64_t kernel_ns(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

/* What a clock of the kernel's is ahead of ours now: of a few readings the one that took the least time. */
static int64_t compare(const struct clock *ours, clockid_t id)
{
    uint64_t least_ns = UINT64_MAX;
    int64_t ahead_ns = 0;
    for (int i = 0; i < COMPARE_TRIES; i++) {
        uint64_t before = clock_now_ns(ours), kernel = kernel_ns(id), took = clock_now_ns(ours) - before;
        if (took < least_ns) {
            least_ns = took;
            ahead_ns = (int64_t)(kernel - before - took / 2);
        }
    }
    return ahead_ns;
}

/* The two clocks agree within their errors only: what ended before it began took nothing. */
static void note_wait(const struct waits *w, uint64_t from_ns, uint64_t to_ns, uint64_t *counters)
{
    uint64_t wait_ns = to_ns > from_ns ? to_ns - from_ns : 0;
    counters[w->sum] += wait_ns;
    counters[w->over_10us] += wait_ns > 10 * NS_PER_US;
    counters[w->over_100us] += wait_ns > 100 * NS_PER_US;
    counters[w->over_1ms] += wait_ns > NS_PER_MS;
    if (wait_ns > counters[w->max])
        counters[w->max] = wait_ns;
}

void stamps_note_rx(const struct stamps *t, const struct frame *frames, uint32_t n, uint64_t now_ns,
                    uint64_t *counters)
{
    for (uint32_t i = 0; i < n; i++) {
        uint64_t stamp_ns = frames[i].stamp_ns;
        counters[COUNTER_FRAMES_STAMPED] += stamp_ns != 0;
        if (stamp_ns && t->rx == WIRE_STAMPS_KERNEL)
            note_wait(&arrivals, stamp_ns, now_ns + (uint64_t)t->mono_ahead_ns, counters);
    }
}

void stamps_note_tx(const struct stamps *t, const struct wire_stamp *stamps, uint32_t n, uint64_t *counters)
{
    counters[COUNTER_FRAMES_TX_STAMPED] += n;
    for (uint32_t i = 0; i < n && t->tx == WIRE_STAMPS_KERNEL; i++)
        note_wait(&departures, stamps[i].handed_ns + (uint64_t)t->tai_ahead_ns, stamps[i].stamp_ns, counters);
}

static void compare_when_due(struct worker *w)
{
    struct stamps *t = &w->stamps;
    if (w->last.ns < t->compare_at_ns)
        return;
    t->mono_ahead_ns = compare(w->cfg.clock, CLOCK_MONOTONIC);
    t->tai_ahead_ns = compare(w->cfg.clock, CLOCK_TAI);
    t->compare_at_ns = w->last.ns + COMPARE_NS;
}

void worker_note_arrivals(struct worker *w, uint32_t from, uint32_t n)
{
    compare_when_due(w);
    stamps_note_rx(&w->stamps, w->stack.rx + from, n, w->last.ns, w->block->counters);
}

void worker_note_departures(struct worker *w)
{
    struct wire_stamp left[REAP];
    uint32_t n;
    compare_when_due(w);
    while ((n = w->queue->ops->reap(w->queue, left, REAP)) > 0)
        stamps_note_tx(&w->stamps, left, n, w->block->counters);
}
