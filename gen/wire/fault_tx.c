/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/fault_way.h"

#include <string.h>

/* A copy in a frame of the inner wire; false when that has none free. */
static bool make_copy(struct fault_queue *fq, const struct frame *f, struct frame *copy)
{
    struct frame room;
    if (fq->q.inner->ops->tx_alloc(fq->q.inner, &room, 1) != 1)
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
    if (fq->q.inner->ops->tx(fq->q.inner, &f, 1) == 1)
        return true;
    fq->q.inner->ops->tx_free(fq->q.inner, &f, 1);
    return false;
}

void fault_send_due(struct fault_queue *fq)
{
    struct store *s = &fq->tx.store;
    const struct held *due;
    while ((due = store_due(s, fq->now_ns, fq->tx.passed)) != NULL && send_held(fq, due)) {
        struct frame sent = way_release(fq, &fq->tx, due);
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
    uint32_t sent = fq->q.inner->ops->tx(fq->q.inner, both, n);
    if (sent < 2 && n == 2)
        fq->q.inner->ops->tx_free(fq->q.inner, &both[1], 1);
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
        way_hold(fq, &fq->tx, f, v);
        if (v->duplicate)
            way_hold_copy(fq, &fq->tx, f, v);
    }
    fq->q.inner->ops->tx_free(fq->q.inner, f, 1);
}

static bool transmit(struct fault_queue *fq, struct frame *f)
{
    struct fault_way *w = &fq->tx;
    struct verdict v = w->has_kept ? w->kept : way_judge(fq, w, f);
    bool taken = true;
    if (v.lose || v.wait)
        keep_back(fq, f, &v);
    else
        taken = pass_on(fq, f, &v);
    w->has_kept = !taken;
    w->kept = v;
    if (taken)
        way_count(fq, &v);
    return taken;
}

uint32_t fault_tx(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct fault_queue *fq = (struct fault_queue *)q;
    uint32_t i = 0;
    while (i < n && transmit(fq, &frames[i])) {
        i++;
        fault_send_due(fq);
    }
    return i;
}
