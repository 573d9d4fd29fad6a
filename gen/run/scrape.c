/* SPDX-License-Identifier: BSD-3-Clause */
/* The run as OpenMetrics, when somebody asks. */
#include <errno.h>
#include <stdlib.h>

#include "run/live.h"

static void read_processes(const struct run *r, struct metrics_reading *m)
{
    static const struct process_use none = {-1, -1, -1, -1, -1};
    int64_t peer = r->wires.peer_pid ? r->wires.peer_pid : r->job->peer_pid;
    process_use_self(&m->gen);
    if (!peer || process_tree_use(peer, 0, r->wires.peer_root, &m->peer))
        m->peer = none;
}

static int fill(FILE *out, void *ctx)
{
    struct run *r = ctx;
    struct live *l = r->live;
    struct metrics_reading m = {.run = &l->run, .totals = l->scraped, .times = l->times};
    uint64_t now_ns = clock_now_ns(&r->clock);
    if (!r->rec || live_phase_now(r, now_ns, &m.phase) < 0)
        return -EAGAIN;
    m.left_s = live_left_s(&m.phase, now_ns);
    m.watch_lost = rec_watch_lost(r->rec);
    rec_totals(r->rec, l->scraped);
    read_processes(r, &m);
    metrics_write(out, &m);
    return 0;
}

int scrape_open(struct run *r, struct err *e)
{
    struct live *l = r->live;
    if (!r->job->metrics.port)
        return 0;
    l->times = malloc(TIME_COUNT * sizeof *l->times);
    l->scraped = malloc(sizeof *l->scraped);
    if (!l->times || !l->scraped)
        return err_set(e, EXIT_RUN, -ENOMEM, "no memory for the metrics");
    for (int t = 0; t < TIME_COUNT; t++)
        hist_sum_reset(&l->times[t]);
    return metrics_open(r->job->metrics.addr, r->job->metrics.port, fill, r, &l->metrics, e);
}

void scrape_close(struct run *r)
{
    struct live *l = r->live;
    if (l->metrics)
        metrics_close(l->metrics);
    l->metrics = NULL;
    free(l->times);
    free(l->scraped);
    l->times = NULL;
    l->scraped = NULL;
}
