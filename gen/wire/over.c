/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/over.h"

void over_rx_free(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    q->inner->ops->rx_free(q->inner, frames, n);
}

uint32_t over_tx_alloc(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    return q->inner->ops->tx_alloc(q->inner, frames, n);
}

uint32_t over_tx_alloc_long(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    return q->inner->ops->tx_alloc_long(q->inner, frames, n);
}

void over_tx_free(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    q->inner->ops->tx_free(q->inner, frames, n);
}

uint32_t over_tx(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    return q->inner->ops->tx(q->inner, frames, n);
}

void over_flush(struct wire_queue *q)
{
    q->inner->ops->flush(q->inner);
}

uint32_t over_reap(struct wire_queue *q, struct wire_stamp *stamps, uint32_t max)
{
    return q->inner->ops->reap(q->inner, stamps, max);
}

void over_wait(struct wire_queue *q, uint64_t timeout_ns)
{
    q->inner->ops->wait(q->inner, timeout_ns);
}

int over_fd(const struct wire_queue *q)
{
    return q->inner->ops->fd ? q->inner->ops->fd(q->inner) : -1;
}

void over_stats(struct wire_queue *q, struct wire_stats *out)
{
    q->inner->ops->stats(q->inner, out);
}

void over_tick(struct wire_queue *q, uint64_t now_ns)
{
    if (q->inner->ops->tick)
        q->inner->ops->tick(q->inner, now_ns);
}
