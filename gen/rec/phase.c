/* SPDX-License-Identifier: BSD-3-Clause */
/* Phases: announced by the main thread, stored by the recorder. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rec/rec_internal.h"

static char *copy_text(const char *text, bool *failed)
{
    char *copy = text ? strdup(text) : NULL;
    *failed |= text && !copy;
    return copy;
}

struct rec_phase *phase_new(const struct phase_row *row, uint64_t now_ns)
{
    struct rec_phase *p = calloc(1, sizeof *p); /* zero pages: a phase costs what it touches */
    bool failed = false;
    if (!p)
        return NULL;
    p->row = *row;
    p->row.name = copy_text(row->name, &failed);
    p->row.load = copy_text(row->load, &failed);
    p->row.payload = copy_text(row->payload, &failed);
    p->row.reply = copy_text(row->reply, &failed);
    p->row.sla = copy_text(row->sla, &failed);
    p->started_ns = now_ns;
    for (int i = 0; i < TIME_COUNT; i++)
        p->times[i].min_ns = UINT64_MAX;
    if (!failed)
        return p;
    phase_free(p);
    return NULL;
}

void phase_free(struct rec_phase *p)
{
    const char *const texts[] = {p->row.name, p->row.load, p->row.payload, p->row.reply,
                                 p->row.sla};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free((void *)(uintptr_t)texts[i]);
    free(p);
}

int rec_phase_begin(struct rec *r, const struct phase_row *row, uint64_t now_ns)
{
    uint32_t n = atomic_load_explicit(&r->phase_count, memory_order_relaxed);
    if (n == REC_PHASES_MAX)
        return -ENOSPC;
    r->phases[n] = phase_new(row, now_ns);
    if (!r->phases[n])
        return -ENOMEM;
    atomic_store_explicit(&r->phase_count, n + 1, memory_order_release);
    return (int)n;
}

void rec_phase_rate(struct rec *r, uint32_t phase, double starts, double rate_per_s, uint64_t now_ns)
{
    struct rec_phase *p = r->phases[phase];
    p->starts = starts;
    p->rate_per_s = rate_per_s;
    p->rate_since_ns = now_ns;
}

static void settle_rate(struct rec_phase *p, uint64_t now_ns)
{
    if (!p->rate_since_ns || now_ns <= p->rate_since_ns)
        return;
    double starts = p->starts + p->rate_per_s * (double)(now_ns - p->rate_since_ns) / 1e9;
    p->offered_per_s = starts * 1e9 / (double)(now_ns - p->started_ns);
}

void rec_phase_end(struct rec *r, uint32_t phase, uint64_t now_ns, enum phase_exit why)
{
    assert(phase < atomic_load_explicit(&r->phase_count, memory_order_relaxed));
    settle_rate(r->phases[phase], now_ns);
    r->phases[phase]->why = why;
    atomic_store_explicit(&r->phases[phase]->ended_ns, now_ns, memory_order_release);
}

int rec_phase_at(const struct rec *r, uint64_t now_ns)
{
    int n = (int)atomic_load_explicit(&r->phase_count, memory_order_relaxed) - 1;
    while (n >= 0 && r->phases[n]->started_ns > now_ns)
        n--;
    return n;
}

const struct phase_row *rec_phase_row(const struct rec *r, uint32_t n, uint64_t *started_ns)
{
    *started_ns = r->phases[n]->started_ns;
    return &r->phases[n]->row;
}

static int store_phase(struct rec *r, struct rec_phase *p, uint32_t seq, struct err *e)
{
    int ret = 0;
    uint64_t ended_ns = atomic_load_explicit(&p->ended_ns, memory_order_acquire);
    if (!p->id) {
        int64_t id;
        ret = db_phase_begin(r->cfg.db, r->cfg.run_id, seq, &p->row,
                             rec_unix_ns(r, p->started_ns), &id, e);
        p->begun_now = !ret;
        p->id = ret ? 0 : id;
    }
    if (!ret && ended_ns && !p->end_stored) {
        ret = db_phase_end(r->cfg.db, p->id, rec_unix_ns(r, ended_ns), p->why, e);
        if (!ret && p->offered_per_s > 0)
            ret = db_phase_offered(r->cfg.db, p->id, p->offered_per_s, e);
        p->ended_now = p->end_stored = !ret;
    }
    return ret;
}

int store_phases(struct rec *r, struct err *e)
{
    uint32_t n = atomic_load_explicit(&r->phase_count, memory_order_acquire);
    int ret = 0;
    for (uint32_t i = 0; i < n && !ret; i++)
        ret = store_phase(r, r->phases[i], i, e);
    return ret;
}

void settle_phases(struct rec *r, bool committed)
{
    uint32_t n = atomic_load_explicit(&r->phase_count, memory_order_acquire);
    for (uint32_t i = 0; i < n; i++) {
        struct rec_phase *p = r->phases[i];
        if (!committed && p->begun_now)
            p->id = 0;
        if (!committed && p->ended_now)
            p->end_stored = false;
        p->begun_now = p->ended_now = false;
    }
}

/* Time-outs cut a latency and a service time off; the other times are known by then. */
static int64_t censored(const uint64_t *results, int time)
{
    bool cut = time == TIME_LATENCY || time == TIME_SERVICE;
    return cut ? (int64_t)results[RESULT_TIMEOUT] : DB_NONE;
}

static int summarize_phase(struct rec *r, const struct rec_phase *p, struct err *e)
{
    int ret = 0;
    for (int t = 0; t < TIME_COUNT && !ret; t++)
        if (p->row.measured || p->times[t].count)
            ret = db_summary_add(r->cfg.db, r->cfg.run_id, p->id, (enum time_kind)t, &p->times[t],
                                 censored(p->results, t), e);
    return ret;
}

/* What is due in a measured phase ends in it or in the drain behind it; leaving the drain out
 * would leave out the slowest. Workers record there only what was due in a measured phase. */
static bool holds_measured(const struct rec_phase *p)
{
    return p->row.measured || p->row.kind == PHASE_DRAIN;
}

/* One time over all measured phases and their drains; `live` has served its purpose and is the scratch space. */
static int summarize_run(struct rec *r, int time, uint32_t phases, struct err *e)
{
    uint64_t results[RESULT_COUNT] = {0};
    hist_sum_reset(&r->live);
    for (uint32_t i = 0; i < phases; i++) {
        if (!holds_measured(r->phases[i]))
            continue;
        hist_sum_merge(&r->live, &r->phases[i]->times[time]);
        results[RESULT_TIMEOUT] += r->phases[i]->results[RESULT_TIMEOUT];
    }
    return db_summary_add(r->cfg.db, r->cfg.run_id, DB_NONE, (enum time_kind)time, &r->live,
                          censored(results, time), e);
}

int store_summaries(struct rec *r, struct err *e)
{
    uint32_t n = atomic_load_explicit(&r->phase_count, memory_order_acquire);
    int ret = 0;
    for (uint32_t i = 0; i < n && !ret; i++)
        ret = summarize_phase(r, r->phases[i], e);
    for (int t = 0; t < TIME_COUNT && !ret; t++)
        ret = summarize_run(r, t, n, e);
    return ret;
}
