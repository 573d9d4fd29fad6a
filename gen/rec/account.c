/* SPDX-License-Identifier: BSD-3-Clause */
/* What is kept in memory of the blocks that passed: totals for the live line, sums for the
 * summaries. */
#include <stddef.h>
#include <string.h>

#include "rec/rec_internal.h"

static void add_counters(struct rec_totals *t, const struct rec_interval *b)
{
    counters_add(t->counters, b->counters);
    for (int i = 0; i < RESULT_COUNT; i++)
        t->results[i] += b->results[i], t->connect_errors[i] += b->connect_errors[i];
    for (int i = 0; i < DROP_COUNT; i++)
        t->drops[i] += b->drops[i];
    t->lanes_ns += b->end_ns - b->start_ns;
    t->intervals++;
}

static void add_to_phase(struct rec_phase *p, const struct rec_interval *b)
{
    for (int i = 0; i < RESULT_COUNT; i++)
        p->results[i] += b->results[i];
    for (int i = 0; i < TIME_COUNT; i++)
        if (b->times[i].count)
            hist_sum_add(&p->times[i], &b->times[i]);
}

static void show_live(struct rec *r)
{
    if (r->live_lanes)
        r->totals.latency = r->live;
    hist_sum_reset(&r->live);
    r->live_lanes = 0;
}

/* Shown once all workers handed over an interval, or the first of them a later one. */
static void add_to_live(struct rec *r, const struct rec_interval *b, uint64_t seq)
{
    if (seq > r->live_seq) {
        show_live(r);
        r->live_seq = seq;
    }
    if (seq < r->live_seq)
        return;
    hist_sum_add(&r->live, &b->times[TIME_LATENCY]);
    if (++r->live_lanes == r->cfg.lanes)
        show_live(r);
}

static uint64_t open_connections(const struct rec *r, const struct rec_interval *b)
{
    uint64_t *at = &r->lane_open[b->worker], old = *at;
    *at = b->open_connections;
    return r->totals.open_connections - old + b->open_connections;
}

void account_block(struct rec *r, const struct rec_interval *b, uint64_t seq)
{
    add_counters(&r->totals, b);
    r->totals.open_connections = open_connections(r, b);
    add_to_phase(r->phases[b->phase], b);
    add_to_live(r, b, seq);
}

/* Held for the copy only. Workers never come here; the live line may wait for a recorder that was
 * preempted meanwhile, which costs it a moment and nobody else. */
void publish_totals(struct rec *r)
{
    pthread_mutex_lock(&r->shown_lock);
    r->shown = r->totals;
    pthread_mutex_unlock(&r->shown_lock);
}

void rec_totals(struct rec *r, struct rec_totals *out)
{
    pthread_mutex_lock(&r->shown_lock);
    *out = r->shown;
    pthread_mutex_unlock(&r->shown_lock);
}

static void clear_hist(struct hist *h)
{
    if (!h->count)
        return;
    uint64_t low = h->min_ns < HIST_MAX_NS ? h->min_ns : HIST_MAX_NS;
    uint64_t high = h->max_ns < HIST_MAX_NS ? h->max_ns : HIST_MAX_NS;
    uint32_t first = hist_index(low), last = hist_index(high);
    memset(&h->counts[first], 0, (last - first + 1) * sizeof h->counts[0]);
    h->count = h->overflow = h->max_ns = 0;
    h->min_ns = UINT64_MAX;
    h->sum_ns = 0;
}

void clear_block(struct rec_interval *b)
{
    uint32_t worker = b->worker;
    memset(b, 0, offsetof(struct rec_interval, times));
    b->worker = worker;
    for (int i = 0; i < TIME_COUNT; i++)
        clear_hist(&b->times[i]);
}
