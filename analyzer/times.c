/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/times.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/units.h"
#include "db/histblob.h"

#define SECONDS_MAX 1000000 /* eleven days of seconds: beyond it the file's clock is wrong */

struct seconds seconds_over(int64_t from_ns, int64_t to_ns, int64_t length_ns)
{
    struct seconds s = {.from_ns = from_ns, .length_ns = length_ns};
    if (s.length_ns < (int64_t)NS_PER_MS)
        s.length_ns = (int64_t)NS_PER_MS;
    uint64_t span = to_ns > from_ns ? (uint64_t)to_ns - (uint64_t)from_ns : 0;
    uint64_t count = span / (uint64_t)s.length_ns + 1;
    s.count = count < SECONDS_MAX ? count : SECONDS_MAX;
    return s;
}

size_t seconds_index(const struct seconds *s, int64_t started_ns, int64_t ended_ns)
{
    double middle =
        (double)ns_between(s->from_ns, started_ns) + (double)ns_between(started_ns, ended_ns) / 2;
    double index = middle / (double)s->length_ns;
    if (index < 0)
        return 0;
    return index < (double)s->count ? (size_t)index : s->count - 1;
}

int times_decode(const struct hist_info *row, struct hist_sum *out, struct err *e)
{
    hist_sum_reset(out);
    int ret = row->blob ? histblob_decode(row->blob, row->blob_len, out) : -EBADMSG;
    if (ret == 0 && out->count + row->overflow != row->count)
        ret = -EBADMSG;
    if (ret)
        return err_set(e, EXIT_USAGE, ret,
                       "the histogram of the interval that starts at %lld ns is damaged: %s",
                       (long long)row->started_ns, strerror(-ret));
    out->count = row->count;
    out->overflow = row->overflow;
    out->min_ns = row->min_ns;
    out->max_ns = row->max_ns;
    out->sum_ns = row->mean_ns * (double)row->count;
    return 0;
}

/* One pass over the histograms of a time. */
struct pass {
    struct db *db;
    int64_t run_id;
    enum query_scope scope;
    enum time_kind time;
    struct hist_sum *row; /* scratch */
};

/* Calls `take` with each histogram decoded. */
static int pass_over(const struct pass *p, void *to,
                     void (*take)(void *to, const struct hist_info *, const struct hist_sum *),
                     struct err *e)
{
    struct db_stmt *s = NULL;
    struct hist_info row;
    int ret = query_hists(p->db, p->run_id, p->scope, p->time, &s, e);
    while (ret == 0 && (ret = query_hists_next(s, &row, e)) == 1) {
        ret = times_decode(&row, p->row, e);
        if (ret == 0)
            take(to, &row, p->row);
    }
    db_finish(s);
    return ret;
}

static void take_sum(void *to, const struct hist_info *row, const struct hist_sum *h)
{
    (void)row;
    hist_sum_merge(to, h);
}

/* Clusters of each percentile and of the mean, filled in a second pass: what lies below a
 * percentile is known only once the percentile is. */
struct clusters {
    const struct seconds *seconds;
    uint64_t at_ns[QUANTILE_COUNT];
    struct cluster *of[QUANTILE_COUNT + 1]; /* the last: sums, for the mean */
};

static void take_clusters(void *to, const struct hist_info *row, const struct hist_sum *h)
{
    struct clusters *c = to;
    size_t i = seconds_index(c->seconds, row->started_ns, row->ended_ns);
    for (int q = 0; q < QUANTILE_COUNT; q++)
        cluster_add(&c->of[q][i], h, c->at_ns[q]);
    c->of[QUANTILE_COUNT][i].count += h->count;
    c->of[QUANTILE_COUNT][i].part += h->sum_ns;
}

static void fill_quantile(struct time_summary *t, enum quantile_id id, const struct clusters *c)
{
    const struct hist_sum *sum = t->sum;
    struct figure *f = &t->quantiles[id];
    const struct quantile *q = &quantiles[id];
    if (!percentile_is_shown(sum->count, q)) {
        figure_miss(f, "%llu samples, %s needs %llu", (unsigned long long)sum->count, q->text,
                    (unsigned long long)percentile_needs(q));
        return;
    }
    figure_set(f, (double)c->at_ns[id]);
    t->ranks[id].value = percentile_rank(sum->count, q);
    struct percentile_interval in;
    int ret = percentile_interval(sum, q, c->of[id], c->of[QUANTILE_P50],
                                  c->seconds->count, &in);
    if (ret == 0) {
        figure_bound(f, (double)in.lo_ns, (double)in.hi_ns, in.k_eff, in.used);
        f->error = in.error;
        t->ranks[id].lo = in.lo_rank;
        t->ranks[id].hi = in.hi_rank;
    } else {
        snprintf(f->reason, sizeof f->reason, "%s",
                 ret == -ENODATA ? "fewer than two seconds"
                                 : "its end lies beyond the largest sample");
    }
}

static void fill_mean(struct figure *f, const struct hist_sum *sum, const struct clusters *c)
{
    figure_set(f, hist_sum_mean_ns(sum));
    struct ratio_band band;
    if (ratio_band(c->of[QUANTILE_COUNT], c->of[QUANTILE_P50], c->seconds->count, 0, &band))
        return;
    double least = (double)sum->min_ns, lo = fmax(least, f->value - band.half_width);
    f->error = ratio_band_error(lo, f->value + band.half_width);
    figure_bound(f, fmax(least, f->value - band.half_width_most), f->value + band.half_width_most,
                 band.k_eff, band.used);
}

static void fill(struct time_summary *t, const struct clusters *c)
{
    for (int q = 0; q < QUANTILE_COUNT; q++)
        fill_quantile(t, (enum quantile_id)q, c);
    figure_set(&t->min, (double)t->sum->min_ns);
    figure_set(&t->max, (double)t->sum->max_ns);
    fill_mean(&t->mean, t->sum, c);
}

static int build_intervals(const struct pass *p, const struct seconds *seconds,
                           struct time_summary *t, struct err *e)
{
    struct clusters c = {.seconds = seconds};
    size_t size = seconds->count * sizeof(struct cluster);
    struct cluster *all = calloc(QUANTILE_COUNT + 1, size);
    if (!all)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory for %zu seconds",
                       seconds->count);
    for (int q = 0; q <= QUANTILE_COUNT; q++)
        c.of[q] = all + (size_t)q * seconds->count;
    for (int q = 0; q < QUANTILE_COUNT; q++)
        c.at_ns[q] = hist_sum_percentile_ns(t->sum, quantiles[q].num, quantiles[q].den);
    int ret = pass_over(p, &c, take_clusters, e);
    if (ret == 0)
        fill(t, &c);
    free(all);
    return ret;
}

static void miss_all(struct time_summary *t, const char *why)
{
    for (int q = 0; q < QUANTILE_COUNT; q++)
        figure_miss(&t->quantiles[q], "%s", why);
    figure_miss(&t->min, "%s", why);
    figure_miss(&t->max, "%s", why);
    figure_miss(&t->mean, "%s", why);
}

static void count_all(struct time_summary *t, uint64_t count)
{
    for (int q = 0; q < QUANTILE_COUNT; q++)
        t->quantiles[q].count = count;
    t->min.count = t->max.count = t->mean.count = count;
}

int times_build(struct db *db, int64_t run_id, enum time_kind time, const struct seconds *seconds,
                struct time_summary *out, struct err *e)
{
    struct pass p = {db, run_id, SCOPE_OUTCOME, time, malloc(sizeof *p.row)};
    *out = (struct time_summary){.sum = malloc(sizeof *out->sum), .scope = "measured"};
    int ret = -ENOMEM;
    if (!p.row || !out->sum) {
        err_set(e, EXIT_ENVIRONMENT, ret, "out of memory for histograms");
        goto done;
    }
    hist_sum_reset(out->sum);
    ret = pass_over(&p, out->sum, take_sum, e);
    if (ret == 0 && out->sum->count == 0 && time == TIME_CONNECT) {
        p.scope = SCOPE_CONNECT;
        out->scope = "connect";
        ret = pass_over(&p, out->sum, take_sum, e);
    }
    if (ret)
        goto done;
    count_all(out, out->sum->count);
    out->overflow = out->sum->overflow;
    if (out->sum->count)
        ret = build_intervals(&p, seconds, out, e);
    else
        miss_all(out, "no samples");
done:
    free(p.row);
    return ret;
}

void times_fini(struct time_summary *t)
{
    free(t->sum);
    t->sum = NULL;
}
