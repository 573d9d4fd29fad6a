/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What people see while a run goes on, on stderr: one line that is rewritten on a terminal, plain
 * lines (one a second) otherwise, nothing with `quiet`. Figures are those that the recorder has
 * published: at most an interval old.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/units.h"
#include "run/run.h"

struct live {
    bool terminal, shown;
    uint64_t next_ns, last_ns;
    uint64_t last_completed, last_failed;
    struct rec_totals totals;
};

int live_open(struct run *r, struct err *e)
{
    if (r->job->quiet)
        return 0;
    r->live = calloc(1, sizeof *r->live);
    if (!r->live)
        return err_set(e, EXIT_RUN, -ENOMEM, "no memory for the live line");
    r->live->terminal = isatty(STDERR_FILENO);
    return 0;
}

static void print_line(struct run *r, const char *phase, uint64_t left_ns, double seconds)
{
    struct live *l = r->live;
    const struct rec_totals *t = &l->totals;
    char p50[32] = "-", p99[32] = "-", rate[32];
    uint64_t completed = t->counters[COUNTER_COMPLETED], failed = t->counters[COUNTER_FAILED];
    if (t->latency.count) {
        units_format_ns(p50, sizeof p50, hist_sum_percentile_ns(&t->latency, 50, 100));
        units_format_ns(p99, sizeof p99, hist_sum_percentile_ns(&t->latency, 99, 100));
    }
    units_format_count(rate, sizeof rate, (uint64_t)((double)(completed - l->last_completed) / seconds));
    fprintf(stderr, "%s%-10s %3llu s left  %u connections  %s transactions/s  p50 %s  p99 %s  %llu failed%s",
            l->terminal ? "\r\033[K" : "", phase, (unsigned long long)(left_ns / NS_PER_S),
            (unsigned)t->open_connections, rate, p50, p99, (unsigned long long)failed,
            l->terminal ? "" : "\n");
    fflush(stderr);
    l->shown = true;
    l->last_completed = completed;
    l->last_failed = failed;
}

void live_tick(struct run *r, const char *phase, uint64_t left_ns)
{
    struct live *l = r->live;
    uint64_t now = clock_now_ns(&r->clock);
    if (!l || now < l->next_ns)
        return;
    rec_totals(r->rec, &l->totals);
    if (l->last_ns)
        print_line(r, phase, left_ns, (double)(now - l->last_ns) / 1e9);
    l->last_ns = now;
    l->next_ns = now + NS_PER_S;
}

void live_close(struct run *r)
{
    if (r->live && r->live->terminal && r->live->shown)
        fputs("\r\033[K", stderr);
    free(r->live);
    r->live = NULL;
}
