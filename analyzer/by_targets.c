/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * By target. A sample says the target's place in the list of the job, unless there is only one: all
 * samples are that one's then. Samples of versions that did not record it say nothing, too, so with
 * several targets a sample that says nothing has no part.
 */
#include <stdio.h>
#include <string.h>

#include "analyzer/by_batch.h"
#include "analyzer/query_compare.h"

static void name_row(struct by_row *row, const struct target_info *t)
{
    bool six = t->address && strchr(t->address, ':');
    snprintf(row->phase, sizeof row->phase, six ? "[%.46s]:%lld" : "%.46s:%lld",
             t->address ? t->address : "?", (long long)t->port);
}

static int count_targets(struct batch *b, int64_t *targets, struct err *e)
{
    struct db_stmt *s = NULL;
    struct target_info target;
    int ret = query_targets(b->db, b->table->run.id, &s, e);
    while (ret == 0 && (ret = query_targets_next(s, &target, e)) == 1) {
        ++*targets;
        ret = 0;
    }
    db_finish(s);
    return ret;
}

/* Rows of targets come in their order, from number 1. */
static int name_rows(struct batch *b, struct err *e)
{
    struct by_table *t = b->table;
    struct db_stmt *s = NULL;
    struct target_info target;
    int ret = query_targets(b->db, t->run.id, &s, e);
    for (int64_t n = 1; ret == 0 && (ret = query_targets_next(s, &target, e)) == 1; n++) {
        for (size_t i = 0; i < t->count; i++)
            if (t->rows[i].number == n)
                name_row(&t->rows[i], &target);
        ret = 0;
    }
    db_finish(s);
    return ret;
}

/* 1 or 0 by its job, of a run without rows of targets; -errno. */
static int has_one_target(struct batch *b, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = query_job(b->db, b->table->run.id, &s, e);
    if (ret == 0 && (ret = db_step(s, e)) == 1) {
        const char *job = db_col_text(s, "job"), *line = job ? strstr(job, "\ntarget = ") : NULL;
        ret = line && !memchr(line + 1, ',', strcspn(line + 1, "\n"));
    }
    db_finish(s);
    return ret;
}

/* The samples that name no target: of the only one, of those beyond the last number, or of nobody
 * knows whom. */
static int settle_silent(struct batch *b, int64_t targets, struct err *e)
{
    struct by_table *t = b->table;
    int one = targets ? targets == 1 : has_one_target(b, e);
    if (one < 0)
        return one;
    if (one) {
        t->rows[0].number = 1;
    } else if (targets == SAMPLE_TARGETS) {
        snprintf(t->rows[0].phase, sizeof t->rows[0].phase, "all others");
    } else {
        t->count = 0;
        snprintf(t->inexact, sizeof t->inexact,
                 "the run has several targets, and its samples do not say theirs");
    }
    return 0;
}

int batch_targets(struct batch *b, struct err *e)
{
    struct by_table *t = b->table;
    int64_t targets = 0;
    int ret = batch_kinds(b, e);
    ret = ret ? ret : count_targets(b, &targets, e);
    if (ret == 0 && t->count && t->rows[0].number == 0)
        ret = settle_silent(b, targets, e);
    return ret ? ret : name_rows(b, e);
}
