/* SPDX-License-Identifier: BSD-3-Clause */
/* Intervals of all workers together, for who watches the run: gathered by the recorder in slots,
 * lent to the main thread. Neither waits for the other. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "rec/rec_internal.h"

#define SLOTS_LEN (WATCH_SLOTS * sizeof(struct rec_watch))

static void pass(struct ring *ring, uint32_t *at, uint32_t slot)
{
    at[ring_slot(ring, ring->prod.at)] = slot;
    ring_produce(ring, 1); /* there is room: no more slots than places */
}

int gather_open(struct rec *r)
{
    struct gather *w = &r->watch;
    if (!r->cfg.watched)
        return 0;
    void *slots = mmap(NULL, SLOTS_LEN, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (slots == MAP_FAILED)
        return -ENOMEM;
    w->slots = slots;
    ring_init(&w->ready, WATCH_SLOTS);
    ring_init(&w->empty, WATCH_SLOTS);
    for (uint32_t i = 0; i < WATCH_SLOTS; i++)
        pass(&w->empty, w->empty_at, i);
    return 0;
}

void gather_close(struct rec *r)
{
    if (r->watch.slots)
        munmap(r->watch.slots, SLOTS_LEN);
    r->watch.slots = NULL;
}

/* Only what was used, as a slot is mostly zero pages. */
static void clear_sum(struct hist_sum *s)
{
    if (s->count) {
        uint32_t first = hist_index(s->min_ns < HIST_MAX_NS ? s->min_ns : HIST_MAX_NS);
        uint32_t last = hist_index(s->max_ns < HIST_MAX_NS ? s->max_ns : HIST_MAX_NS);
        memset(&s->counts[first], 0, (last - first + 1) * sizeof s->counts[0]);
    }
    s->count = s->overflow = s->max_ns = 0;
    s->min_ns = UINT64_MAX;
    s->sum_ns = 0;
}

static void begin_slot(struct rec_watch *s, const struct rec_interval *b, uint64_t seq)
{
    memset(s, 0, offsetof(struct rec_watch, times));
    for (int t = 0; t < TIME_COUNT; t++)
        clear_sum(&s->times[t]);
    s->seq = seq;
    s->phase = b->phase;
    s->start_ns = b->start_ns;
}

/* The lowest interval is told, whether it is whole or not. */
static void tell_first(struct gather *w)
{
    uint32_t slot = w->pending[0];
    w->floor = w->slots[slot].seq + 1;
    w->pending_count--;
    memmove(&w->pending[0], &w->pending[1], w->pending_count * sizeof w->pending[0]);
    pass(&w->ready, w->ready_at, slot);
}

static struct rec_watch *find(struct gather *w, uint64_t seq)
{
    for (uint32_t i = 0; i < w->pending_count; i++)
        if (w->slots[w->pending[i]].seq == seq)
            return &w->slots[w->pending[i]];
    return NULL;
}

static struct rec_watch *insert(struct gather *w, const struct rec_interval *b, uint64_t seq)
{
    if (seq < w->floor || !ring_ready(&w->empty, 1))
        return NULL;
    uint32_t slot = w->empty_at[ring_slot(&w->empty, w->empty.cons.at)], at = w->pending_count;
    ring_consume(&w->empty, 1);
    while (at && w->slots[w->pending[at - 1]].seq > seq) {
        w->pending[at] = w->pending[at - 1];
        at--;
    }
    w->pending[at] = slot;
    w->pending_count++;
    begin_slot(&w->slots[slot], b, seq);
    return &w->slots[slot];
}

static void add_counts(uint64_t *to, const uint64_t *from, int n)
{
    for (int i = 0; i < n; i++)
        to[i] += from[i];
}

static void add_block(struct rec_watch *s, const struct rec_interval *b)
{
    s->workers++;
    s->merged += b->merged;
    s->start_ns = b->start_ns < s->start_ns ? b->start_ns : s->start_ns;
    s->end_ns = b->end_ns > s->end_ns ? b->end_ns : s->end_ns;
    counters_add(s->counters, b->counters);
    add_counts(s->results, b->results, RESULT_COUNT);
    add_counts(s->connect_errors, b->connect_errors, RESULT_COUNT);
    add_counts(s->drops, b->drops, DROP_COUNT);
    s->open_connections += b->open_connections;
    for (int t = 0; t < TIME_COUNT; t++)
        if (b->times[t].count)
            hist_sum_add(&s->times[t], &b->times[t]);
}

void gather_block(struct rec *r, const struct rec_interval *b, uint64_t seq)
{
    struct gather *w = &r->watch;
    if (!w->slots)
        return;
    struct rec_watch *s = find(w, seq);
    if (!s)
        s = insert(w, b, seq);
    if (s)
        add_block(s, b);
    else
        atomic_fetch_add_explicit(&w->lost, 1, memory_order_relaxed);
}

static bool is_whole(const struct rec *r, uint64_t seq)
{
    if (atomic_load_explicit(&r->watch.ended, memory_order_acquire))
        return true;
    for (uint32_t n = 0; n < r->cfg.lanes; n++)
        if (r->lane_seq[n] <= seq)
            return false;
    return true;
}

void gather_tell(struct rec *r)
{
    struct gather *w = &r->watch;
    while (w->pending_count &&
           (is_whole(r, w->slots[w->pending[0]].seq) || w->pending_count > WATCH_WAITS))
        tell_first(w);
}

/* --- the watcher ---------------------------------------------------------------------------- */

const struct rec_watch *rec_watch_next(struct rec *r)
{
    struct gather *w = &r->watch;
    if (!w->slots || !ring_ready(&w->ready, 1))
        return NULL;
    return &w->slots[w->ready_at[ring_slot(&w->ready, w->ready.cons.at)]];
}

void rec_watch_done(struct rec *r)
{
    struct gather *w = &r->watch;
    uint32_t slot = w->ready_at[ring_slot(&w->ready, w->ready.cons.at)];
    ring_consume(&w->ready, 1);
    pass(&w->empty, w->empty_at, slot);
}

void rec_watch_end(struct rec *r)
{
    rec_sync(r); /* nothing is on its way any more */
    atomic_store_explicit(&r->watch.ended, true, memory_order_release);
    rec_sync(r);
}

uint64_t rec_watch_lost(const struct rec *r)
{
    return atomic_load_explicit(&r->watch.lost, memory_order_relaxed);
}
