/* SPDX-License-Identifier: BSD-3-Clause */
/* No histogram knows an operation: they are made from the samples, in a pass of its own. */
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/by_batch.h"
#include "analyzer/times.h"
#include "base/err.h"

/* By thread and operation; NULL: not seen, or no memory. */
struct operations {
    struct hist_sum *of[BLOCKS_THREADS_MAX][OPERATIONS];
    bool full[BLOCKS_THREADS_MAX];
};

static void count_operation(struct operations *o, size_t thread, uint32_t operation, uint64_t ns)
{
    struct hist_sum **h = &o->of[thread][operation % OPERATIONS];
    if (!*h && (*h = malloc(sizeof **h)))
        hist_sum_reset(*h);
    if (!*h) {
        o->full[thread] = true;
        return;
    }
    (*h)->count++;
    (*h)->sum_ns += (double)ns;
    (*h)->min_ns = ns < (*h)->min_ns ? ns : (*h)->min_ns;
    (*h)->max_ns = ns > (*h)->max_ns ? ns : (*h)->max_ns;
    if (ns > HIST_MAX_NS)
        (*h)->overflow++;
    else
        (*h)->counts[hist_index(ns)]++;
}

static void take_operations(void *arg, size_t thread, const struct block *b)
{
    for (uint32_t i = 0; i < b->count; i++)
        count_operation(arg, thread, sample_operation(b->columns[SAMPLE_KIND][i]),
                        b->columns[SAMPLE_LATENCY][i]);
}

static int add_operations(struct batch *b, struct operations *o, struct err *e)
{
    for (int operation = 0; operation < OPERATIONS; operation++) {
        struct part *p = NULL;
        for (size_t t = 0; t < BLOCKS_THREADS_MAX; t++) {
            if (o->full[t])
                return batch_no_memory(e);
            if (!o->of[t][operation])
                continue;
            struct by_row row = {.number = operation};
            if (!p && !(p = batch_add(b, &row, 0)))
                return batch_no_memory(e);
            hist_sum_merge(p->sum, o->of[t][operation]);
            b->part_of[operation] = b->count - 1;
        }
    }
    return 0;
}

static void operations_free(struct operations *o)
{
    for (size_t t = 0; o && t < BLOCKS_THREADS_MAX; t++)
        for (int operation = 0; operation < OPERATIONS; operation++)
            free(o->of[t][operation]);
    free(o);
}

static int sum_up(struct batch *b, const struct owned_hist_info *h, struct hist_sum *scratch,
                  struct err *e)
{
    int ret = times_decode(&h->hist, scratch, e);
    if (ret == 0)
        hist_sum_merge(b->parts[0].sum, scratch);
    return ret;
}

/* `left` is used up. */
static bool add_up_to(const struct batch *b, struct hist_sum *left)
{
    uint64_t differ = 0;
    for (size_t i = 0; i < b->count; i++) {
        left->overflow -= b->parts[i].sum->overflow;
        for (uint32_t k = 0; k < HIST_COUNTS; k++)
            left->counts[k] -= b->parts[i].sum->counts[k];
    }
    for (uint32_t k = 0; k < HIST_COUNTS; k++)
        differ |= left->counts[k];
    return !differ && !left->overflow;
}

/* Whether the operations together are what the histograms counted. */
static int check_operations(struct batch *b, struct err *e)
{
    struct by_table whole = {.kind = b->table->kind, .run = b->table->run};
    struct batch all = {.db = b->db, .table = &whole};
    struct by_row row = {0};
    int ret = batch_add(&all, &row, 0) ? batch_each_hist(&all, sum_up, e) : batch_no_memory(e);
    if (ret == 0)
        b->possible = add_up_to(b, all.parts[0].sum);
    batch_clear(&all);
    free(whole.rows);
    return ret;
}

static int scan_operations(struct batch *b, struct operations *o, struct err *e)
{
    struct by_table *t = b->table;
    struct blocks_damage damage;
    struct blocks_scan scan = {.db = b->db, .run_id = t->run.id, .from_ns = INT64_MIN,
                               .to_ns = INT64_MAX, .wanted = BIT(SAMPLE_LATENCY) | BIT(SAMPLE_KIND),
                               .threads = blocks_threads(), .take = take_operations, .arg = o};
    int ret = blocks_scan(&scan, &damage, e);
    if (ret == 0 && damage.id)
        snprintf(t->inexact, sizeof t->inexact, "raw samples %lld are damaged: %s",
                 (long long)damage.id, damage.why);
    if (ret || damage.id)
        return ret;
    ret = add_operations(b, o, e);
    ret = ret ? ret : check_operations(b, e);
    if (ret == 0 && !b->possible) {
        snprintf(t->inexact, sizeof t->inexact, "the raw samples are not those of the histograms");
        t->count -= b->count;
        batch_clear(b);
    }
    return ret ? ret : batch_finish(b, e);
}

int batch_operations(struct batch *b, struct err *e)
{
    if (!b->possible)
        return 0;
    struct operations *o = calloc(1, sizeof *o);
    int ret = o ? scan_operations(b, o, e) : batch_no_memory(e);
    operations_free(o);
    return ret;
}
