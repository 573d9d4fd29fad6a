/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Between any two queues lies a lane: a ring of frames there, a ring of the same frames back. Its giver
 * owns the count of those that are away, at most as many as a ring holds, so that neither ring is ever full
 * and nobody asks whether it is. A frame goes back to the inner queue that it came from, on the thread of that queue.
 *
 * A queue that is closed gives and takes no more; what another one still has of it is the inner port's
 * memory until that is closed.
 */
#include "wire/handover.h"

#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/ring.h"
#include "wire/over.h"

struct lane {
    struct ring there, back;
    struct frame *frames; /* those there, then as many back */
    uint32_t away;        /* the giver's */
};

struct handover_queue {
    struct wire_queue q;
    struct handover_port *port;
    uint64_t handed, full;
};

struct handover_port {
    struct wire_port p;
    struct wire_port *inner;
    struct lane *lanes; /* from x queues + to */
    uint16_t owner[HANDOVER_PORTS];
};

static struct handover_queue *of(struct wire_queue *q)
{
    return (struct handover_queue *)q;
}

static struct lane *lane(const struct handover_queue *h, uint32_t from, uint32_t to)
{
    return &h->port->lanes[from * h->port->p.caps.queues + to];
}

static struct frame *slot_there(const struct lane *l, uint32_t at)
{
    return &l->frames[ring_slot(&l->there, at)];
}

static struct frame *slot_back(const struct lane *l, uint32_t at)
{
    return &l->frames[l->there.size + ring_slot(&l->back, at)];
}

/* ---- giver ---- */

static bool give(struct handover_queue *h, uint32_t to, struct frame *f, uint16_t flags)
{
    struct lane *l = lane(h, h->q.index, to);
    if (l->away == l->there.size) {
        h->full++;
        return false;
    }
    l->away++;
    struct frame *slot = slot_there(l, l->there.prod.at);
    *slot = *f;
    slot->flags = (uint16_t)((slot->flags & ~FRAME_TSO) | FRAME_HANDED | flags); /* `mss` is taken */
    slot->mss = (uint16_t)h->q.index;
    ring_produce(&l->there, 1);
    return true;
}

static void give_copy(struct handover_queue *h, uint32_t to, const struct frame *f)
{
    struct frame copy;
    if (!h->q.inner->ops->tx_alloc(h->q.inner, &copy, 1)) {
        h->full++;
        return;
    }
    if (copy.len < f->len) { /* no answer of a neighbour is so long */
        h->q.inner->ops->tx_free(h->q.inner, &copy, 1);
        return;
    }
    memcpy(copy.data, f->data, f->len);
    copy.len = f->len;
    if (!give(h, to, &copy, FRAME_HANDED_COPY))
        h->q.inner->ops->tx_free(h->q.inner, &copy, 1);
}

static void tell_all(struct handover_queue *h, const struct frame *f)
{
    for (uint32_t to = 0; to < h->port->p.caps.queues; to++)
        if (to != h->q.index)
            give_copy(h, to, f);
}

/* Which of the frames stay here, in order. */
static uint32_t deal(struct handover_queue *h, struct frame *frames, uint32_t n)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint16_t owner = handover_owner(h->port->owner, &frames[i]);
        if (owner == HANDOVER_ALL)
            tell_all(h, &frames[i]);
        if (owner >= h->port->p.caps.queues || owner == h->q.index)
            frames[kept++] = frames[i];
        else if (!give(h, owner, &frames[i], 0))
            h->q.inner->ops->rx_free(h->q.inner, &frames[i], 1);
    }
    return kept;
}

static void take_back_from(struct handover_queue *h, struct lane *l)
{
    uint32_t n = ring_ready(&l->back, l->back.size);
    if (!n)
        return;
    for (uint32_t i = 0; i < n; i++) {
        struct frame *f = slot_back(l, l->back.cons.at + i);
        bool copy = f->flags & FRAME_HANDED_COPY;
        (copy ? h->q.inner->ops->tx_free : h->q.inner->ops->rx_free)(h->q.inner, f, 1);
    }
    ring_consume(&l->back, n);
    l->away -= n;
}

static void take_back(struct handover_queue *h)
{
    for (uint32_t to = 0; to < h->port->p.caps.queues; to++)
        if (to != h->q.index)
            take_back_from(h, lane(h, h->q.index, to));
}

/* ---- taker ---- */

static uint32_t take_from(struct lane *l, struct frame *frames, uint32_t max)
{
    uint32_t n = ring_ready(&l->there, max);
    for (uint32_t i = 0; i < n; i++) {
        frames[i] = *slot_there(l, l->there.cons.at + i);
        __builtin_prefetch(frames[i].data);
        __builtin_prefetch(frames[i].data + 64);
    }
    if (n)
        ring_consume(&l->there, n);
    return n;
}

static uint32_t take_given(struct handover_queue *h, struct frame *frames, uint32_t max)
{
    uint32_t n = 0;
    for (uint32_t from = 0; n < max && from < h->port->p.caps.queues; from++)
        if (from != h->q.index)
            n += take_from(lane(h, from, h->q.index), frames + n, max - n);
    h->handed += n;
    return n;
}

static void give_back(struct handover_queue *h, const struct frame *f)
{
    struct lane *l = lane(h, f->mss, h->q.index);
    *slot_back(l, l->back.prod.at) = *f;
    ring_produce(&l->back, 1);
}

/* ---- data path ---- */

/* At most half of a batch is others', so that neither starves. */
static uint32_t handover_rx(struct wire_queue *q, struct frame *frames, uint32_t max)
{
    struct handover_queue *h = of(q);
    take_back(h);
    uint32_t n = take_given(h, frames, max / 2 ? max / 2 : max);
    return n + deal(h, frames + n, h->q.inner->ops->rx(h->q.inner, frames + n, max - n));
}

static uint32_t own_ones(const struct frame *frames, uint32_t n)
{
    uint32_t i = 0;
    while (i < n && !(frames[i].flags & FRAME_HANDED))
        i++;
    return i;
}

static void handover_rx_free(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct handover_queue *h = of(q);
    for (uint32_t i = 0; i < n;) {
        uint32_t own = own_ones(frames + i, n - i);
        if (own)
            h->q.inner->ops->rx_free(h->q.inner, frames + i, own);
        for (i += own; i < n && frames[i].flags & FRAME_HANDED; i++)
            give_back(h, &frames[i]);
    }
}

static void handover_wait(struct wire_queue *q, uint64_t timeout_ns)
{
    over_wait(q, timeout_ns < HANDOVER_NAP_NS ? timeout_ns : HANDOVER_NAP_NS);
}

static void handover_stats(struct wire_queue *q, struct wire_stats *out)
{
    over_stats(q, out);
    out->handed = of(q)->handed;
    out->drops[DROP_WIRE_HANDOVER_FULL] += of(q)->full;
}

/* ---- life ---- */

static const struct wire_ops handover_ops;

static int handover_queue_open(struct wire_port *port, uint32_t index, struct wire_queue **out,
                               struct err *e)
{
    struct handover_port *hp = (struct handover_port *)port;
    struct handover_queue *h = calloc(1, sizeof *h);
    if (!h)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "handover: no memory");
    *h = (struct handover_queue){.q = {.ops = &handover_ops, .port = port, .index = index}, .port = hp};
    int ret = hp->inner->ops->queue_open(hp->inner, index, &h->q.inner, e);
    if (ret)
        free(h);
    else
        *out = &h->q;
    return ret;
}

static void handover_queue_close(struct wire_queue *q)
{
    take_back(of(q));
    q->inner->ops->queue_close(q->inner);
    free(of(q));
}

static void free_port(struct handover_port *hp)
{
    uint32_t lanes = (uint32_t)hp->p.caps.queues * hp->p.caps.queues;
    for (uint32_t i = 0; hp->lanes && i < lanes; i++)
        free(hp->lanes[i].frames);
    free(hp->lanes);
    free(hp);
}

static void handover_port_close(struct wire_port *port)
{
    struct handover_port *hp = (struct handover_port *)port;
    hp->inner->ops->port_close(hp->inner);
    free_port(hp);
}

/* A power of two. */
static uint32_t lane_size(uint32_t queues)
{
    uint32_t size = HANDOVER_FRAMES;
    while (size > HANDOVER_SHARE && size * (queues - 1) > HANDOVER_FRAMES)
        size /= 2;
    return size;
}

/* None from a queue to itself. */
static bool make_lanes(struct handover_port *hp)
{
    uint32_t queues = hp->p.caps.queues, size = lane_size(queues);
    size_t bytes = (size_t)queues * queues * sizeof *hp->lanes;
    hp->lanes = aligned_alloc(alignof(struct lane), bytes);
    if (!hp->lanes)
        return false;
    memset(hp->lanes, 0, bytes);
    for (uint32_t i = 0; i < queues * queues; i++) {
        struct lane *l = &hp->lanes[i];
        ring_init(&l->there, size);
        ring_init(&l->back, size);
        if (i / queues != i % queues && !(l->frames = calloc(2 * size, sizeof *l->frames)))
            return false;
    }
    return true;
}

int handover_wrap(struct wire_port *inner, const uint16_t owner[HANDOVER_PORTS], struct wire_port **out,
                  struct err *e)
{
    struct handover_port *hp = calloc(1, sizeof *hp);
    if (!hp)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "handover: no memory");
    hp->p = *inner;
    hp->p.ops = &handover_ops;
    hp->inner = inner;
    memcpy(hp->owner, owner, sizeof hp->owner);
    if (!make_lanes(hp)) {
        free_port(hp);
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "handover: no memory for %u queues",
                       inner->caps.queues);
    }
    *out = &hp->p;
    return 0;
}

static const struct wire_ops handover_ops = {
    .name = "handover",
    .port_close = handover_port_close,
    .queue_open = handover_queue_open,
    .queue_close = handover_queue_close,
    .rx = handover_rx,
    .rx_free = handover_rx_free,
    .tx_alloc = over_tx_alloc,
    .tx_alloc_long = over_tx_alloc_long,
    .tx_free = over_tx_free,
    .tx = over_tx,
    .flush = over_flush,
    .reap = over_reap,
    .wait = handover_wait,
    .fd = over_fd,
    .stats = handover_stats,
    .tick = over_tick,
};
