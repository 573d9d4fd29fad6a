/* SPDX-License-Identifier: BSD-3-Clause */
/* No histogram knows an operation or a target: they are made from the samples, in a pass of its
 * own. Both stand in a sample's kind. */
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/by_batch.h"
#include "analyzer/times.h"
#include "base/err.h"

/* By thread and what the kind names; NULL: not seen, or no memory. */
struct kinds {
    struct hist_sum *of[BLOCKS_THREADS_MAX][BATCH_KEYS];
    bool full[BLOCKS_THREADS_MAX];
    enum by_kind by;
};

static void count_one(struct kinds *o, size_t thread, uint32_t key, uint64_t ns)
{
    struct hist_sum **h = &o->of[thread][key];
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

static void take_block(void *arg, size_t thread, const struct block *b)
{
    struct kinds *o = arg;
    for (uint32_t i = 0; i < b->count; i++)
        count_one(o, thread, batch_key(o->by, b->columns[SAMPLE_KIND][i]),
                  b->columns[SAMPLE_LATENCY][i]);
}

/* The part of one key, when it is the first thread that saw it. */
static struct part *add_part(struct batch *b, uint32_t key)
{
    struct by_row row = {.number = key};
    struct part *p = batch_add(b, &row, 0);
    b->part_of[key] = b->count - 1;
    return p;
}

static int add_parts(struct batch *b, struct kinds *o, struct err *e)
{
    for (uint32_t key = 0; key < BATCH_KEYS; key++) {
        struct part *p = NULL;
        for (size_t t = 0; t < BLOCKS_THREADS_MAX; t++) {
            if (o->full[t])
                return batch_no_memory(e);
            if (!o->of[t][key])
                continue;
            if (!p && !(p = add_part(b, key)))
                return batch_no_memory(e);
            hist_sum_merge(p->sum, o->of[t][key]);
        }
    }
    return 0;
}

static void kinds_free(struct kinds *o)
{
    for (size_t t = 0; o && t < BLOCKS_THREADS_MAX; t++)
        for (uint32_t key = 0; key < BATCH_KEYS; key++)
            free(o->of[t][key]);
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

/* Whether the parts together are what the histograms counted. */
static int check_parts(struct batch *b, struct err *e)
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

static int scan_kinds(struct batch *b, struct kinds *o, struct err *e)
{
    struct by_table *t = b->table;
    struct blocks_damage damage;
    struct blocks_scan scan = {.db = b->db, .run_id = t->run.id, .from_ns = INT64_MIN,
                               .to_ns = INT64_MAX, .wanted = BIT(SAMPLE_LATENCY) | BIT(SAMPLE_KIND),
                               .threads = blocks_threads(), .take = take_block, .arg = o};
    int ret = blocks_scan(&scan, &damage, e);
    if (ret == 0 && damage.id)
        snprintf(t->inexact, sizeof t->inexact, "raw samples %lld are damaged: %s",
                 (long long)damage.id, damage.why);
    if (ret || damage.id)
        return ret;
    ret = add_parts(b, o, e);
    ret = ret ? ret : check_parts(b, e);
    if (ret == 0 && !b->possible) {
        snprintf(t->inexact, sizeof t->inexact, "the raw samples are not those of the histograms");
        t->count -= b->count;
        batch_clear(b);
    }
    return ret ? ret : batch_finish(b, e);
}

int batch_kinds(struct batch *b, struct err *e)
{
    if (!b->possible)
        return 0;
    struct kinds *o = calloc(1, sizeof *o);
    if (o)
        o->by = b->table->kind;
    int ret = o ? scan_kinds(b, o, e) : batch_no_memory(e);
    kinds_free(o);
    return ret;
}
