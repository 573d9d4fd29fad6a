/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The queues of the xdp wire. A chunk of the umem is always in exactly one place: our free list,
 * one of the four rings (fill and rx on the way in, tx and completion on the way out), or lent to
 * the user. One LIFO list feeds both directions; the fill ring is topped up from it first, so that
 * transmitting cannot starve reception.
 *
 * A frame's handle is the address of its data in the umem. Received frames may therefore go to tx
 * as they are.
 */
#include "wire/xdp.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/err.h"
#include "wire/xdp_filter.h"
#include "wire/xdp_port.h"

/* Newer than the headers that we build with. */
#ifndef XDP_TX_METADATA
#define XDP_TX_METADATA (1 << 1) /* Linux 6.8 */
#endif

enum {
    STUCK_KICKS = 8, /* kicks in a row that moved nothing before flush leaves the rest */
    POLLED_NAP_NS = 50000,
    CLOSE_NAP_NS = 1000000,
    CLOSE_NAPS = 500, /* in a row, in which nothing moved, before a queue closes over frames not taken */
};

enum kicked {
    KICK_WELL,
    KICK_AGAIN,   /* the budget of frames a call was used up (EAGAIN), or there was no room (EBUSY, ENOBUFS) */
    KICK_REFUSED, /* the device is down or gone */
};

static struct xdp_queue *of(struct wire_queue *q)
{
    return (struct xdp_queue *)q;
}

/* ---- free frames ---- */

void xdp_top_up_fill(struct xdp_queue *x)
{
    uint32_t at, n = x->free.count;
    uint32_t room = xsk_prod_nb_free(&x->r.fill, n);
    n = n < room ? n : room;
    if (!n || xsk_ring_prod__reserve(&x->r.fill, n, &at) != n)
        return;
    for (uint32_t i = 0; i < n; i++)
        *xsk_ring_prod__fill_addr(&x->r.fill, at + i) = lifo_pop(&x->free);
    xsk_ring_prod__submit(&x->r.fill, n);
}

static void reap_completed(struct xdp_queue *x)
{
    uint32_t at, n = xsk_ring_cons__peek(&x->r.comp, x->r.comp.size, &at);
    if (!n)
        return;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t addr = (uint32_t)*xsk_ring_cons__comp_addr(&x->r.comp, at + i);
        if (x->departures)
            xdp_departures_note(x, addr);
        lifo_push(&x->free, xdp_chunk_of(x, addr));
    }
    xsk_ring_cons__release(&x->r.comp, n);
    xdp_top_up_fill(x);
}

static void xdp_free(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct xdp_queue *x = of(q);
    for (uint32_t i = 0; i < n; i++)
        lifo_push(&x->free, xdp_chunk_of(x, frames[i].handle));
    xdp_top_up_fill(x);
}

static void xdp_tx_free(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct xdp_queue *x = of(q);
    for (uint32_t i = 0; i < n; i++)
        lifo_push(&x->free, xdp_chunk_of(x, frames[i].handle));
}

/* ---- receive ---- */

void xdp_look(struct xdp_queue *x)
{
    if (xsk_ring_prod__needs_wakeup(&x->r.fill))
        recvfrom(x->r.fd, NULL, 0, MSG_DONTWAIT, NULL, NULL);
    if (x->napi.fd >= 0) {
        xdp_top_up_fill(x); /* what finds no chunk there is lost */
        xdp_napi_run(x);
    }
}

/* One that the program could put nothing in front of has whatever its chunk held before. */
void xdp_read_stamps(struct frame *frames, uint32_t n)
{
    struct xdp_stamp s;
    for (uint32_t i = 0; i < n; i++) {
        memcpy(&s, frames[i].data - sizeof s, sizeof s);
        frames[i].stamp_ns = (s.ns ^ XDP_STAMP_MARK) == s.mark ? s.ns : 0;
    }
}

static uint32_t xdp_rx(struct wire_queue *q, struct frame *frames, uint32_t max)
{
    struct xdp_queue *x = of(q);
    uint32_t at, n = xsk_ring_cons__peek(&x->r.rx, max, &at);
    if (!n) {
        xdp_look(x);
        n = xsk_ring_cons__peek(&x->r.rx, max, &at);
    }
    if (!n)
        return 0;
    for (uint32_t i = 0; i < n; i++) {
        const struct xdp_desc *d = xsk_ring_cons__rx_desc(&x->r.rx, at + i);
        frames[i] = frame_of(x->area + d->addr, (uint32_t)d->addr, d->len);
        __builtin_prefetch(frames[i].data);
        __builtin_prefetch(frames[i].data + 64);
        x->stats.rx_bytes += d->len;
    }
    xsk_ring_cons__release(&x->r.rx, n);
    if (x->stamped)
        xdp_read_stamps(frames, n);
    x->stats.rx_frames += n;
    return n;
}

/* ---- transmit ---- */

static inline struct frame borrow(const struct xdp_queue *x, uint32_t chunk)
{
    uint32_t addr = chunk + x->lead_bytes + xdp_skew(chunk / x->chunk_bytes);
    return frame_of(x->area + addr, addr, x->chunk_bytes - XDP_SKEW_MAX);
}

static uint32_t xdp_tx_alloc(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct xdp_queue *x = of(q);
    if (x->free.count < n)
        reap_completed(x);
    n = x->free.count < n ? x->free.count : n;
    for (uint32_t i = 0; i < n; i++)
        frames[i] = borrow(x, lifo_pop(&x->free));
    return n;
}

static uint32_t xdp_tx(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct xdp_queue *x = of(q);
    uint32_t at, room = xsk_prod_nb_free(&x->r.tx, n);
    n = n < room ? n : room;
    if (!n || xsk_ring_prod__reserve(&x->r.tx, n, &at) != n)
        return 0;
    for (uint32_t i = 0; i < n; i++) {
        *xsk_ring_prod__tx_desc(&x->r.tx, at + i) = (struct xdp_desc){
            .addr = frames[i].handle, .len = frames[i].len, .options = x->departures ? XDP_TX_METADATA : 0};
        if (x->departures)
            xdp_departures_ask(x, frames[i].handle);
        x->stats.tx_bytes += frames[i].len;
    }
    xsk_ring_prod__submit(&x->r.tx, n);
    x->stats.tx_frames += n;
    return n;
}

static inline uint32_t taken(const struct xdp_queue *x)
{
    return __atomic_load_n(x->r.tx.consumer, __ATOMIC_ACQUIRE);
}

static enum kicked kick(struct xdp_queue *x)
{
    x->stats.kicks++;
    if (sendto(x->r.fd, NULL, 0, MSG_DONTWAIT, NULL, 0) >= 0)
        return KICK_WELL;
    if (errno != EAGAIN && errno != EBUSY && errno != ENOBUFS)
        return KICK_REFUSED;
    x->stats.kick_again++;
    return KICK_AGAIN;
}

bool xdp_kick_all(struct xdp_queue *x)
{
    uint32_t before = taken(x), stuck = 0;
    if (before == x->r.tx.cached_prod)
        return false;
    while (xsk_ring_prod__needs_wakeup(&x->r.tx) && kick(x) == KICK_AGAIN && stuck < STUCK_KICKS) {
        uint32_t now = taken(x);
        if (now == x->r.tx.cached_prod)
            break;
        stuck = now == before ? stuck + 1 : 0;
        before = now;
    }
    return true;
}

static void xdp_tick(struct wire_queue *q, uint64_t now_ns)
{
    if (of(q)->departures)
        of(q)->departures->now_ns = now_ns;
}

static void xdp_flush(struct wire_queue *q)
{
    if (of(q)->departures)
        xdp_departures_hand(of(q));
    if (xdp_kick_all(of(q)))
        reap_completed(of(q));
}

/* Nothing wakes who waits at a polled queue: it is to be looked at again soon. */
void xdp_wait(struct wire_queue *q, uint64_t timeout_ns)
{
    if (of(q)->napi.fd >= 0 && timeout_ns > POLLED_NAP_NS)
        timeout_ns = POLLED_NAP_NS;
    struct pollfd fd = {.fd = of(q)->r.fd, .events = POLLIN};
    struct timespec timeout = {.tv_sec = (time_t)(timeout_ns / 1000000000u),
                               .tv_nsec = (long)(timeout_ns % 1000000000u)};
    ppoll(&fd, 1, &timeout, NULL);
}

int xdp_fd(const struct wire_queue *q)
{
    return ((const struct xdp_queue *)q)->r.fd;
}

void xdp_stats(struct wire_queue *q, struct wire_stats *out)
{
    struct xdp_statistics s = {0};
    socklen_t len = sizeof s;
    *out = of(q)->stats;
    if (getsockopt(of(q)->r.fd, SOL_XDP, XDP_STATISTICS, &s, &len))
        return;
    out->rx_dropped = s.rx_dropped + s.rx_ring_full; /* no free frame, or no room to tell of it */
    out->rx_invalid = s.rx_invalid_descs;
    out->tx_invalid = s.tx_invalid_descs;
}

/* ---- life ---- */

int xdp_queue_open(struct wire_port *port, uint32_t index, struct wire_queue **out, struct err *e)
{
    struct xdp_port *x = (struct xdp_port *)port;
    if (index >= port->caps.queues)
        return err_set(e, EXIT_USAGE, -EINVAL, "wire xdp:%s: queue %u: found %u queues", x->at.iface,
                       index, port->caps.queues);
    struct xdp_queue *xq = &x->queues[index];
    if (xq->open)
        return err_set(e, EXIT_ENVIRONMENT, -EBUSY, "wire xdp:%s: queue %u is open already",
                       x->at.iface, index);
    xdp_top_up_fill(xq);
    int ret = xdp_program_steer(x, xq, true);
    if (ret)
        return err_set(e, EXIT_ENVIRONMENT, ret, "wire xdp:%s: queue %u: cannot steer frames to it",
                       x->at.iface, index);
    xq->open = true;
    *out = &xq->q;
    return 0;
}

/* What was handed over leaves, even where the other end takes it late. */
static void send_rest(struct xdp_queue *x)
{
    const struct timespec nap = {.tv_nsec = CLOSE_NAP_NS};
    uint32_t before = taken(x), stuck = 0;
    while (before != x->r.tx.cached_prod && stuck < CLOSE_NAPS) {
        if (xsk_ring_prod__needs_wakeup(&x->r.tx) && kick(x) == KICK_REFUSED)
            return;
        nanosleep(&nap, NULL);
        uint32_t now = taken(x);
        stuck = now == before ? stuck + 1 : 0;
        before = now;
    }
}

/* What arrived and was not read is dropped, so that a later opening starts empty. */
void xdp_queue_close(struct wire_queue *q)
{
    struct frame left[64];
    uint32_t n;
    xdp_program_steer((struct xdp_port *)q->port, of(q), false);
    q->ops->flush(q);
    send_rest(of(q));
    while ((n = q->ops->rx(q, left, 64)) > 0)
        q->ops->rx_free(q, left, n);
    of(q)->open = false;
}

const struct wire_ops xdp_ops = {
    .name = "xdp",
    .port_close = xdp_port_close,
    .queue_open = xdp_queue_open,
    .queue_close = xdp_queue_close,
    .rx = xdp_rx,
    .rx_free = xdp_free,
    .tx_alloc = xdp_tx_alloc,
    .tx_free = xdp_tx_free,
    .tx = xdp_tx,
    .flush = xdp_flush,
    .reap = xdp_reap,
    .wait = xdp_wait,
    .fd = xdp_fd,
    .stats = xdp_stats,
    .tick = xdp_tick,
};
