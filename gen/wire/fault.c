/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every frame gets one verdict, drawn once. Frames that pass stay frames of the inner wire; frames
 * that wait, and second copies, live in a store of ours, so that the inner wire gets its own back
 * at once. On the way in, the frames lent to the user are of both kinds and told apart by address.
 *
 * A verdict on a frame that the inner wire then refuses is kept for the next call, its harm
 * undone: what is done to the n-th frame depends on the seed and on n alone.
 */
#include "wire/fault.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/rng.h"
#include "wire/fault_harm.h"
#include "wire/fault_store.h"

enum {
    DEFAULT_STORE = 4096,
    SLOT_BYTES = 2048, /* more for a larger MTU */
    LINK_BYTES = 18,
    ETH_BYTES = 14,
    OVERTAKEN_BY = 3, /* a reordered frame goes after this many later ones, if not earlier */
    REORDER_NS = 1000000,
};

struct verdict {
    bool lose, duplicate, wait, reorder, truncate;
    uint64_t wait_ns;
    uint16_t len; /* where truncated */
    struct harm harm;
};

/* One direction of a queue. */
struct way {
    const struct fault_rates *rates;
    struct rng rng;
    struct store store;
    uint64_t passed; /* frames that went on, for those that wait to be overtaken */
    struct verdict kept;
    bool has_kept;
};

struct fault_queue {
    struct wire_queue q;
    struct wire_queue *inner;
    struct way rx, tx;
    uint64_t now_ns;
    uint64_t drops[DROP_COUNT];
};

struct fault_port {
    struct wire_port p;
    struct wire_port *inner;
    struct fault_config cfg;
};

static struct fault_queue *of(struct wire_queue *q)
{
    return (struct fault_queue *)q;
}

/* ---- verdicts ---- */

static bool chance(struct way *w, double rate)
{
    return rate > 0 && rng_f64(&w->rng) < rate;
}

static void choose_harm(struct way *w, const struct frame *f, struct verdict *v)
{
    if (w->rates->corrupt_bits > 1)
        harm_choose_pairs(&v->harm, &w->rng, f->data, f->len, w->rates->corrupt_bits);
    else
        harm_choose_bit(&v->harm, &w->rng, f->data, f->len);
}

static void choose_wait(struct way *w, struct verdict *v)
{
    const struct fault_rates *r = w->rates;
    v->wait_ns = r->delay_all_ns;
    if (r->jitter_ns)
        v->wait_ns += rng_below(&w->rng, r->jitter_ns + 1);
    v->reorder = chance(w, r->reorder);
    if (v->reorder)
        v->wait_ns += r->delay_ns ? r->delay_ns : REORDER_NS;
    v->wait = v->wait_ns > 0;
}

static struct verdict judge(struct way *w, const struct frame *f)
{
    struct verdict v = {0};
    const struct fault_rates *r = w->rates;
    v.lose = chance(w, r->loss);
    if (v.lose)
        return v;
    v.truncate = chance(w, r->truncate) && f->len > ETH_BYTES;
    if (v.truncate)
        v.len = (uint16_t)(ETH_BYTES + rng_below(&w->rng, f->len - ETH_BYTES));
    if (chance(w, r->corrupt))
        choose_harm(w, f, &v);
    v.duplicate = chance(w, r->duplicate);
    choose_wait(w, &v);
    return v;
}

static void count(struct fault_queue *fq, const struct verdict *v)
{
    fq->drops[DROP_FAULT_LOSS] += v->lose;
    fq->drops[DROP_FAULT_TRUNCATE] += v->truncate;
    fq->drops[DROP_FAULT_CORRUPT] += v->harm.count > 0;
    fq->drops[DROP_FAULT_REORDER] += v->reorder;
}

static void apply(const struct verdict *v, struct frame *f)
{
    harm_apply(&v->harm, f->data, f->len);
    if (v->truncate && v->len < f->len)
        f->len = v->len;
}

/* ---- waiting ---- */

/* Frames that only are to be overtaken do not wait for a delay of all. */
static void hold(struct fault_queue *fq, struct way *w, const struct frame *f,
                 const struct verdict *v)
{
    uint64_t due = fq->now_ns + v->wait_ns;
    bool overtaken = v->reorder && !w->rates->delay_all_ns && !w->rates->jitter_ns;
    bool held = overtaken ? store_hold_behind(&w->store, f, due, w->passed + OVERTAKEN_BY)
                          : store_hold_until(&w->store, f, due);
    fq->drops[DROP_FAULT_FULL] += !held;
}

/* The copy waits as long as the frame does, so that it comes behind it. */
static void hold_copy(struct fault_queue *fq, struct way *w, const struct frame *f,
                      const struct verdict *v)
{
    bool held = store_hold_until(&w->store, f, fq->now_ns + v->wait_ns);
    fq->drops[held ? DROP_FAULT_DUPLICATE : DROP_FAULT_FULL]++;
}

/* ---- receive ---- */

static bool take_due(struct fault_queue *fq, struct frame *out)
{
    const struct held *due = store_due(&fq->rx.store, fq->now_ns, fq->rx.passed);
    if (due)
        *out = store_pop(&fq->rx.store, due);
    return due;
}

/* True when the frame itself goes on now. */
static bool receive(struct fault_queue *fq, struct frame *f)
{
    struct verdict v = judge(&fq->rx, f);
    count(fq, &v);
    apply(&v, f);
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
        struct frame sent = store_pop(s, due);
        store_free(s, &sent);
    }
}

/* False when the inner wire has no room: the frame is as it was and stays the caller's. */
static bool pass_on(struct fault_queue *fq, struct frame *f, const struct verdict *v)
{
    struct frame both[2];
    uint16_t len = f->len;
    apply(v, f);
    both[0] = *f;
    uint32_t n = v->duplicate && make_copy(fq, f, &both[1]) ? 2 : 1;
    uint32_t sent = fq->inner->ops->tx(fq->inner, both, n);
    if (sent < 2 && n == 2)
        fq->inner->ops->tx_free(fq->inner, &both[1], 1);
    if (sent == 0) {
        f->len = len;
        harm_apply(&v->harm, f->data, f->len);
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
        apply(v, f);
        hold(fq, &fq->tx, f, v);
        if (v->duplicate)
            hold_copy(fq, &fq->tx, f, v);
    }
    fq->inner->ops->tx_free(fq->inner, f, 1);
}

static bool transmit(struct fault_queue *fq, struct frame *f)
{
    struct way *w = &fq->tx;
    struct verdict v = w->has_kept ? w->kept : judge(w, f);
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
    fq->now_ns = now_ns;
    if (fq->inner->ops->tick)
        fq->inner->ops->tick(fq->inner, now_ns);
    send_due(fq);
}

static void fault_wait(struct wire_queue *q, uint64_t timeout_ns)
{
    struct fault_queue *fq = of(q);
    uint64_t rx = store_next_due(&fq->rx.store), tx = store_next_due(&fq->tx.store);
    uint64_t due = rx < tx ? rx : tx;
    if (due <= fq->now_ns)
        return;
    uint64_t left = due - fq->now_ns;
    fq->inner->ops->wait(fq->inner, left < timeout_ns ? left : timeout_ns);
}

static void fault_stats(struct wire_queue *q, struct wire_stats *out)
{
    of(q)->inner->ops->stats(of(q)->inner, out);
    for (int i = 0; i < DROP_COUNT; i++)
        out->drops[i] += of(q)->drops[i];
}

/* ---- life ---- */

static int init_way(struct way *w, const struct fault_rates *rates, uint64_t seed,
                    const struct fault_port *fp)
{
    uint32_t bytes = fp->p.caps.mtu + LINK_BYTES;
    w->rates = rates;
    rng_seed(&w->rng, seed);
    return store_init(&w->store, fp->cfg.store, bytes > SLOT_BYTES ? bytes : SLOT_BYTES);
}

static void free_queue(struct fault_queue *fq)
{
    store_fini(&fq->rx.store);
    store_fini(&fq->tx.store);
    free(fq);
}

static const struct wire_ops fault_ops;

static struct fault_queue *make_queue(struct fault_port *fp, uint32_t index)
{
    struct fault_queue *fq = calloc(1, sizeof *fq);
    if (!fq)
        return NULL;
    fq->q = (struct wire_queue){.ops = &fault_ops, .port = &fp->p, .index = index};
    if (init_way(&fq->rx, &fp->cfg.rx, rng_mix(fp->cfg.seed, 2 * index), fp) == 0 &&
        init_way(&fq->tx, &fp->cfg.tx, rng_mix(fp->cfg.seed, 2 * index + 1), fp) == 0)
        return fq;
    free_queue(fq);
    return NULL;
}

static int fault_queue_open(struct wire_port *port, uint32_t index, struct wire_queue **out,
                            struct err *e)
{
    struct fault_port *fp = (struct fault_port *)port;
    struct fault_queue *fq = make_queue(fp, index);
    if (!fq)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "fault: no memory for %u frames",
                       fp->cfg.store);
    int ret = fp->inner->ops->queue_open(fp->inner, index, &fq->inner, e);
    if (ret)
        free_queue(fq);
    else
        *out = &fq->q;
    return ret;
}

/* What still waits is lost with the wire. */
static void fault_queue_close(struct wire_queue *q)
{
    of(q)->inner->ops->queue_close(of(q)->inner);
    free_queue(of(q));
}

static void fault_port_close(struct wire_port *port)
{
    struct fault_port *fp = (struct fault_port *)port;
    fp->inner->ops->port_close(fp->inner);
    free(fp);
}

static const struct wire_ops fault_ops = {
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
    .stats = fault_stats,
    .tick = fault_tick,
};

int fault_wrap(struct wire_port *inner, const struct fault_config *cfg, struct wire_port **out,
               struct err *e)
{
    struct fault_port *fp = calloc(1, sizeof *fp);
    if (!fp)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "fault: no memory");
    fp->p = *inner;
    fp->p.ops = &fault_ops;
    fp->inner = inner;
    fp->cfg = *cfg;
    fp->cfg.store = cfg->store ? cfg->store : DEFAULT_STORE;
    *out = &fp->p;
    return 0;
}
