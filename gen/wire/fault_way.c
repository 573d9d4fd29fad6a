/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/fault_way.h"

enum { OVERTAKEN_BY = 3 }; /* a reordered frame goes after this many later ones, if not earlier */

void way_count(struct fault_queue *fq, const struct verdict *v)
{
    fq->drops[DROP_FAULT_QUEUE] += v->overflow;
    fq->drops[DROP_FAULT_BURST] += v->burst;
    fq->drops[DROP_FAULT_LOSS] += v->lose && !v->burst && !v->overflow;
    fq->drops[DROP_FAULT_ECN] += v->marked;
    fq->drops[DROP_FAULT_TRUNCATE] += v->truncate;
    fq->drops[DROP_FAULT_CORRUPT] += v->harm.count > 0;
    fq->drops[DROP_FAULT_REORDER] += v->reorder;
}

static bool holds_all(const struct fault_rates *r)
{
    return r->delay_all_ns || r->jitter_ns || r->rate_bit_per_s;
}

void way_hold(struct fault_queue *fq, struct fault_way *w, const struct frame *f,
              const struct verdict *v)
{
    uint64_t due = fq->now_ns + v->wait_ns;
    bool overtaken = v->reorder && !holds_all(w->rates);
    bool held = overtaken ? store_hold_behind(&w->store, f, due, w->passed + OVERTAKEN_BY)
                          : store_hold_until(&w->store, f, due);
    fq->drops[DROP_FAULT_FULL] += !held;
    w->held += held;
}

struct verdict way_judge(const struct fault_queue *fq, struct fault_way *w, struct frame *f)
{
    struct verdict v = verdict_draw(w->rates, &w->rng, &w->in_burst, f);
    verdict_link(&v, w->rates, &w->link, f, fq->now_ns);
    return v;
}

void way_hold_copy(struct fault_queue *fq, struct fault_way *w, const struct frame *f,
                   const struct verdict *v)
{
    bool held = store_hold_until(&w->store, f, fq->now_ns + v->wait_ns);
    fq->drops[held ? DROP_FAULT_DUPLICATE : DROP_FAULT_FULL]++;
}

struct frame way_release(struct fault_queue *fq, struct fault_way *w, const struct held *due)
{
    uint64_t late_ns = fq->now_ns > due->due_ns ? fq->now_ns - due->due_ns : 0;
    w->late_max_ns = late_ns > w->late_max_ns ? late_ns : w->late_max_ns;
    w->late_sum_ns += late_ns;
    w->released++;
    return store_pop(&w->store, due);
}
