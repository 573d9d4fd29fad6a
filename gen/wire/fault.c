/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every frame gets one verdict, drawn once. Frames that pass stay frames of the inner wire; frames
 * that wait, and second copies, live in a store of ours, so that the inner wire gets its own back
 * at once. On the way in, the frames lent to the user are of both kinds and told apart by address.
 *
 * A verdict on a frame that the inner wire then refuses is kept for the next call, its harm
 * undone: what is done to the n-th frame depends on the seed and on n alone (before a slow link also
 * on the time, but a frame that waits is never refused).
 */
#include "wire/fault_way.h"
#include "wire/over.h"

static struct fault_queue *of(struct wire_queue *q)
{
    return (struct fault_queue *)q;
}

static void fault_flush(struct wire_queue *q)
{
    fault_send_due(of(q));
    over_flush(q);
}

/* ---- time ---- */

static void fault_tick(struct wire_queue *q, uint64_t now_ns)
{
    struct fault_queue *fq = of(q);
    struct fault_port *fp = (struct fault_port *)q->port;
    struct fault_rates_list *rates = atomic_load_explicit(&fp->rates, memory_order_acquire);
    fq->rx.rates = &rates->rx;
    fq->tx.rates = &rates->tx;
    fq->now_ns = now_ns;
    over_tick(q, now_ns);
    fault_send_due(fq);
}

static uint64_t next_due(const struct fault_queue *fq)
{
    uint64_t rx = store_next_due(&fq->rx.store), tx = store_next_due(&fq->tx.store);
    return rx < tx ? rx : tx;
}

void fault_held(const struct wire_queue *q, struct fault_held *out)
{
    const struct fault_queue *fq = (const struct fault_queue *)q;
    const struct store *rx = &fq->rx.store, *tx = &fq->tx.store;
    *out = (struct fault_held){
        .next_due_ns = next_due(fq),
        .waiting = rx->heap_count + rx->queue_count + tx->heap_count + tx->queue_count,
        .held = fq->rx.held + fq->tx.held,
        .released = fq->rx.released + fq->tx.released,
        .late_max_ns = fq->rx.late_max_ns > fq->tx.late_max_ns ? fq->rx.late_max_ns : fq->tx.late_max_ns,
        .late_sum_ns = fq->rx.late_sum_ns + fq->tx.late_sum_ns,
    };
}

static void fault_wait(struct wire_queue *q, uint64_t timeout_ns)
{
    struct fault_queue *fq = of(q);
    uint64_t due = next_due(fq);
    if (due <= fq->now_ns)
        return;
    uint64_t left = due - fq->now_ns;
    over_wait(q, left < timeout_ns ? left : timeout_ns);
}

static void fault_stats(struct wire_queue *q, struct wire_stats *out)
{
    over_stats(q, out);
    for (int i = 0; i < DROP_COUNT; i++)
        out->drops[i] += of(q)->drops[i];
}

const struct wire_ops fault_ops = {
    .name = "fault",
    .port_close = fault_port_close,
    .queue_open = fault_queue_open,
    .queue_close = fault_queue_close,
    .rx = fault_rx,
    .rx_free = fault_rx_free,
    .tx_alloc = over_tx_alloc,
    .tx_free = over_tx_free,
    .tx = fault_tx,
    .flush = fault_flush,
    .reap = over_reap,
    .wait = fault_wait,
    .fd = over_fd,
    .stats = fault_stats,
    .tick = fault_tick,
};
