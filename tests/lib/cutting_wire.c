/* SPDX-License-Identifier: BSD-3-Clause */
#include "cutting_wire.h"

#include <assert.h>
#include <stdlib.h>

#include "net/complete.h"
#include "net/cut.h"
#include "wire/over.h"

#define LONG_HANDLE 0x80000000u /* others are the inner wire's */

static struct cutting *of(struct wire_queue *q)
{
    return (struct cutting *)q;
}

static uint32_t cutting_rx(struct wire_queue *q, struct frame *frames, uint32_t max)
{
    uint32_t n = q->inner->ops->rx(q->inner, frames, max);
    for (uint32_t i = 0; of(q)->open && i < n; i++)
        frames[i].flags |= FRAME_CSUM_OK | FRAME_CSUM_PARTIAL;
    return n;
}

static uint32_t cutting_tx_alloc_long(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct cutting *c = of(q);
    uint32_t got = 0;
    for (uint32_t i = 0; i < CUTTING_LONG && got < n; i++)
        if (!(c->lent >> i & 1)) {
            c->lent |= 1u << i;
            frames[got++] = frame_of(c->bytes + (size_t)i * CUTTING_BYTES, LONG_HANDLE | i, CUTTING_BYTES);
        }
    return got;
}

static void cutting_tx_free(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct cutting *c = of(q);
    for (uint32_t i = 0; i < n; i++)
        if (frames[i].handle & LONG_HANDLE)
            c->lent &= ~(1u << (frames[i].handle & ~LONG_HANDLE));
        else
            c->q.inner->ops->tx_free(c->q.inner, &frames[i], 1);
}

static void send_whole(struct cutting *c, struct frame *f)
{
    bool wanted = f->flags & FRAME_TX_CSUM && !c->open;
    bool completed = wanted && net_complete(f->data, f->len);
    assert(completed == wanted);
    (void)completed;
    f->flags = f->mss = f->l4_off = 0;
    uint32_t sent = c->q.inner->ops->tx(c->q.inner, f, 1);
    assert(sent == 1);
    (void)sent;
}

/* The field of a long frame holds the sum of the pseudo-header without the length: a device adds each
 * segment's. Here a segment's sum is made from its addresses, and the frame's only looked at. */
static void send_cut(struct cutting *c, const struct frame *f)
{
    struct frame part;
    for (uint32_t i = 0, len; (len = net_tcp_cut(NULL, f->data, f->len, f->mss, i)) > 0; i++) {
        uint32_t got = c->q.inner->ops->tx_alloc(c->q.inner, &part, 1);
        assert(got == 1 && len <= part.len);
        (void)got;
        part.len = (uint16_t)net_tcp_cut(part.data, f->data, f->len, f->mss, i);
        part.flags = FRAME_TX_CSUM;
        send_whole(c, &part);
    }
    c->cut++;
}

static uint32_t cutting_tx(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        assert(!(frames[i].flags & FRAME_TSO) == !(frames[i].handle & LONG_HANDLE));
        if (!(frames[i].flags & FRAME_TSO)) {
            send_whole(of(q), &frames[i]);
            continue;
        }
        send_cut(of(q), &frames[i]);
        cutting_tx_free(q, &frames[i], 1);
    }
    return n;
}

static const struct wire_ops cutting_ops = {
    .name = "cutting",
    .rx = cutting_rx,
    .rx_free = over_rx_free,
    .tx_alloc = over_tx_alloc,
    .tx_alloc_long = cutting_tx_alloc_long,
    .tx_free = cutting_tx_free,
    .tx = cutting_tx,
    .flush = over_flush,
};

void cutting_open(struct cutting *c, struct wire_queue *inner)
{
    *c = (struct cutting){.port = *inner->port};
    c->port.ops = &cutting_ops;
    c->port.caps.tx_csum = true;
    c->port.caps.tso_bytes = CUTTING_BYTES;
    c->q = (struct wire_queue){.ops = &cutting_ops, .port = &c->port, .index = inner->index,
                                .inner = inner};
    c->bytes = malloc((size_t)CUTTING_LONG * CUTTING_BYTES);
    assert(c->bytes);
}

void cutting_close(struct cutting *c)
{
    assert(!c->lent);
    free(c->bytes);
}
