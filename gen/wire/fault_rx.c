/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/fault_way.h"

static bool take_due(struct fault_queue *fq, struct frame *out)
{
    const struct held *due = store_due(&fq->rx.store, fq->now_ns, fq->rx.passed);
    if (due)
        *out = way_release(fq, &fq->rx, due);
    return due;
}

/* True when the frame itself goes on now. */
static bool receive(struct fault_queue *fq, struct frame *f)
{
    struct verdict v = way_judge(fq, &fq->rx, f);
    way_count(fq, &v);
    verdict_apply(&v, f);
    if (!v.lose && v.duplicate)
        way_hold_copy(fq, &fq->rx, f, &v);
    if (!v.lose && v.wait)
        way_hold(fq, &fq->rx, f, &v);
    if (v.lose || v.wait)
        fq->q.inner->ops->rx_free(fq->q.inner, f, 1);
    else
        fq->rx.passed++;
    return !v.lose && !v.wait;
}

/* In place: what goes on never overtakes what is still to be judged. */
uint32_t fault_rx(struct wire_queue *q, struct frame *frames, uint32_t max)
{
    struct fault_queue *fq = (struct fault_queue *)q;
    uint32_t to = 0;
    while (to < max && take_due(fq, &frames[to]))
        to++;
    if (to == max)
        return to;
    uint32_t end = to + fq->q.inner->ops->rx(fq->q.inner, frames + to, max - to);
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

void fault_rx_free(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    struct fault_queue *fq = (struct fault_queue *)q;
    for (uint32_t i = 0; i < n; i++) {
        if (store_owns(&fq->rx.store, frames[i].data))
            store_free(&fq->rx.store, &frames[i]);
        else
            fq->q.inner->ops->rx_free(fq->q.inner, &frames[i], 1);
    }
}
