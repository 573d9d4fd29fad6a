/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How long what arrived waited until the loop took it up, where the wire stamps arrivals: the part of every
 * latency that is the generator's own, which no time that begins at reading can show.
 */
#include "run/worker_internal.h"

#include "base/units.h"

#define COMPARE_NS    (10 * NS_PER_MS) /* our clock and the kernel's part by some ns in that time */
#define COMPARE_TRIES 3

/* What the kernel's clock is ahead of ours now: of a few readings the one that took the least time. */
static int64_t compare(const struct clock *ours)
{
    uint64_t least_ns = UINT64_MAX;
    int64_t ahead_ns = 0;
    for (int i = 0; i < COMPARE_TRIES; i++) {
        uint64_t before = clock_now_ns(ours), kernel = clock_kernel_ns(), took = clock_now_ns(ours) - before;
        if (took < least_ns) {
            least_ns = took;
            ahead_ns = (int64_t)(kernel - before - took / 2);
        }
    }
    return ahead_ns;
}

static void note_wait(uint64_t *counters, uint64_t wait_ns)
{
    counters[COUNTER_RX_WAIT] += wait_ns;
    counters[COUNTER_RX_WAIT_10US] += wait_ns > 10 * NS_PER_US;
    counters[COUNTER_RX_WAIT_100US] += wait_ns > 100 * NS_PER_US;
    counters[COUNTER_RX_WAIT_1MS] += wait_ns > NS_PER_MS;
    if (wait_ns > counters[COUNTER_RX_WAIT_MAX])
        counters[COUNTER_RX_WAIT_MAX] = wait_ns;
}

void stamps_note(const struct stamps *t, const struct frame *frames, uint32_t n, uint64_t now_ns,
                 uint64_t *counters)
{
    uint64_t kernel_ns = now_ns + (uint64_t)t->ahead_ns;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t stamp_ns = frames[i].stamp_ns;
        counters[COUNTER_FRAMES_STAMPED] += stamp_ns != 0;
        if (stamp_ns && t->source == WIRE_STAMPS_KERNEL)
            note_wait(counters, kernel_ns > stamp_ns ? kernel_ns - stamp_ns : 0);
    }
}

void worker_note_stamps(struct worker *w, uint32_t from, uint32_t n)
{
    struct stamps *t = &w->stamps;
    if (w->last.ns >= t->compare_at_ns) {
        t->ahead_ns = compare(w->cfg.clock);
        t->compare_at_ns = w->last.ns + COMPARE_NS;
    }
    stamps_note(t, w->stack.rx + from, n, w->last.ns, w->block->counters);
}
