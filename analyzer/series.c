/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/series.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "analyzer/summary.h"
#include "base/err.h"

/* What the rows of one piece add up to, over all workers. */
struct gathered {
    double worker_ns, middle_ns; /* middle_ns: sum of middle times length */
    double messages, completed, failed;
};

static void gather(struct gathered *g, const struct summary *s, const struct interval_info *row)
{
    double from = (double)ns_between(s->run.started_ns, row->started_ns);
    double length = (double)ns_between(row->started_ns, row->ended_ns);
    if (length <= 0)
        return;
    g->worker_ns += length;
    g->middle_ns += (from + length / 2) * length;
    g->messages += (double)row->messages_sent;
    g->completed += (double)row->completed;
    g->failed += (double)row->failed;
}

/* Rows may be shorter than a piece (a phase ended) or longer (two intervals were merged), so the
 * rate is that of the time which they cover, times the number of workers. */
static struct series_point point_of(const struct gathered *g, const struct summary *s,
                                    const struct seconds *pieces, size_t i)
{
    double from_s = (double)ns_between(s->run.started_ns, pieces->from_ns) / 1e9;
    double length_s = (double)pieces->length_ns / 1e9;
    struct series_point p = {
        from_s + ((double)i + 0.5) * length_s, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    if (g->worker_ns <= 0)
        return p;
    double per_s = 1e9 * (double)s->run.workers / g->worker_ns;
    p.at_s = g->middle_ns / g->worker_ns / 1e9;
    p.msg_per_s = g->messages * per_s;
    p.transactions_per_s = g->completed * per_s;
    p.failed_per_s = g->failed * per_s;
    return p;
}

static int read_intervals(struct db *db, const struct summary *s, const struct seconds *pieces,
                          struct series *out, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct interval_info row;
    struct gathered *all = calloc(pieces->count, sizeof *all);
    if (!all)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory");
    int ret = query_intervals(db, s->run.id, SCOPE_ALL, &rows, e);
    while (ret == 0 && (ret = query_intervals_next(rows, &row, e)) == 1) {
        gather(&all[seconds_index(pieces, row.started_ns, row.ended_ns)], s, &row);
        ret = 0;
    }
    for (size_t i = 0; i < pieces->count; i++)
        out->points[i] = point_of(&all[i], s, pieces, i);
    db_finish(rows);
    free(all);
    return ret;
}

static double quantile_s(const struct hist_sum *h, enum quantile_id id)
{
    const struct quantile *q = &quantiles[id];
    if (!percentile_is_shown(h->count, q))
        return NAN;
    return (double)hist_sum_percentile_ns(h, q->num, q->den) / 1e9;
}

static void close_piece(struct series_point *p, enum time_kind time, struct hist_sum *merged)
{
    if (time == TIME_LATENCY) {
        p->latency_p50_s = quantile_s(merged, QUANTILE_P50);
        p->latency_p99_s = quantile_s(merged, QUANTILE_P99);
    } else if (time == TIME_QUEUEING) {
        p->queueing_p99_s = quantile_s(merged, QUANTILE_P99);
    } else {
        p->lateness_p99_s = quantile_s(merged, QUANTILE_P99);
    }
    hist_sum_reset(merged);
}

/* Rows come in order of time, so one merged histogram at a time is enough. */
static int read_time(struct db *db, const struct summary *s, enum time_kind time,
                     const struct seconds *pieces, struct series *out, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct hist_info row;
    struct hist_sum *one = malloc(sizeof *one), *merged = malloc(sizeof *merged);
    int ret = one && merged ? query_hists(db, s->run.id, SCOPE_ALL, time, &rows, e)
                            : err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory");
    size_t open = 0;
    if (merged)
        hist_sum_reset(merged);
    while (ret == 0 && (ret = query_hists_next(rows, &row, e)) == 1) {
        size_t i = seconds_index(pieces, row.started_ns, row.ended_ns);
        if (i != open)
            close_piece(&out->points[open], time, merged);
        open = i;
        ret = times_decode(&row, one, e);
        if (ret == 0)
            hist_sum_merge(merged, one);
    }
    if (ret == 0)
        close_piece(&out->points[open], time, merged);
    db_finish(rows);
    free(one);
    free(merged);
    return ret;
}

int series_build(struct db *db, const struct summary *s, struct series *out, struct err *e)
{
    struct seconds pieces = summary_pieces(s, s->run.interval_ns);
    out->count = pieces.count;
    out->points = calloc(pieces.count, sizeof *out->points);
    if (!out->points)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory for %zu intervals",
                       pieces.count);
    int ret = query_begin(db, e);
    if (ret)
        return ret;
    ret = read_intervals(db, s, &pieces, out, e);
    ret = ret ? ret : read_time(db, s, TIME_LATENCY, &pieces, out, e);
    ret = ret ? ret : read_time(db, s, TIME_LATENESS, &pieces, out, e);
    ret = ret ? ret : read_time(db, s, TIME_QUEUEING, &pieces, out, e);
    query_end(db);
    return ret;
}
