/* SPDX-License-Identifier: BSD-3-Clause */
#include "virtual_link.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static struct link_end *end_of(struct wire_queue *q)
{
    return (struct link_end *)q;
}

static bool before(const struct link_flight *a, const struct link_flight *b)
{
    return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->order < b->order;
}

static void swap(struct link_flight *a, struct link_flight *b)
{
    struct link_flight kept = *a;
    *a = *b;
    *b = kept;
}

static void push(struct link_end *e, struct link_flight f)
{
    uint32_t at = e->count++;
    for (e->heap[at] = f; at && before(&e->heap[at], &e->heap[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&e->heap[at], &e->heap[(at - 1) / 2]);
}

static struct link_flight pop(struct link_end *e)
{
    struct link_flight first = e->heap[0];
    e->heap[0] = e->heap[--e->count];
    for (uint32_t at = 0, child; (child = 2 * at + 1) < e->count; at = child) {
        if (child + 1 < e->count && before(&e->heap[child + 1], &e->heap[child]))
            child++;
        if (!before(&e->heap[child], &e->heap[at]))
            break;
        swap(&e->heap[child], &e->heap[at]);
    }
    return first;
}

static uint32_t link_rx(struct wire_queue *q, struct frame *frames, uint32_t max)
{
    struct link_end *e = end_of(q);
    uint32_t n = 0;
    while (n < max && e->count && e->heap[0].at_ns <= e->link->now_ns) {
        struct link_flight f = pop(e);
        frames[n++] = (struct frame){.data = e->link->bytes[f.buffer], .handle = f.buffer,
                                     .len = f.len};
    }
    return n;
}

/* A buffer goes to an end's account, or to nobody's (2). */
static uint32_t take_buffer(struct link *l, uint32_t end)
{
    uint32_t buffer = l->free[--l->free_count];
    l->owner[buffer] = (uint8_t)(end + 1);
    if (end < 2)
        l->out[end]++;
    return buffer;
}

static void free_buffer(struct link *l, uint32_t buffer)
{
    uint32_t end = l->owner[buffer] - 1u;
    if (end < 2)
        l->out[end]--;
    l->owner[buffer] = 0;
    l->free[l->free_count++] = buffer;
}

static void give_back(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct link *l = end_of(q)->link;
    for (uint32_t i = 0; i < n; i++)
        free_buffer(l, frames[i].handle);
    assert(l->free_count <= LINK_FRAMES);
}

static uint32_t link_tx_alloc(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct link *l = end_of(q)->link;
    uint32_t end = (uint32_t)(end_of(q) - l->ends);
    uint32_t room = l->cfg.frames_each ? l->cfg.frames_each - l->out[end] : l->free_count;
    room = room < l->free_count ? room : l->free_count;
    uint32_t got = n < room ? n : room;
    for (uint32_t i = 0; i < got; i++) {
        uint32_t buffer = take_buffer(l, end);
        frames[i] = (struct frame){.data = l->bytes[buffer], .handle = buffer,
                                   .len = LINK_FRAME_BYTES};
    }
    return got;
}

static bool chance(struct link *l, double p, uint64_t *count)
{
    bool hit = p > 0 && rng_f64(&l->rng) < p;
    *count += hit;
    return hit;
}

static void send_one(struct link *l, struct link_end *to, uint32_t buffer, uint16_t len)
{
    struct link_flight f = {.at_ns = l->now_ns + l->cfg.delay_ns, .order = l->order++,
                            .buffer = buffer, .len = len};
    if (chance(l, l->cfg.reorder, &l->reordered))
        f.at_ns += 1 + rng_below(&l->rng, l->cfg.reorder_ns);
    if (chance(l, l->cfg.corrupt, &l->corrupted)) {
        uint64_t bit = rng_below(&l->rng, len * 8u);
        l->bytes[buffer][bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    push(to, f);
}

static uint32_t link_tx(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct link_end *e = end_of(q);
    struct link *l = e->link;
    struct link_end *to = &l->ends[e == &l->ends[0]];
    for (uint32_t i = 0; i < n; i++) {
        const struct frame *f = &frames[i];
        assert(f->len <= LINK_FRAME_BYTES);
        if (l->tap && !l->tap(l->tap_ctx, (int)(to - l->ends), f->data, f->len)) {
            l->swallowed++;
            free_buffer(l, f->handle);
            continue;
        }
        if (l->free_count && chance(l, l->cfg.duplicate, &l->duplicated)) {
            uint32_t copy = take_buffer(l, 2);
            memcpy(l->bytes[copy], f->data, f->len);
            send_one(l, to, copy, f->len);
        }
        if (chance(l, l->cfg.loss, &l->lost))
            free_buffer(l, f->handle);
        else
            send_one(l, to, f->handle, f->len);
    }
    return n;
}

static void link_flush(struct wire_queue *q)
{
    (void)q;
}

/* So that a wire may be wrapped around an end; the link stays whoever's it is. */
static int link_queue_open(struct wire_port *port, uint32_t index, struct wire_queue **out,
                           struct err *e)
{
    (void)index, (void)e;
    *out = &((struct link_end *)((char *)port - offsetof(struct link_end, port)))->queue;
    return 0;
}

static void link_queue_close(struct wire_queue *q)
{
    (void)q;
}

static void link_port_close(struct wire_port *port)
{
    (void)port;
}

static const struct wire_ops link_ops = {
    .name = "virtual",
    .port_close = link_port_close,
    .queue_open = link_queue_open,
    .queue_close = link_queue_close,
    .rx = link_rx,
    .rx_free = give_back,
    .tx_alloc = link_tx_alloc,
    .tx_free = give_back,
    .tx = link_tx,
    .flush = link_flush,
};

struct link *link_open(const struct link_config *cfg)
{
    struct link *l = calloc(1, sizeof *l);
    l->cfg = *cfg;
    rng_seed(&l->rng, cfg->seed);
    for (uint32_t i = 0; i < LINK_FRAMES; i++)
        l->free[l->free_count++] = i;
    for (uint8_t i = 0; i < 2; i++) {
        struct link_end *e = &l->ends[i];
        e->link = l;
        e->port = (struct wire_port){.ops = &link_ops, .caps = {.mtu = 1500}, .mac = {2, 0, 0, 0, 0, i}};
        e->queue = (struct wire_queue){.ops = &link_ops, .port = &e->port};
    }
    return l;
}

void link_close(struct link *l)
{
    free(l);
}

bool link_inject(struct link *l, int to, const uint8_t *data, uint32_t len)
{
    if (!l->free_count)
        return false;
    uint32_t buffer = take_buffer(l, 2);
    memcpy(l->bytes[buffer], data, len);
    push(&l->ends[to], (struct link_flight){.at_ns = l->now_ns, .order = l->order++,
                                            .buffer = buffer, .len = (uint16_t)len});
    return true;
}

uint64_t link_next_ns(const struct link *l)
{
    uint64_t next = UINT64_MAX;
    for (int i = 0; i < 2; i++)
        if (l->ends[i].count && l->ends[i].heap[0].at_ns < next)
            next = l->ends[i].heap[0].at_ns;
    return next;
}
