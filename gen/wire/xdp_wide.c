/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The queues of the xdp wire where the MTU is larger than a chunk (jumbo frames). The kernel takes chunks of
 * a page at most, and a frame as several of them, all but the last with XDP_PKT_CONTD. Users know nothing
 * of that: a frame is one piece of memory.
 *
 * The umem has two parts. Chunks are what the kernel receives into. Behind them lie places of as many
 * chunks as the largest frame takes: a frame to send is written into one and handed over chunk by chunk,
 * without a copy; one that arrived in several chunks is copied into one and its chunks are free again.
 * What arrived in one chunk is lent as it is.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wire/xdp_port.h"

#ifndef XDP_PKT_CONTD
#define XDP_PKT_CONTD (1 << 0) /* Linux 6.6 */
#endif

struct xdp_wide {
    uint32_t first, bytes; /* of the area: where places begin, and what one takes */
    struct lifo free;
    uint8_t *left;         /* of each place: chunks that the kernel has not sent yet */
};

static struct xdp_queue *of(struct wire_queue *q)
{
    return (struct xdp_queue *)q;
}

/* ---- places ---- */

static uint32_t place_of(const struct xdp_wide *w, uint32_t handle)
{
    return (handle - w->first) / w->bytes;
}

static void release(struct xdp_queue *x, uint32_t handle)
{
    struct xdp_wide *w = x->wide;
    if (handle < w->first)
        lifo_push(&x->free, xdp_chunk_of(x, handle));
    else
        lifo_push(&w->free, place_of(w, handle));
}

/* The last chunk of a place frees it. */
static void chunk_sent(struct xdp_queue *x, uint32_t addr)
{
    struct xdp_wide *w = x->wide;
    if (addr < w->first || --w->left[place_of(w, addr)] == 0)
        release(x, addr);
}

static void reap_completed(struct xdp_queue *x)
{
    uint32_t at, n = xsk_ring_cons__peek(&x->r.comp, x->r.comp.size, &at);
    if (!n)
        return;
    for (uint32_t i = 0; i < n; i++)
        chunk_sent(x, (uint32_t)*xsk_ring_cons__comp_addr(&x->r.comp, at + i));
    xsk_ring_cons__release(&x->r.comp, n);
    xdp_top_up_fill(x);
}

static void wide_free(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        release(of(q), frames[i].handle);
    xdp_top_up_fill(of(q));
}

static struct frame borrow(const struct xdp_queue *x, uint32_t place)
{
    const struct xdp_wide *w = x->wide;
    uint32_t addr = w->first + place * w->bytes + xdp_skew(place);
    return frame_of(x->area + addr, addr, w->bytes - XDP_SKEW_MAX);
}

static uint32_t wide_tx_alloc(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct lifo *free = &of(q)->wide->free;
    if (free->count < n)
        reap_completed(of(q));
    n = free->count < n ? free->count : n;
    for (uint32_t i = 0; i < n; i++)
        frames[i] = borrow(of(q), lifo_pop(free));
    return n;
}

/* ---- receive ---- */

/* Chunks of the frame that begins at `at`; 0: its end is not among the `n` that are there. */
static uint32_t chunks_of(const struct xdp_queue *x, uint32_t at, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (!(xsk_ring_cons__rx_desc(&x->r.rx, at + i)->options & XDP_PKT_CONTD))
            return i + 1;
    return 0;
}

static struct frame lend(const struct xdp_queue *x, const struct xdp_desc *d)
{
    struct frame f = frame_of(x->area + d->addr, (uint32_t)d->addr, d->len);
    if (x->stamped)
        xdp_read_stamps(&f, 1);
    return f;
}

/* Into a place; its chunks are free then. False: it is longer than any frame of ours may be. */
static bool join(struct xdp_queue *x, uint32_t at, uint32_t chunks, struct frame *to)
{
    uint32_t len = 0, room = to->len;
    to->stamp_ns = lend(x, xsk_ring_cons__rx_desc(&x->r.rx, at)).stamp_ns;
    for (uint32_t i = 0; i < chunks; i++) {
        const struct xdp_desc *d = xsk_ring_cons__rx_desc(&x->r.rx, at + i);
        if (len + d->len <= room)
            memcpy(to->data + len, x->area + d->addr, d->len);
        len += d->len;
        release(x, (uint32_t)d->addr);
    }
    to->len = (uint16_t)len;
    return len <= room;
}

/* False: no place is free, the frame waits. `taken` stays 0 for one that is dropped. */
static bool take(struct xdp_queue *x, uint32_t at, uint32_t chunks, struct frame *to, uint32_t *taken)
{
    *taken = 1;
    if (chunks == 1)
        *to = lend(x, xsk_ring_cons__rx_desc(&x->r.rx, at));
    else if (wide_tx_alloc(&x->q, to, 1) == 0)
        return false;
    else if (!join(x, at, chunks, to)) {
        release(x, to->handle);
        x->stats.rx_invalid++;
        *taken = 0;
    }
    x->stats.rx_bytes += *taken ? to->len : 0;
    return true;
}

static uint32_t wide_rx(struct wire_queue *q, struct frame *frames, uint32_t max)
{
    struct xdp_queue *x = of(q);
    uint32_t at, there = xsk_ring_cons__peek(&x->r.rx, x->r.rx.size, &at), done = 0, n = 0;
    if (!there) {
        xdp_look(x);
        there = xsk_ring_cons__peek(&x->r.rx, x->r.rx.size, &at);
    }
    if (!there)
        return 0;
    while (n < max) {
        uint32_t chunks = chunks_of(x, at + done, there - done), taken;
        if (!chunks || !take(x, at + done, chunks, &frames[n], &taken))
            break;
        done += chunks;
        n += taken;
    }
    xsk_ring_cons__cancel(&x->r.rx, there - done);
    xsk_ring_cons__release(&x->r.rx, done);
    xdp_top_up_fill(x);
    x->stats.rx_frames += n;
    return n;
}

/* ---- transmit ---- */

/* No descriptor may cross the end of a chunk. */
static uint32_t send_chunks(struct xdp_queue *x, const struct frame *f)
{
    uint32_t mask = x->chunk_bytes - 1, at = 0, addr = f->handle, left = f->len;
    uint32_t chunks = ((addr & mask) + left + mask) / x->chunk_bytes;
    if (xsk_ring_prod__reserve(&x->r.tx, chunks, &at) != chunks)
        return 0;
    if (addr >= x->wide->first)
        x->wide->left[place_of(x->wide, addr)] = (uint8_t)chunks;
    for (uint32_t i = 0; i < chunks; i++) {
        uint32_t room = x->chunk_bytes - (addr & mask), len = left < room ? left : room;
        left -= len;
        *xsk_ring_prod__tx_desc(&x->r.tx, at + i) =
            (struct xdp_desc){.addr = addr, .len = len, .options = left ? XDP_PKT_CONTD : 0};
        addr += len;
    }
    return chunks;
}

static uint32_t wide_tx(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct xdp_queue *x = of(q);
    uint32_t sent = 0, chunks = 0, more;
    while (sent < n && (more = send_chunks(x, &frames[sent])) > 0) {
        x->stats.tx_bytes += frames[sent++].len;
        chunks += more;
    }
    if (chunks)
        xsk_ring_prod__submit(&x->r.tx, chunks);
    x->stats.tx_frames += sent;
    return sent;
}

static void wide_flush(struct wire_queue *q)
{
    if (xdp_kick_all(of(q)))
        reap_completed(of(q));
}

/* ---- life ---- */

uint64_t xdp_wide_bytes(const struct xdp_sizes *s)
{
    return s->parts > 1 ? (uint64_t)s->frames * s->parts * s->chunk_bytes : 0;
}

int xdp_wide_open(struct xdp_queue *xq, const struct xdp_sizes *s)
{
    struct xdp_wide *w = xq->wide = calloc(1, sizeof *w);
    if (!w)
        return -ENOMEM;
    *w = (struct xdp_wide){.first = s->frames * s->chunk_bytes, .bytes = s->parts * s->chunk_bytes};
    w->free.entry = malloc(s->frames * sizeof *w->free.entry);
    w->left = calloc(s->frames, sizeof *w->left);
    if (!w->free.entry || !w->left)
        return -ENOMEM;
    for (uint32_t i = s->frames; i > 0; i--)
        lifo_push(&w->free, i - 1);
    return 0;
}

void xdp_wide_close(struct xdp_queue *xq)
{
    if (!xq->wide)
        return;
    free(xq->wide->free.entry);
    free(xq->wide->left);
    free(xq->wide);
}

const struct wire_ops xdp_wide_ops = {
    .name = "xdp",
    .port_close = xdp_port_close,
    .queue_open = xdp_queue_open,
    .queue_close = xdp_queue_close,
    .rx = wide_rx,
    .rx_free = wide_free,
    .tx_alloc = wide_tx_alloc,
    .tx_free = wide_free,
    .tx = wide_tx,
    .flush = wide_flush,
    .reap = xdp_reap,
    .wait = xdp_wait,
    .fd = xdp_fd,
    .stats = xdp_stats,
};
