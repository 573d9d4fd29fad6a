/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What people see while a run goes on, on stderr: one line that is rewritten on a terminal, plain
 * lines otherwise, nothing with `quiet`. Figures are those that the recorder has published: at most
 * an interval old. And who else is told or asks: stream.c, scrape.c, steer.c.
 */
#include "run/live.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/units.h"
#include "version.h"

bool live_watches(const struct run *r)
{
    return r->live && (r->live->sink || r->live->metrics);
}

int live_open(struct run *r, struct err *e)
{
    struct live *l = calloc(1, sizeof *l);
    if (!l)
        return err_set(e, EXIT_RUN, -ENOMEM, "no memory for the live line");
    r->live = l;
    l->terminal = isatty(STDERR_FILENO);
    l->transactions_per_s = NAN;
    int rc = stream_open(r, e);
    if (!rc)
        rc = scrape_open(r, e);
    if (!rc)
        steer_open(r);
    if (rc)
        live_close(r);
    return rc;
}

void live_phase_of(const struct run *r, uint32_t number, struct live_phase *out)
{
    uint64_t started_ns;
    const struct phase_row *row = rec_phase_row(r->rec, number, &started_ns);
    bool changed = r->live->load.changed && r->live->load.number == number;
    bool loaded = row->kind == PHASE_WARMUP || row->kind == PHASE_MEASURE;
    *out = (struct live_phase){
        .name = row->name,
        .kind = phase_kind_name(row->kind),
        .measured = row->measured,
        .offered_per_s = changed  ? r->live->load.rate_per_s
                         : loaded ? row->offered_rate_per_s
                                  : NAN,
        .started_ns = started_ns,
        .requested_ns = row->requested_ns > 0 ? (uint64_t)row->requested_ns : 0,
    };
}

int live_phase_now(const struct run *r, uint64_t now_ns, struct live_phase *out)
{
    int number = rec_phase_at(r->rec, now_ns);
    if (number >= 0)
        live_phase_of(r, (uint32_t)number, out);
    else
        *out = (struct live_phase){.name = "", .kind = "", .offered_per_s = NAN};
    return number;
}

/* What was not known before the row stood. */
static void note_run(struct run *r)
{
    r->live->run = (struct live_run){
        .id = r->id,
        .uuid = r->uuid,
        .workload_id = r->workload_id,
        .history_key = r->history_key,
        .wire = r->job->wire,
        .protocol = r->job->protocol,
        .version = WIREBENCH_VERSION,
        .pid = getpid(),
        .workers = r->workers_count,
        .mono_to_real_ns = r->mono_to_real_ns,
        .started_ns = (int64_t)(clock_now_ns(&r->clock) + r->mono_to_real_ns),
    };
}

static void print_line(struct run *r, const char *phase, uint64_t left_ns)
{
    struct live *l = r->live;
    const struct rec_totals *t = &l->totals;
    char p50[32] = "-", p99[32] = "-", rate[32] = "-";
    if (t->latency.count) {
        units_format_ns(p50, sizeof p50, hist_sum_percentile_ns(&t->latency, 50, 100));
        units_format_ns(p99, sizeof p99, hist_sum_percentile_ns(&t->latency, 99, 100));
    }
    if (!isnan(l->transactions_per_s))
        units_format_count(rate, sizeof rate, (uint64_t)l->transactions_per_s);
    fprintf(
        stderr,
        "%s%-10s %3llu s left  %u connections  %s transactions/s  p50 %s  p99 %s  %llu failed%s",
        l->terminal ? "\r\033[K" : "", phase, (unsigned long long)(left_ns / NS_PER_S),
        (unsigned)t->open_connections, rate, p50, p99,
        (unsigned long long)t->counters[COUNTER_FAILED], l->terminal ? "" : "\n");
    fflush(stderr);
    l->shown = true;
}

/* Over the time that the new intervals cover: the recorder may be late, or hand over several. */
static void take_rate(struct live *l, uint32_t workers)
{
    uint64_t completed = l->totals.counters[COUNTER_COMPLETED], lanes_ns = l->totals.lanes_ns;
    if (lanes_ns == l->last_lanes_ns)
        return;
    double lane_s = (double)(lanes_ns - l->last_lanes_ns) / 1e9;
    l->transactions_per_s = (double)(completed - l->last_completed) / (lane_s / workers);
    l->last_completed = completed;
    l->last_lanes_ns = lanes_ns;
}

static void tick_line(struct run *r, const char *phase, uint64_t left_ns)
{
    struct live *l = r->live;
    uint64_t now = clock_now_ns(&r->clock);
    if (now < l->next_ns)
        return;
    rec_totals(r->rec, &l->totals);
    take_rate(l, r->workers_count);
    if (l->next_ns && !r->job->quiet)
        print_line(r, phase, left_ns);
    l->next_ns = now + r->job->status_ns;
}

void live_tick(struct run *r, const char *phase, uint64_t left_ns)
{
    struct live *l = r->live;
    if (!l->run.uuid)
        note_run(r);
    stream_tick(r);
    if (l->metrics)
        metrics_poll(l->metrics);
    if (l->ctl)
        ctl_poll(l->ctl);
    tick_line(r, phase, left_ns);
}

void live_close(struct run *r)
{
    struct live *l = r->live;
    if (!l)
        return;
    ctl_close(l->ctl);
    scrape_close(r);
    stream_close(r);
    if (l->terminal && l->shown)
        fputs("\r\033[K", stderr);
    free(l);
    r->live = NULL;
}
