/* SPDX-License-Identifier: BSD-3-Clause */
/* Makes and frees what the two ports of a pair share. */
#include "wire/pair_port.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/units.h"

enum {
    LINE = 64,
    FRAME_BYTES = 2048, /* grown for a larger MTU */
    SKEW_BYTES = 128,   /* spreads the first lines of frames over the sets of a cache */
    LINK_BYTES = 22,    /* Ethernet header and two tags */
    SLACK = 64,         /* frames over its share that a side keeps before it gives some back */
    BURST = 64,
    DEFAULT_RING = 2048,
    DEFAULT_FRAMES = 4096,
};

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
    for (uint32_t i = 0; pair->areas && i < pair->queues; i++)
        area_unmap(pair->areas[i], pair->area_bytes);
    free(pair->areas);
    free(pair->ways);
    free(pair);
}

void pair_port_close(struct wire_port *port)
{
    struct pair_port *pp = (struct pair_port *)port;
    struct pair *pair = pp->pair;
    free_side(pp);
    if (atomic_fetch_sub(&pair->ports, 1) == 1)
        free_pair(pair);
}

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
        return err_set(e, EXIT_USAGE, -EINVAL, "wire pair: MTU %u: expected 68 to 65513", mtu);
    s->capacity = mtu + LINK_BYTES > FRAME_BYTES ? mtu + LINK_BYTES : FRAME_BYTES;
    s->stride = (s->capacity + SKEW_BYTES - 1) / SKEW_BYTES * SKEW_BYTES + SKEW_BYTES;
    s->empty_ring = round_up_power(2 * s->frames);
    return 0;
}

uint64_t pair_memory(const struct wire_config *cfg, uint16_t mtu)
{
    struct pair_sizes s = {0};
    struct err e = {0};
    return size_up(cfg, mtu, &s, &e) ? 0 : 2ull * s.queues * s.frames * s.stride;
}

static bool make_way(struct pair_way *w, const struct pair_sizes *s)
{
    ring_init(&w->full, s->ring);
    ring_init(&w->empty, s->empty_ring);
    w->full_slot = aligned_alloc(LINE, round_up_power(s->ring * 8 < LINE ? LINE : s->ring * 8));
    w->empty_slot = aligned_alloc(LINE, (size_t)s->empty_ring * 4);
    return w->full_slot && w->empty_slot;
}

static bool make_areas(struct pair *pair, const struct wire_config *cfg)
{
    pair->areas = calloc(pair->queues, sizeof *pair->areas);
    bool made = pair->areas;
    for (uint32_t i = 0; made && i < pair->queues; i++)
        made = (pair->areas[i] = area_map(pair->area_bytes, wire_cpu(cfg, i)));
    return made;
}

static struct pair *make_pair(const struct wire_config *cfg, const struct pair_sizes *s)
{
    struct pair *pair = calloc(1, sizeof *pair);
    if (!pair)
        return NULL;
    pair->queues = s->queues;
    pair->area_bytes = (size_t)2 * s->frames * s->stride;
    pair->ways = aligned_alloc(LINE, 2 * s->queues * sizeof *pair->ways);
    bool made = make_areas(pair, cfg) && pair->ways;
    if (pair->ways)
        memset(pair->ways, 0, 2 * s->queues * sizeof *pair->ways);
    for (uint32_t i = 0; made && i < 2 * s->queues; i++)
        made = make_way(&pair->ways[i], s);
    if (made)
        return pair;
    free_pair(pair);
    return NULL;
}

/* Frames `side * frames` and up of the queue's area start on this side. */
static bool make_queue(struct pair_port *pp, uint32_t side, uint32_t index,
                       const struct pair_sizes *s)
{
    struct pair_queue *p = &pp->queues[index];
    p->q = (struct wire_queue){.ops = &pair_ops, .port = &pp->p, .index = index};
    p->out = &pp->pair->ways[2 * index + side];
    p->in = &pp->pair->ways[2 * index + !side];
    p->frames = pp->pair->areas[index];
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
                 .burst = BURST,
                 .tx_slots = s->ring,
                 .cheap_flush = true,
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
    struct pair *pair = make_pair(cfg, &s);
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
