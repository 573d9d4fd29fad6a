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

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/ring.h"
#include "base/units.h"
#include "wire/area.h"

enum {
    LINE = 64,
    FRAME_BYTES = 2048, /* grown for a larger MTU */
    SKEW_BYTES = 128,   /* spreads the first lines of frames over the sets of a cache */
    LINK_BYTES = 18,    /* Ethernet header and one tag */
    HOT_LINES = 3,      /* prefetched a frame: headers and a small payload */
    PUBLISH = 64,
    SLACK = 64,
    DEFAULT_RING = 2048,
    DEFAULT_FRAMES = 4096,
    NAP_NS = 50000,
};

/* From one side to the other. */
struct way {
    struct ring full, empty;
    uint64_t *full_slot; /* index << 16 | len */
    uint32_t *empty_slot;
};

struct pair_queue {
    struct wire_queue q;
    struct way *out, *in;
    uint8_t *frames;
    uint32_t stride;
    uint16_t capacity;
    uint32_t pending; /* slots written and not published */
    struct lifo free;
    uint32_t share, high_water; /* above the mark, what exceeds the share goes to the other side */
    bool open;
    struct wire_stats stats;
};

struct pair {
    _Atomic uint32_t ports;
    uint32_t queues;
    uint8_t *area;
    size_t area_bytes;
    struct way *ways;
};

struct pair_port {
    struct wire_port p;
    struct pair *pair;
    struct pair_queue *queues;
};

static struct pair_queue *of(struct wire_queue *q)
{
    return (struct pair_queue *)q;
}

static inline uint8_t *frame_at(const struct pair_queue *p, uint32_t index)
{
    return p->frames + (size_t)index * p->stride;
}

static inline struct frame borrow(const struct pair_queue *p, uint32_t index, uint16_t len)
{
    return (struct frame){.data = frame_at(p, index), .handle = index, .len = len};
}

/* For writing: the side that read a frame is the one that fills it next. */
static inline void fetch(const uint8_t *data)
{
    for (uint32_t i = 0; i < HOT_LINES; i++)
        prefetch_write(data + i * LINE);
}

static uint32_t pair_rx(struct wire_queue *q, struct frame *frames, uint32_t max)
{
    struct pair_queue *p = of(q);
    struct ring *r = &p->in->full;
    uint32_t n = ring_ready(r, max);
    if (!n)
        return 0;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t slot = p->in->full_slot[ring_slot(r, r->cons.at + i)];
        frames[i] = borrow(p, (uint32_t)(slot >> 16), (uint16_t)slot);
        fetch(frames[i].data);
        bytes += frames[i].len;
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

static void take_returned(struct pair_queue *p, uint32_t want)
{
    struct ring *r = &p->in->empty;
    uint32_t n = ring_ready(r, want);
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
    if (p->free.count < n) {
        take_returned(p, n > SLACK ? n : SLACK);
        n = p->free.count < n ? p->free.count : n;
    }
    for (uint32_t i = 0; i < n; i++)
        frames[i] = borrow(p, lifo_pop(&p->free), p->capacity);
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
    uint32_t at = r->prod.at + p->pending;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < n; i++) {
        p->out->full_slot[ring_slot(r, at + i)] = (uint64_t)frames[i].handle << 16 | frames[i].len;
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

static void free_side(struct pair_port *pp)
{
    for (uint32_t i = 0; pp->queues && i < pp->pair->queues; i++)
        free(pp->queues[i].free.entry);
    free(pp->queues);
    free(pp);
}

static void free_pair(struct pair *pair)
{
    for (uint32_t i = 0; pair->ways && i < 2 * pair->queues; i++) {
        free(pair->ways[i].full_slot);
        free(pair->ways[i].empty_slot);
    }
    area_unmap(pair->area, pair->area_bytes);
    free(pair->ways);
    free(pair);
}

static void pair_port_close(struct wire_port *port)
{
    struct pair_port *pp = (struct pair_port *)port;
    struct pair *pair = pp->pair;
    free_side(pp);
    if (atomic_fetch_sub(&pair->ports, 1) == 1)
        free_pair(pair);
}

static const struct wire_ops pair_ops = {
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

/* What the configuration comes to. */
struct pair_sizes {
    uint32_t queues, ring, frames, capacity, stride, empty_ring;
};

static uint32_t round_up_power(uint32_t n)
{
    uint32_t power = 1;
    while (power < n)
        power *= 2;
    return power;
}

static int size_up(const struct wire_config *cfg, uint16_t mtu, struct pair_sizes *s, struct err *e)
{
    s->queues = cfg->queues ? cfg->queues : 1;
    s->ring = cfg->ring_size ? cfg->ring_size : DEFAULT_RING;
    s->frames = cfg->frames ? cfg->frames : DEFAULT_FRAMES;
    if (s->ring & (s->ring - 1) || s->ring > 1u << 20)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "wire pair: ring of %u frames: expected a power of two up to 1,048,576",
                       s->ring);
    if (s->frames < SLACK || s->frames > 1u << 20)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "wire pair: pool of %u frames: expected 64 to 1,048,576", s->frames);
    if (mtu < 68 || mtu > UINT16_MAX - LINK_BYTES)
        return err_set(e, EXIT_USAGE, -EINVAL, "wire pair: MTU %u: expected 68 to 65517", mtu);
    s->capacity = mtu + LINK_BYTES > FRAME_BYTES ? mtu + LINK_BYTES : FRAME_BYTES;
    s->stride = (s->capacity + SKEW_BYTES - 1) / SKEW_BYTES * SKEW_BYTES + SKEW_BYTES;
    s->empty_ring = round_up_power(2 * s->frames);
    return 0;
}

static bool make_way(struct way *w, const struct pair_sizes *s)
{
    ring_init(&w->full, s->ring);
    ring_init(&w->empty, s->empty_ring);
    w->full_slot = aligned_alloc(LINE, round_up_power(s->ring * 8 < LINE ? LINE : s->ring * 8));
    w->empty_slot = aligned_alloc(LINE, (size_t)s->empty_ring * 4);
    return w->full_slot && w->empty_slot;
}

static struct pair *make_pair(const struct pair_sizes *s)
{
    struct pair *pair = calloc(1, sizeof *pair);
    if (!pair)
        return NULL;
    pair->queues = s->queues;
    pair->area_bytes = (size_t)2 * s->queues * s->frames * s->stride;
    pair->area = area_map(pair->area_bytes);
    pair->ways = aligned_alloc(LINE, 2 * s->queues * sizeof *pair->ways);
    bool made = pair->area && pair->ways;
    if (pair->ways)
        memset(pair->ways, 0, 2 * s->queues * sizeof *pair->ways);
    for (uint32_t i = 0; made && i < 2 * s->queues; i++)
        made = make_way(&pair->ways[i], s);
    if (made)
        return pair;
    free_pair(pair);
    return NULL;
}

/* Frames `side * frames` and up of the queue's own part of the area start on this side. */
static bool make_queue(struct pair_port *pp, uint32_t side, uint32_t index,
                       const struct pair_sizes *s)
{
    struct pair_queue *p = &pp->queues[index];
    p->q = (struct wire_queue){.ops = &pair_ops, .port = &pp->p, .index = index};
    p->out = &pp->pair->ways[2 * index + side];
    p->in = &pp->pair->ways[2 * index + !side];
    p->frames = pp->pair->area + (size_t)2 * index * s->frames * s->stride;
    p->stride = s->stride;
    p->capacity = (uint16_t)s->capacity;
    p->share = s->frames;
    p->high_water = s->frames + (s->frames / 4 < SLACK ? s->frames / 4 : SLACK);
    p->free.entry = malloc((size_t)2 * s->frames * sizeof *p->free.entry);
    for (uint32_t i = 0; p->free.entry && i < s->frames; i++)
        lifo_push(&p->free, side * s->frames + s->frames - 1 - i);
    return p->free.entry;
}

static struct pair_port *make_side(struct pair *pair, uint32_t side, uint16_t mtu,
                                   const struct pair_sizes *s)
{
    struct pair_port *pp = calloc(1, sizeof *pp);
    if (!pp)
        return NULL;
    pp->pair = pair;
    pp->p = (struct wire_port){
        .ops = &pair_ops,
        .mac = {0x02, 'w', 'b', 0, 0, (uint8_t)(side + 1)},
        .caps = {.mtu = mtu,
                 .queues = (uint16_t)s->queues,
                 .burst = 64,
                 .tx_slots = s->ring,
                 .busy_wire = true,
                 .driver = "pair",
                 .detail = "rings in memory; frames are handed over, not copied"},
    };
    size_t bytes = (s->queues * sizeof *pp->queues + LINE - 1) / LINE * LINE;
    pp->queues = aligned_alloc(LINE, bytes);
    bool made = pp->queues;
    if (made)
        memset(pp->queues, 0, bytes);
    for (uint32_t i = 0; made && i < s->queues; i++)
        made = make_queue(pp, side, i, s);
    if (made)
        return pp;
    free_side(pp);
    return NULL;
}

static int no_memory(const struct pair_sizes *s, struct err *e)
{
    char size[32];
    uint64_t bytes = (uint64_t)2 * s->queues * s->frames * s->stride;
    return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "wire pair: no memory for %s of frames",
                   units_format_bytes(size, sizeof size, bytes));
}

int pair_open(const struct wire_config *cfg, uint16_t mtu, struct wire_port *out[2], struct err *e)
{
    struct pair_sizes s;
    int ret = size_up(cfg, mtu, &s, e);
    if (ret)
        return ret;
    struct pair *pair = make_pair(&s);
    if (!pair)
        return no_memory(&s, e);
    struct pair_port *a = make_side(pair, 0, mtu, &s), *b = make_side(pair, 1, mtu, &s);
    if (!a || !b) {
        if (a)
            free_side(a);
        if (b)
            free_side(b);
        free_pair(pair);
        return no_memory(&s, e);
    }
    atomic_init(&pair->ports, 2);
    out[0] = &a->p;
    out[1] = &b->p;
    return 0;
}
