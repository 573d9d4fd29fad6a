/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What several workers on a device that deals frames as it likes cost, without the hop between cores: a
 * frame that arrived where it belongs, and one that changes hands and goes home, both ends on one thread.
 */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "bench/bench.h"
#include "bench/micro.h"
#include "wire/handover.h"

enum { QUEUES = 2, BATCH = 64, FRAME_BYTES = 130, FIRST_PORT = 10000 };

/* A device at whose first queue the same frames arrive for ever. */
struct source {
    struct wire_port port;
    struct wire_queue queues[QUEUES];
    uint8_t data[BATCH][FRAME_BYTES];
};

struct workers {
    struct source source;
    struct wire_port *port;
    struct wire_queue *q[QUEUES];
    uint16_t owner[HANDOVER_PORTS];
};

/* ---- the device ---- */

static uint32_t source_rx(struct wire_queue *q, struct frame *frames, uint32_t max)
{
    struct source *s = (struct source *)q->port;
    uint32_t n = q->index ? 0 : max < BATCH ? max : BATCH;
    for (uint32_t i = 0; i < n; i++)
        frames[i] = (struct frame){.data = s->data[i], .handle = i, .len = FRAME_BYTES};
    return n;
}

static void source_free(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    (void)q, (void)frames, (void)n;
}

static int source_open(struct wire_port *port, uint32_t index, struct wire_queue **out, struct err *e)
{
    (void)e;
    *out = &((struct source *)port)->queues[index];
    return 0;
}

static void source_close(struct wire_queue *q)
{
    (void)q;
}

static void source_port_close(struct wire_port *port)
{
    (void)port;
}

static const struct wire_ops source_ops = {
    .name = "source", .rx = source_rx, .rx_free = source_free, .queue_open = source_open,
    .queue_close = source_close, .port_close = source_port_close,
};

static void fill_source(struct source *s, uint16_t port)
{
    s->port = (struct wire_port){.ops = &source_ops, .caps = {.queues = QUEUES}};
    for (uint32_t i = 0; i < QUEUES; i++)
        s->queues[i] = (struct wire_queue){.ops = &source_ops, .port = &s->port, .index = i};
    for (uint32_t i = 0; i < BATCH; i++) {
        uint8_t *d = s->data[i];
        memcpy(d + 12, "\x08\x00\x45", 3);
        d[14 + 9] = 6;
        d[34 + 2] = (uint8_t)(port >> 8);
        d[34 + 3] = (uint8_t)port;
    }
}

/* ---- the workers ---- */

/* `queue`: whose all frames are. */
static bool open_workers(void *state, uint32_t queue)
{
    struct err e = {0};
    struct workers *w = state;
    w->owner[FIRST_PORT] = (uint16_t)queue;
    fill_source(&w->source, FIRST_PORT);
    int rc = handover_wrap(&w->source.port, w->owner, &w->port, &e);
    for (uint32_t i = 0; !rc && i < QUEUES; i++)
        rc = w->port->ops->queue_open(w->port, i, &w->q[i], &e);
    if (rc)
        fprintf(stderr, "bench: %s\n", e.message);
    return !rc;
}

static void close_workers(void *state)
{
    struct workers *w = state;
    for (uint32_t i = 0; i < QUEUES && w->q[i]; i++)
        w->q[i]->ops->queue_close(w->q[i]);
    if (w->port)
        w->port->ops->port_close(w->port);
}

static uint32_t take(struct wire_queue *q)
{
    struct frame f[BATCH];
    uint32_t n = q->ops->rx(q, f, BATCH);
    q->ops->rx_free(q, f, n);
    return n;
}

/* What changes hands comes to the second in two calls: half of a batch each. */
static void deal(void *state, uint32_t ops)
{
    struct workers *w = state;
    for (uint32_t done = 0; done < ops; done += BATCH) {
        MICRO_USE(take(w->q[0]));
        MICRO_USE(take(w->q[1]));
        MICRO_USE(take(w->q[1]));
    }
}

#define HANDOVER(name, whose)                                                                      \
    MICRO(name, .bytes = sizeof(struct workers), .open = open_workers, .chunk = deal,              \
          .close = close_workers, .size = whose, .ops = 64 * BATCH, .chunks = 500)
HANDOVER(handover_own, 0)
HANDOVER(handover_other, 1)

const struct bench micro_handover_benches[] = {
    {"micro_handover_own", MICRO_UNIT, "a frame looked at by handover that stays where it arrived", handover_own,
     GOOD_BY_UNIT},
    {"micro_handover_other", MICRO_UNIT, "a frame that changes hands and goes home, by one thread",
     handover_other, GOOD_BY_UNIT},
    {0},
};
