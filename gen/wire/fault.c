/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every frame gets one verdict, drawn once. Frames that pass stay frames of the inner wire; frames
 * that wait, and second copies, live in a store of ours, so that the inner wire gets its own back
 * at once. On the way in, the frames lent to the user are of both kinds and told apart by address.
 *
 * A verdict on a frame that the inner wire then refuses is kept for the next call, its harm
 * undone: what is done to the n-th frame depends on the seed and on n alone (before a slow link also
 * on the time, but a frame that waits is never refused).
 */
#include "wire/fault.h"

#include <string.h>

#include "wire/fault_port.h"

enum { OVERTAKEN_BY = 3 }; /* a reordered frame goes after this many later ones, if not earlier */

static struct fault_queue *of(struct wire_queue *q)
{
    return (struct fault_queue *)q;
}

static void count(struct fault_queue *fq, const struct verdict *v)
{
    fq->drops[DROP_FAULT_QUEUE] += v->overflow;
    fq->drops[DROP_FAULT_BURST] += v->burst;
    fq->drops[DROP_FAULT_LOSS] += v->lose && !v->burst && !v->overflow;
    fq->drops[DROP_FAULT_ECN] += v->marked;
    fq->drops[DROP_FAULT_TRUNCATE] += v->truncate;
    fq->drops[DROP_FAULT_CORRUPT] += v->harm.count > 0;
    fq->drops[DROP_FAULT_REORDER] += v->reorder;
}

/* ---- waiting ---- */

static bool holds_all(const struct fault_rates *r)
{
    return r->delay_all_ns || r->jitter_ns || r->rate_bit_per_s;
}

/* Frames that only are to be overtaken do not wait for a delay of all. */
static void hold(struct fault_queue *fq, struct fault_way *w, const struct frame *f,
                 const struct verdict *v)
{
    uint64_t due = fq->now_ns + v->wait_ns;
    bool overtaken = v->reorder && !holds_all(w->rates);
    bool held = overtaken ? store_hold_behind(&w->store, f, due, w->passed + OVERTAKEN_BY)
                          : store_hold_until(&w->store, f, due);
    fq->drops[DROP_FAULT_FULL] += !held;
    w->held += held;
}

static struct verdict judge(const struct fault_queue *fq, struct fault_way *w, struct frame *f)
{
    struct verdict v = verdict_draw(w->rates, &w->rng, &w->in_burst, f);
    verdict_link(&v, w->rates, &w->link, f, fq->now_ns);
    return v;
}

/* The copy waits as long as the frame does. */
static void hold_copy(struct fault_queue *fq, struct fault_way *w, const struct frame *f,
                      const struct verdict *v)
{
    bool held = store_hold_until(&w->store, f, fq->now_ns + v->wait_ns);
    fq->drops[held ? DROP_FAULT_DUPLICATE : DROP_FAULT_FULL]++;
}

/* Takes it out of the store, where its bytes stay until store_free. */
static struct frame release(struct fault_queue *fq, struct fault_way *w, const struct held *due)
{
    uint64_t late_ns = fq->now_ns > due->due_ns ? fq->now_ns - due->due_ns : 0;
    w->late_max_ns = late_ns > w->late_max_ns ? late_ns : w->late_max_ns;
    w->late_sum_ns += late_ns;
    return store_pop(&w->store, due);
}

/* ---- receive ---- */

static bool take_due(struct fault_queue *fq, struct frame *out)
{
    const struct held *due = store_due(&fq->rx.store, fq->now_ns, fq->rx.passed);
    if (due)
        *out = release(fq, &fq->rx, due);
    return due;
}

/* True when the frame itself goes on now. */
static bool receive(struct fault_queue *fq, struct frame *f)
{
    struct verdict v = judge(fq, &fq->rx, f);
    count(fq, &v);
    verdict_apply(&v, f);
    if (!v.lose && v.duplicate)
        hold_copy(fq, &fq->rx, f, &v);
    if (!v.lose && v.wait)
        hold(fq, &fq->rx, f, &v);
    if (v.lose || v.wait)
        fq->inner->ops->rx_free(fq->inner, f, 1);
    else
        fq->rx.passed++;
    return !v.lose && !v.wait;
}

/* In place: what goes on never overtakes what is still to be judged. */
static uint32_t fault_rx(struct wire_queue *q, struct frame *frames, uint32_t max)
{
    struct fault_queue *fq = of(q);
    uint32_t to = 0;
    while (to < max && take_due(fq, &frames[to]))
        to++;
    if (to == max)
        return to;
    uint32_t end = to + fq->inner->ops->rx(fq->inner, frames + to, max - to);
    for (uint32_t from = to; from < end; from++) {
        struct frame f = frames[from];
        if (receive(fq, &f))
            frames[to++] = f;
        while (to <= from && take_due(fq, &frames[to]))
            to++;
    }
    while (to < max && take_due(fq, &frames[to]))
        to++;
    return to;
}

static void fault_rx_free(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct fault_queue *fq = of(q);
    for (uint32_t i = 0; i < n; i++) {
        if (store_owns(&fq->rx.store, frames[i].data))
            store_free(&fq->rx.store, &frames[i]);
        else
            fq->inner->ops->rx_free(fq->inner, &frames[i], 1);
    }
}

/* ---- transmit ---- */

/* A copy in a frame of the inner wire; false when that has none free. */
static bool make_copy(struct fault_queue *fq, const struct frame *f, struct frame *copy)
{
    struct frame room;
    if (fq->inner->ops->tx_alloc(fq->inner, &room, 1) != 1)
        return false;
    *copy = *f;
    copy->data = room.data;
    copy->handle = room.handle;
    memcpy(room.data, f->data, f->len);
    return true;
}

/* Moves a frame that waited into one of the inner wire's. */
static bool send_held(struct fault_queue *fq, const struct held *due)
{
    struct frame f;
    if (!make_copy(fq, &due->frame, &f))
        return false;
    if (fq->inner->ops->tx(fq->inner, &f, 1) == 1)
        return true;
    fq->inner->ops->tx_free(fq->inner, &f, 1);
    return false;
}

static void send_due(struct fault_queue *fq)
{
    struct store *s = &fq->tx.store;
    const struct held *due;
    while ((due = store_due(s, fq->now_ns, fq->tx.passed)) != NULL && send_held(fq, due)) {
        struct frame sent = release(fq, &fq->tx, due);
        store_free(s, &sent);
    }
}

/* False when the inner wire has no room: the frame is as it was and stays the caller's. */
static bool pass_on(struct fault_queue *fq, struct frame *f, const struct verdict *v)
{
    struct frame both[2];
    uint16_t len = f->len;
    verdict_apply(v, f);
    both[0] = *f;
    uint32_t n = v->duplicate && make_copy(fq, f, &both[1]) ? 2 : 1;
    uint32_t sent = fq->inner->ops->tx(fq->inner, both, n);
    if (sent < 2 && n == 2)
        fq->inner->ops->tx_free(fq->inner, &both[1], 1);
    if (sent == 0) {
        verdict_undo(v, f, len);
        return false;
    }
    fq->drops[DROP_FAULT_DUPLICATE] += sent == 2;
    fq->drops[DROP_FAULT_FULL] += v->duplicate && sent < 2;
    fq->tx.passed++;
    return true;
}

static void keep_back(struct fault_queue *fq, struct frame *f, const struct verdict *v)
{
    if (!v->lose) {
        verdict_apply(v, f);
        hold(fq, &fq->tx, f, v);
        if (v->duplicate)
            hold_copy(fq, &fq->tx, f, v);
    }
    fq->inner->ops->tx_free(fq->inner, f, 1);
}

static bool transmit(struct fault_queue *fq, struct frame *f)
{
    struct fault_way *w = &fq->tx;
    struct verdict v = w->has_kept ? w->kept : judge(fq, w, f);
    bool taken = true;
    if (v.lose || v.wait)
        keep_back(fq, f, &v);
    else
        taken = pass_on(fq, f, &v);
    w->has_kept = !taken;
    w->kept = v;
    if (taken)
        count(fq, &v);
    return taken;
}

static uint32_t fault_tx(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    uint32_t i = 0;
    while (i < n && transmit(of(q), &frames[i])) {
        i++;
        send_due(of(q));
    }
    return i;
}

static uint32_t fault_tx_alloc(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    return of(q)->inner->ops->tx_alloc(of(q)->inner, frames, n);
}

static void fault_tx_free(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    of(q)->inner->ops->tx_free(of(q)->inner, frames, n);
}

static void fault_flush(struct wire_queue *q)
{
    send_due(of(q));
    of(q)->inner->ops->flush(of(q)->inner);
}

static uint32_t fault_reap(struct wire_queue *q, struct wire_stamp *stamps, uint32_t max)
{
    return of(q)->inner->ops->reap(of(q)->inner, stamps, max);
}

/* ---- time ---- */

static void fault_tick(struct wire_queue *q, uint64_t now_ns)
{
    struct fault_queue *fq = of(q);
    struct fault_port *fp = (struct fault_port *)q->port;
    struct fault_rates_list *rates = atomic_load_explicit(&fp->rates, memory_order_acquire);
    fq->rx.rates = &rates->rx;
    fq->tx.rates = &rates->tx;
    fq->now_ns = now_ns;
    if (fq->inner->ops->tick)
        fq->inner->ops->tick(fq->inner, now_ns);
    send_due(fq);
}

static uint64_t next_due(const struct fault_queue *fq)
{
    uint64_t rx = store_next_due(&fq->rx.store), tx = store_next_due(&fq->tx.store);
    return rx < tx ? rx : tx;
}

void fault_held(const struct wire_queue *q, struct fault_held *out)
{
    const struct fault_queue *fq = (const struct fault_queue *)q;
    const struct store *rx = &fq->rx.store, *tx = &fq->tx.store;
    *out = (struct fault_held){
        .next_due_ns = next_due(fq),
        .waiting = rx->heap_count + rx->queue_count + tx->heap_count + tx->queue_count,
        .held = fq->rx.held + fq->tx.held,
        .late_max_ns = fq->rx.late_max_ns > fq->tx.late_max_ns ? fq->rx.late_max_ns : fq->tx.late_max_ns,
        .late_sum_ns = fq->rx.late_sum_ns + fq->tx.late_sum_ns,
    };
}

static void fault_wait(struct wire_queue *q, uint64_t timeout_ns)
{
    struct fault_queue *fq = of(q);
    uint64_t due = next_due(fq);
    if (due <= fq->now_ns)
        return;
    uint64_t left = due - fq->now_ns;
    fq->inner->ops->wait(fq->inner, left < timeout_ns ? left : timeout_ns);
}

static int fault_fd(const struct wire_queue *q)
{
    const struct wire_queue *inner = ((const struct fault_queue *)q)->inner;
    return inner->ops->fd ? inner->ops->fd(inner) : -1;
}

static void fault_stats(struct wire_queue *q, struct wire_stats *out)
{
    of(q)->inner->ops->stats(of(q)->inner, out);
    for (int i = 0; i < DROP_COUNT; i++)
        out->drops[i] += of(q)->drops[i];
}

const struct wire_ops fault_ops = {
    .name = "fault",
    .port_close = fault_port_close,
    .queue_open = fault_queue_open,
    .queue_close = fault_queue_close,
    .rx = fault_rx,
    .rx_free = fault_rx_free,
    .tx_alloc = fault_tx_alloc,
    .tx_free = fault_tx_free,
    .tx = fault_tx,
    .flush = fault_flush,
    .reap = fault_reap,
    .wait = fault_wait,
    .fd = fault_fd,
    .stats = fault_stats,
    .tick = fault_tick,
};
