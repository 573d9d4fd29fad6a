/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/by.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/by_batch.h"
#include "analyzer/keep.h"
#include "analyzer/times.h"
#include "base/err.h"

static const char *const names[BY_KINDS] = {"phase", "worker", "operation", "interval", "target"};

const char *by_kind_name(enum by_kind kind)
{
    return names[kind];
}

int by_kind_parse(const char *word, enum by_kind *out, struct err *e)
{
    for (int i = 0; i < BY_KINDS; i++)
        if (strcmp(word, names[i]) == 0) {
            *out = (enum by_kind)i;
            return 0;
        }
    return err_set(e, EXIT_USAGE, -EINVAL,
                   "--by \"%.40s\": expected phase, worker, operation, interval or target", word);
}

/* --- parts that histograms know -------------------------------------------------------- */

static bool is_of(const struct batch *b, const struct part *p, const struct owned_hist_info *h)
{
    switch (b->table->kind) {
    case BY_PHASE:
        return p->phase_id == h->phase_id;
    case BY_WORKER:
        return p->number == h->worker;
    case BY_INTERVAL:
        return p->phase_id == h->phase_id && p->number == h->seq;
    case BY_OPERATION:
    case BY_TARGET:
        break;
    }
    return false;
}

static struct by_row new_row(enum by_kind kind, const struct owned_hist_info *h)
{
    struct by_row r = {.number = kind == BY_PHASE    ? h->phase_seq
                                 : kind == BY_WORKER ? h->worker
                                                     : h->seq};
    r.started_ns = h->hist.started_ns;
    if (kind != BY_WORKER)
        snprintf(r.phase, sizeof r.phase, "%s", h->phase ? h->phase : "?");
    return r;
}

/* The part of a histogram, made when it is the first; in `e` why not. */
static struct part *part_of(struct batch *b, const struct owned_hist_info *h, struct err *e)
{
    for (size_t i = b->count; i-- > 0;)
        if (is_of(b, &b->parts[i], h))
            return &b->parts[i];
    if (b->table->kind != BY_WORKER && b->count == BATCH && batch_finish(b, e))
        return NULL;
    struct by_row row = new_row(b->table->kind, h);
    struct part *p = batch_add(b, &row, h->phase_id);
    if (!p)
        batch_no_memory(e);
    return p;
}

static int add_span(struct batch *b, const struct part *p, const struct owned_hist_info *h,
                    struct err *e)
{
    if (b->table->kind != BY_INTERVAL)
        return 0;
    struct span *s = list_grow((void **)&b->spans, &b->spans_count, sizeof *s);
    if (!s)
        return batch_no_memory(e);
    *s = (struct span){h->phase_id, h->worker, h->hist.started_ns, h->hist.ended_ns,
                       (size_t)(p - b->parts)};
    return 0;
}

static int take_hist(struct batch *b, const struct owned_hist_info *h, struct hist_sum *scratch,
                     struct err *e)
{
    int ret = times_decode(&h->hist, scratch, e);
    if (ret)
        return ret;
    struct part *p = part_of(b, h, e);
    if (!p)
        return -ENOMEM;
    hist_sum_merge(p->sum, scratch);
    return add_span(b, p, h, e);
}

/* --- the table ------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
    const struct by_row *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static int build(struct batch *b, struct err *e)
{
    struct by_table *t = b->table;
    bool running = t->run.state == RUN_RUNNING;
    int ret = exact_is_possible(b->db, t->run.id, running, t->inexact, sizeof t->inexact, e);
    if (ret < 0)
        return ret;
    b->possible = ret;
    if (t->kind == BY_OPERATION)
        return batch_kinds(b, e);
    if (t->kind == BY_TARGET)
        return batch_targets(b, e);
    ret = batch_each_hist(b, take_hist, e);
    ret = ret ? ret : batch_finish(b, e);
    if (t->kind == BY_WORKER && t->count)
        qsort(t->rows, t->count, sizeof *t->rows, by_number);
    return ret;
}

int by_build(struct db *db, int64_t run_id, enum by_kind kind, struct by_table *out, struct err *e)
{
    *out = (struct by_table){.kind = kind};
    struct batch b = {.db = db, .table = out};
    int ret = query_begin(db, e);
    if (ret)
        return ret;
    ret = query_run_load(db, run_id, &out->run, e);
    ret = ret ? ret : build(&b, e);
    query_end(db);
    batch_clear(&b);
    return ret;
}

void by_table_fini(struct by_table *t)
{
    free(t->rows);
    run_info_fini(&t->run);
    *t = (struct by_table){0};
}
