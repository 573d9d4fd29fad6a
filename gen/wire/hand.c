/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/hand.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

/* Frames of one direction, first in first out; each slot has its room. */
struct line {
    uint8_t *room;
    struct frame frames[HAND_FRAMES];
    uint32_t head, tail;
};

struct hand {
    struct wire_queue q; /* first: a queue is a hand */
    struct wire_port port;
    struct line in, out;
    uint32_t lent; /* slots of `out` behind its tail that the user holds */
};

static struct hand *of(struct wire_queue *q)
{
    return (struct hand *)q;
}

static uint8_t *room(const struct line *l, uint32_t at)
{
    return l->room + (size_t)(at % HAND_FRAMES) * HAND_FRAME_BYTES;
}

static uint32_t hand_rx(struct wire_queue *q, struct frame *frames, uint32_t max)
{
    struct line *in = &of(q)->in;
    uint32_t n = 0;
    while (n < max && in->head != in->tail)
        frames[n++] = in->frames[in->head++ % HAND_FRAMES];
    return n;
}

static void hand_rx_free(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    (void)q, (void)frames, (void)n;
}

static uint32_t hand_tx_alloc(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct hand *h = of(q);
    uint32_t got = 0;
    while (got < n && h->out.tail + h->lent - h->out.head < HAND_FRAMES) {
        uint32_t at = h->out.tail + h->lent++;
        frames[got++] = (struct frame){.data = room(&h->out, at), .len = UINT16_MAX, .handle = at};
    }
    return got;
}

/* Always those lent last: the stack sends in order and gives back the rest. */
static void hand_tx_free(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    (void)frames;
    of(q)->lent -= n;
}

static uint32_t hand_tx(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct hand *h = of(q);
    for (uint32_t i = 0; i < n; i++)
        h->out.frames[h->out.tail++ % HAND_FRAMES] = frames[i];
    h->lent -= n;
    return n;
}

static void hand_flush(struct wire_queue *q)
{
    (void)q;
}

static uint32_t hand_reap(struct wire_queue *q, struct wire_stamp *stamps, uint32_t max)
{
    (void)q, (void)stamps, (void)max;
    return 0;
}

static void hand_stats(struct wire_queue *q, struct wire_stats *out)
{
    (void)q;
    *out = (struct wire_stats){0};
}

static const struct wire_ops hand_ops = {
    .name = "hand",
    .rx = hand_rx,
    .rx_free = hand_rx_free,
    .tx_alloc = hand_tx_alloc,
    .tx_free = hand_tx_free,
    .tx = hand_tx,
    .flush = hand_flush,
    .reap = hand_reap,
    .stats = hand_stats,
};

struct hand *hand_open(uint16_t mtu, const uint8_t mac[6], struct err *e)
{
    struct hand *h = calloc(1, sizeof *h);
    uint8_t *rooms = malloc((size_t)2 * HAND_FRAMES * HAND_FRAME_BYTES);
    if (!h || !rooms) {
        free(h);
        free(rooms);
        err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "no memory for the frames of a replay");
        return NULL;
    }
    h->in.room = rooms;
    h->out.room = rooms + (size_t)HAND_FRAMES * HAND_FRAME_BYTES;
    h->port = (struct wire_port){.ops = &hand_ops, .caps = {.mtu = mtu, .queues = 1}};
    memcpy(h->port.mac, mac, sizeof h->port.mac);
    h->q = (struct wire_queue){.ops = &hand_ops, .port = &h->port};
    return h;
}

void hand_close(struct hand *h)
{
    if (h)
        free(h->in.room);
    free(h);
}

struct wire_queue *hand_queue(struct hand *h)
{
    return &h->q;
}

bool hand_give(struct hand *h, const void *data, uint32_t len, uint16_t flags)
{
    struct line *in = &h->in;
    if (in->tail - in->head == HAND_FRAMES || len > UINT16_MAX)
        return false;
    uint8_t *to = room(in, in->tail);
    memcpy(to, data, len);
    in->frames[in->tail++ % HAND_FRAMES] = (struct frame){.data = to, .len = (uint16_t)len, .flags = flags};
    return true;
}

const struct frame *hand_take(struct hand *h)
{
    struct line *out = &h->out;
    return out->head == out->tail ? NULL : &out->frames[out->head++ % HAND_FRAMES];
}

bool hand_waits(const struct hand *h)
{
    return h->out.head != h->out.tail;
}
