/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/by_batch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/keep.h"
#include "analyzer/times.h"
#include "base/err.h"

int batch_no_memory(struct err *e)
{
    return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory for the parts of a run");
}

void batch_clear(struct batch *b)
{
    for (size_t i = 0; i < b->count; i++)
        free(b->parts[i].sum);
    free(b->parts);
    free(b->spans);
    b->parts = NULL;
    b->spans = NULL;
    b->count = b->spans_count = 0;
}

struct part *batch_add(struct batch *b, const struct by_row *row, int64_t phase_id)
{
    struct by_table *t = b->table;
    struct by_row *r = list_grow((void **)&t->rows, &t->count, sizeof *r);
    struct part *p = r ? list_grow((void **)&b->parts, &b->count, sizeof *p) : NULL;
    if (!p)
        return NULL;
    *r = *row;
    *p = (struct part){phase_id, row->number, malloc(sizeof *p->sum)};
    if (!p->sum)
        return NULL;
    hist_sum_reset(p->sum);
    return p;
}

/* --- its figures ----------------------------------------------------------------------- */

static void put_histogram(struct by_row *r, const struct hist_sum *h)
{
    r->count = h->count;
    for (int q = 0; q < QUANTILE_COUNT; q++) {
        struct figure *f = &r->quantiles[q];
        if (percentile_is_shown(h->count, &quantiles[q]))
            figure_set(f, (double)hist_sum_percentile_ns(h, quantiles[q].num, quantiles[q].den));
        else
            figure_miss(f, "%llu samples, %s needs %llu", (unsigned long long)h->count,
                        quantiles[q].text, (unsigned long long)percentile_needs(&quantiles[q]));
    }
    if (!h->count) {
        figure_miss(&r->max, "no samples");
        figure_miss(&r->mean, "no samples");
        return;
    }
    figure_set(&r->max, (double)h->max_ns);
    figure_set(&r->mean, hist_sum_mean_ns(h));
}

static void put_exact(struct by_row *r, const struct sieve *s)
{
    r->exact = true;
    r->mean.value = s->mean_ns;
    for (int q = 0; q < QUANTILE_COUNT; q++)
        if (r->quantiles[q].has)
            r->quantiles[q].value = (double)s->values[q];
}

static void want(struct sieve *s, const struct part *p)
{
    sieve_init(s, p->sum);
    for (int q = 0; q < QUANTILE_COUNT; q++)
        sieve_want(s, percentile_is_shown(p->sum->count, &quantiles[q])
                          ? percentile_rank(p->sum->count, &quantiles[q])
                          : 0);
}

/* From when to when the batch's blocks may lie; all of the run where spans do not say. */
static void limit_time(const struct batch *b, struct exact_job *job)
{
    job->from_ns = INT64_MIN;
    job->to_ns = INT64_MAX;
    for (size_t i = 0; i < b->spans_count; i++) {
        job->from_ns = i && job->from_ns < b->spans[i].from_ns ? job->from_ns : b->spans[i].from_ns;
        job->to_ns = i && job->to_ns > b->spans[i].to_ns ? job->to_ns : b->spans[i].to_ns;
    }
}

static int find_exact(struct batch *b, struct by_row *rows, struct err *e)
{
    struct by_table *t = b->table;
    struct blocks_damage damage;
    struct exact_job job = {.db = b->db, .run_id = t->run.id, .count = b->count, .deal = batch_deal,
                            .arg = b, .wanted = BIT(SAMPLE_LATENCY) | BIT(SAMPLE_START) |
                                                BIT(SAMPLE_KIND),
                            .sieves = calloc(b->count, sizeof *job.sieves)};
    if (!job.sieves)
        return batch_no_memory(e);
    for (size_t i = 0; i < b->count; i++)
        want(&job.sieves[i], &b->parts[i]);
    limit_time(b, &job);
    int ret = exact_find(&job, &damage, e);
    if (ret == 0 && damage.id)
        snprintf(t->inexact, sizeof t->inexact, "raw samples %lld are damaged: %s",
                 (long long)damage.id, damage.why);
    for (size_t i = 0; ret == 0 && i < b->count; i++)
        if (!job.sieves[i].refuted)
            put_exact(&rows[i], &job.sieves[i]);
        else if (!t->inexact[0])
            snprintf(t->inexact, sizeof t->inexact,
                     "raw samples and histograms of some parts are not the same");
    free(job.sieves);
    return ret;
}

int batch_finish(struct batch *b, struct err *e)
{
    struct by_row *rows = b->table->rows ? b->table->rows + (b->table->count - b->count) : NULL;
    for (size_t i = 0; i < b->count; i++)
        put_histogram(&rows[i], b->parts[i].sum);
    int ret = b->possible && b->count ? find_exact(b, rows, e) : 0;
    batch_clear(b);
    return ret;
}

int batch_each_hist(struct batch *b,
                    int (*take)(struct batch *b, const struct owned_hist_info *h,
                                struct hist_sum *scratch, struct err *e),
                    struct err *e)
{
    struct db_stmt *rows = NULL;
    struct owned_hist_info h;
    struct hist_sum *scratch = malloc(sizeof *scratch);
    int ret = scratch ? query_owned_hists(b->db, b->table->run.id, &rows, e) : batch_no_memory(e);
    while (ret == 0 && (ret = query_owned_hists_next(rows, &h, e)) == 1)
        ret = take(b, &h, scratch, e);
    db_finish(rows);
    free(scratch);
    return ret;
}
