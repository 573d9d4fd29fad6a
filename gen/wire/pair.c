/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two sides a queue, each with a LIFO of free frames of its own. From side to side lead two rings:
 * `full` carries frames with content, `empty` carries free ones back when the traffic is lopsided.
 *
 * A frame belongs to whoever holds its index: a side's list, a ring, or the user. Nobody else
 * touches it, so that nothing but the ring indexes is atomic. Rings are published in blocks
 * (PUBLISH frames, or at flush), which is what a hand-over costs.
 */
#include "wire/pair.h"

#include <errno.h>
#include <time.h>

#include "base/err.h"
#include "wire/pair_port.h"

enum {
    LINE = 64,
    HOT_LINES = 3, /* prefetched of a frame, at most: headers and a small payload */
    PUBLISH = 64,
    NAP_NS = 50000,
};

static struct pair_queue *of(struct wire_queue *q)
{
    return (struct pair_queue *)q;
}

/* What loops over frames keep at hand: what they write might be the queue, for all that the compiler
 * knows. */
struct lender {
    uint8_t *frames;
    size_t stride;
};

static inline struct lender lender_of(const struct pair_queue *p)
{
    return (struct lender){p->frames, p->stride};
}

static inline struct frame borrow(struct lender l, uint32_t index, uint16_t len)
{
    return frame_of(l.frames + index * l.stride, index, len);
}

/* For writing: the side that read a frame is the one that fills it next. A line that the frame does not
 * reach stays where it is: each costs a way between the cores. */
static inline void fetch(const uint8_t *data, uint32_t len)
{
    prefetch_write(data);
    prefetch_write(data + LINE);
    if (len > (HOT_LINES - 1) * LINE)
        prefetch_write(data + (HOT_LINES - 1) * LINE);
}

static uint32_t pair_rx(struct wire_queue *q, struct frame *frames, uint32_t max)
{
    struct pair_queue *p = of(q);
    struct ring *r = &p->in->full;
    uint32_t n = ring_ready(r, max);
    if (!n)
        return 0;
    const struct lender l = lender_of(p);
    const uint64_t *slots = p->in->full_slot;
    uint32_t at = r->cons.at, mask = r->size - 1;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t slot = slots[(at + i) & mask];
        uint16_t len = (uint16_t)slot;
        frames[i] = borrow(l, (uint32_t)(slot >> 16), len);
        fetch(frames[i].data, len);
        bytes += len;
    }
    ring_consume(r, n);
    p->stats.rx_frames += n;
    p->stats.rx_bytes += bytes;
    return n;
}

static void give_surplus(struct pair_queue *p)
{
    struct ring *r = &p->out->empty;
    uint32_t n = ring_space(r, p->free.count - p->share);
    for (uint32_t i = 0; i < n; i++)
        p->out->empty_slot[ring_slot(r, r->prod.at + i)] = lifo_pop(&p->free);
    ring_produce(r, n);
}

/* All of them: what was given back last lies on top and is used first, so that no more frames go round
 * than are under way, and these stay in the caches. */
static void take_returned(struct pair_queue *p)
{
    struct ring *r = &p->in->empty;
    uint32_t n = ring_ready(r, r->size);
    for (uint32_t i = 0; i < n; i++)
        lifo_push(&p->free, p->in->empty_slot[ring_slot(r, r->cons.at + i)]);
    if (n)
        ring_consume(r, n);
}

static void pair_free(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct pair_queue *p = of(q);
    for (uint32_t i = 0; i < n; i++)
        lifo_push(&p->free, frames[i].handle);
    if (p->free.count > p->high_water)
        give_surplus(p);
}

static uint32_t pair_tx_alloc(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct pair_queue *p = of(q);
    take_returned(p);
    n = p->free.count < n ? p->free.count : n;
    const struct lender l = lender_of(p);
    const uint32_t *free = lifo_pop_many(&p->free, n);
    const uint16_t capacity = p->capacity;
    for (uint32_t i = 0; i < n; i++)
        frames[i] = borrow(l, free[n - 1 - i], capacity);
    return n;
}

static void publish(struct pair_queue *p)
{
    if (p->pending)
        ring_produce(&p->out->full, p->pending);
    p->pending = 0;
}

static uint32_t pair_tx(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct pair_queue *p = of(q);
    struct ring *r = &p->out->full;
    n = ring_space(r, p->pending + n) - p->pending;
    uint64_t *slots = p->out->full_slot;
    uint32_t at = r->prod.at + p->pending, mask = r->size - 1;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < n; i++) {
        slots[(at + i) & mask] = (uint64_t)frames[i].handle << 16 | frames[i].len;
        bytes += frames[i].len;
    }
    p->stats.tx_frames += n;
    p->stats.tx_bytes += bytes;
    p->pending += n;
    if (p->pending >= PUBLISH)
        publish(p);
    return n;
}

static void pair_flush(struct wire_queue *q)
{
    publish(of(q));
}

static uint32_t pair_reap(struct wire_queue *q, struct wire_stamp *stamps, uint32_t max)
{
    (void)q, (void)stamps, (void)max;
    return 0; /* memory has no transmit stamps */
}

static void pair_wait(struct wire_queue *q, uint64_t timeout_ns)
{
    struct pair_queue *p = of(q);
    publish(p);
    if (ring_ready(&p->in->full, 1))
        return;
    long nap = timeout_ns < NAP_NS ? (long)timeout_ns : NAP_NS;
    nanosleep(&(struct timespec){.tv_nsec = nap}, NULL);
}

static void pair_stats(struct wire_queue *q, struct wire_stats *out)
{
    *out = of(q)->stats;
}

static int pair_queue_open(struct wire_port *port, uint32_t index, struct wire_queue **out,
                           struct err *e)
{
    struct pair_port *pp = (struct pair_port *)port;
    if (index >= pp->pair->queues)
        return err_set(e, EXIT_USAGE, -EINVAL, "wire pair: queue %u: found %u queues", index,
                       pp->pair->queues);
    struct pair_queue *p = &pp->queues[index];
    if (p->open)
        return err_set(e, EXIT_ENVIRONMENT, -EBUSY, "wire pair: queue %u is open already", index);
    p->open = true;
    *out = &p->q;
    return 0;
}

static void pair_queue_close(struct wire_queue *q)
{
    publish(of(q));
    of(q)->open = false;
}

const struct wire_ops pair_ops = {
    .name = "pair",
    .port_close = pair_port_close,
    .queue_open = pair_queue_open,
    .queue_close = pair_queue_close,
    .rx = pair_rx,
    .rx_free = pair_free,
    .tx_alloc = pair_tx_alloc,
    .tx_free = pair_free,
    .tx = pair_tx,
    .flush = pair_flush,
    .reap = pair_reap,
    .wait = pair_wait,
    .stats = pair_stats,
};
