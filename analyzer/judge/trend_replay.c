/* SPDX-License-Identifier: BSD-3-Clause */
/* A trend once more: from its own runs, and from the history as the file holds it by now. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge/replay.h"
#include "analyzer/judge/trend_store.h"
#include "base/err.h"

#define SENTENCE 900

static int repeat(struct db *db, const struct trend_question *q, struct replay *out, struct err *e)
{
    struct trend_report r;
    int ret = trend_report_build(db, q->runs.ids[q->runs.count - 1], q, &r, e);
    if (ret == 0) {
        trend_store_describe(q, &r);
        out->result = r.stored.result ? strdup(r.stored.result) : NULL;
        snprintf(out->inputs_hash, sizeof out->inputs_hash, "%s",
                 r.stored.inputs_hash ? r.stored.inputs_hash : "");
        ret =
            out->result ? 0 : err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory for the result");
    }
    trend_report_fini(&r);
    return ret;
}

static bool same_runs(const struct values *v, const struct id_list *ids)
{
    if (v->count != ids->count)
        return false;
    for (size_t i = 0; i < v->count; i++)
        if (v->runs[i].id != ids->ids[i])
            return false;
    return true;
}

static void say_newer(const struct trend_report *r, const struct trend_question *q,
                      const char *then, char *out)
{
    const char *now = trend_verdict_name(r->verdict);
    if (same_runs(&r->values, &q->runs) && same_runs(&r->pinned, &q->pinned))
        snprintf(out, SENTENCE, "Newer data: none; history and baseline are as they were.");
    else
        snprintf(out, SENTENCE,
                 "Newer data: with the %zu runs of the history as it is now the verdict %s %s: %s.",
                 r->values.count, strcmp(now, then ? then : "") ? "would be" : "would still be",
                 now, r->conclusion);
}

/* The same question of the history as it is now. */
static void newer(struct db *db, const struct trend_question *q, const char *then, char *out)
{
    struct err e = {0};
    struct trend_report r;
    struct trend_question now = *q;
    now.again = false;
    if (trend_report_build(db, q->runs.ids[q->runs.count - 1], &now, &r, &e))
        snprintf(out, SENTENCE, "Newer data cannot be judged: %s.", e.message);
    else
        say_newer(&r, q, then, out);
    trend_report_fini(&r);
}

int trend_replay(struct db *db, const struct analysis_info *row, struct replay *out, struct err *e)
{
    struct trend_asked asked;
    char text[SENTENCE];
    int ret = trend_store_read(db, row, &asked, e);
    ret = ret ? ret : query_begin(db, e);
    if (ret == 0) {
        ret = repeat(db, &asked.question, out, e);
        if (ret == 0) {
            newer(db, &asked.question, row->verdict, text);
            out->newer = strdup(text);
        }
        query_end(db);
    }
    trend_asked_fini(&asked);
    return ret;
}
