/* SPDX-License-Identifier: BSD-3-Clause */
/* A comparison once more: from its own runs, and from what the file holds by now. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge/compare_build.h"
#include "analyzer/judge/parameters.h"
#include "analyzer/judge/replay.h"
#include "analyzer/out/compare.h"
#include "base/err.h"

static int repeat(struct db *db, const struct plan *plan, struct replay *out, struct err *e)
{
    struct comparison c;
    int ret = comparison_build(db, plan, &c, e);
    if (ret == 0) {
        json_t *result = compare_json_result(&c);
        out->result = compare_json_text(result);
        json_decref(result);
        snprintf(out->inputs_hash, sizeof out->inputs_hash, "%s",
                 c.stored.inputs_hash ? c.stored.inputs_hash : "");
        ret =
            out->result ? 0 : err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory for the result");
    }
    comparison_fini(&c);
    return ret;
}

static bool same_ids(const struct id_list *a, const struct id_list *b)
{
    return a->count == b->count &&
           (!a->count || memcmp(a->ids, b->ids, a->count * sizeof *a->ids) == 0);
}

static bool same_plan(const struct plan *a, const struct plan *b)
{
    return same_ids(&a->a, &b->a) && same_ids(&a->b, &b->b) && same_ids(&a->history, &b->history);
}

static void say_newer(const struct plan *plan, const struct comparison *c, const char *then,
                      char *out, size_t size)
{
    const char *now = comparison_verdict(c);
    snprintf(out, size,
             "Newer data: with %zu runs of the baseline and %zu of the history as they are now the "
             "verdict %s %s. %s",
             plan->a.count, c->history_runs,
             strcmp(now, then ? then : "") ? "would be" : "would still be", now,
             c->conclusion ? c->conclusion : "");
}

/* The plan that --compare would make of the same run today, the history up to now. */
static int newer(struct db *db, const struct analysis_info *row, const struct plan *before,
                 char *out, size_t size)
{
    struct err e = {0};
    struct plan now;
    struct comparison c = {0};
    int ret = plan_choose_ids(db, before->name, before->b.ids, before->b.count, &now, &e);
    now.forced = before->forced;
    now.history_before_ns = VALUES_ALL;
    ret = ret ? ret : plan_history(db, &now, &e);
    if (ret) {
        snprintf(out, size, "Newer data: none to judge by: %s.", e.message);
    } else if (same_plan(before, &now)) {
        snprintf(out, size, "Newer data: none; baseline and history are as they were.");
    } else {
        ret = comparison_build(db, &now, &c, &e);
        if (ret)
            snprintf(out, size, "Newer data cannot be judged: %s.", e.message);
        else
            say_newer(&now, &c, row->verdict, out, size);
        comparison_fini(&c);
    }
    plan_fini(&now);
    return ret;
}

int compare_replay(struct db *db, const struct analysis_info *row, struct replay *out,
                   struct err *e)
{
    struct plan plan;
    char text[900];
    int ret = parameters_read(db, row->parameters, &plan, e);
    ret = ret ? ret : repeat(db, &plan, out, e);
    if (ret == 0) {
        newer(db, row, &plan, text, sizeof text);
        out->newer = strdup(text);
    }
    plan_fini(&plan);
    return ret;
}
