/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/judge/trend_report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge/margins.h"
#include "analyzer/judge/trend_internal.h"
#include "analyzer/parallel.h"
#include "analyzer/query_trend.h"
#include "base/err.h"

#define PINNED_MAX 1000 /* runs of the baseline that are looked at, the newest */

static int no_memory(struct err *e)
{
    return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory for the trend");
}

const struct values_run *trend_run(const struct trend_report *r, size_t run)
{
    return &r->values.runs[run];
}

/* --- which metrics --------------------------------------------------------------------- */

static bool is_there(const struct trend_report *r, const char *name)
{
    for (size_t j = 0; j < r->metric_count; j++)
        if (strcmp(r->metrics[j].name, name) == 0)
            return true;
    return false;
}

static int unknown(const char *name, struct err *e)
{
    char some[300] = "";
    size_t at = 0;
    for (size_t i = 0; i < verdict_metric_count && at < sizeof some; i++)
        if (verdict_metrics[i].use)
            at += (size_t)snprintf(some + at, sizeof some - at, "%s%s", at ? ", " : "",
                                   verdict_metrics[i].name);
    return err_set(e, EXIT_USAGE, -ENOENT,
                   "--metric \"%.60s\": there is no such metric; some of them: %s", name, some);
}

/* Those that decide, those asked for, then the controls. */
static int choose_metrics(struct trend_report *r, const struct trend_question *q, struct err *e)
{
    size_t most = verdict_metric_count + q->metric_count + verdict_control_count;
    r->metrics = calloc(most, sizeof *r->metrics);
    r->series = calloc(most, sizeof *r->series);
    if (!r->metrics || !r->series)
        return no_memory(e);
    for (size_t i = 0; i < verdict_metric_count; i++)
        if (verdict_metrics[i].use & METRIC_DECIDES)
            r->metrics[r->metric_count++] = verdict_metrics[i];
    for (size_t i = 0; i < q->metric_count; i++) {
        const struct metric *metric = verdict_metric(q->metrics[i]);
        if (!metric)
            return unknown(q->metrics[i], e);
        if (!is_there(r, metric->name))
            r->metrics[r->metric_count++] = *metric;
    }
    r->control_count = verdict_control_count;
    memcpy(r->metrics + r->metric_count, verdict_controls,
           verdict_control_count * sizeof *r->metrics);
    return 0;
}

/* --- which runs ------------------------------------------------------------------------ */

static int choose_history(struct db *db, int64_t run_id, struct trend_report *r, struct err *e)
{
    struct run_info run = {0};
    int ret = query_run_load(db, run_id, &run, e);
    if (ret == 0) {
        r->workload_id = keep_text(&r->keep, run.workload_id);
        r->history_key = keep_text(&r->keep, run.history_key);
        ret = r->workload_id && r->history_key ? 0 : no_memory(e);
    }
    run_info_fini(&run);
    return ret ? ret : query_workload_keys(db, r->workload_id, &r->histories, e);
}

/* What a replay was given, or the newest runs of the key. */
static int read_values(struct db *db, const struct trend_question *q, struct trend_report *r,
                       struct err *e)
{
    int64_t runs = 0;
    size_t columns = r->metric_count + r->control_count;
    if (q->again)
        return values_load(db, r->metrics, columns, q->runs.ids, q->runs.count, &r->values, e);
    int ret = query_history_count(db, r->history_key, TREND_RUNS_MAX + 1, &runs, e);
    r->capped = runs > TREND_RUNS_MAX;
    return ret ? ret
               : values_history(db, r->metrics, columns, r->history_key, VALUES_ALL, TREND_RUNS_MAX,
                                &r->values, e);
}

static int read_history(struct db *db, const struct trend_question *q, struct trend_report *r,
                        struct err *e)
{
    int ret = read_values(db, q, r, e);
    if (ret)
        return ret;
    r->good = malloc((r->values.count + 1) * sizeof *r->good);
    if (!r->good)
        return no_memory(e);
    for (size_t i = 0; i < r->values.count; i++) {
        if (values_run_good(&r->values.runs[i]))
            r->good[r->good_count++] = i;
        r->disordered += i && (r->values.runs[i].id < r->values.runs[i - 1].id ||
                               r->values.runs[i].started_ns == r->values.runs[i - 1].started_ns);
    }
    return 0;
}

/* Ids of the baseline's runs as it is now, and its name. */
static int find_pinned(struct db *db, struct trend_report *r, struct id_list *ids, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = query_history_baseline(db, r->history_key, &s, e);
    while (ret == 0 && ids->count < PINNED_MAX && (ret = db_step(s, e)) == 1) {
        r->baseline = r->baseline ? r->baseline : keep_text(&r->keep, db_col_text(s, "name"));
        ret = r->baseline ? plan_add(ids, db_col_i64(s, "run_id"), e) : no_memory(e);
    }
    db_finish(s);
    return ret;
}

static int read_pinned(struct db *db, const struct trend_question *q, struct trend_report *r,
                       struct err *e)
{
    struct id_list found = {0};
    int ret = 0;
    if (q->again)
        r->baseline = keep_text(&r->keep, q->baseline);
    else
        ret = find_pinned(db, r, &found, e);
    const struct id_list *ids = q->again ? &q->pinned : &found;
    ret = ret ? ret
              : values_load(db, r->metrics, r->metric_count + r->control_count, ids->ids,
                            ids->count, &r->pinned, e);
    free(found.ids);
    return ret;
}

/* The job of the newest run says what is worth telling. */
static int read_margins(struct trend_report *r, struct err *e)
{
    size_t size = verdict_metric_count * sizeof *r->metrics;
    const struct values_run *newest =
        r->good_count ? &r->values.runs[r->good[r->good_count - 1]] : NULL;
    if (!newest || !newest->margins)
        return 0;
    struct metric *all = malloc(size);
    if (!all)
        return no_memory(e);
    memcpy(all, verdict_metrics, size);
    int ret = margins_apply(newest->margins, newest->id, all, verdict_metric_count, e);
    for (size_t i = 0; i < verdict_metric_count; i++)
        for (size_t j = 0; j < r->metric_count; j++)
            if (strcmp(r->metrics[j].name, all[i].name) == 0)
                r->metrics[j].margin = all[i].margin;
    free(all);
    return ret;
}

/* --- the whole ------------------------------------------------------------------------- */

static int find_one(void *report, size_t j)
{
    struct trend_report *r = report;
    r->series[j].metric = &r->metrics[j];
    int ret = trend_metric_fill(&r->series[j], r, j);
    return ret ? ret : trend_metric_find(&r->series[j]);
}

static int explain_all(struct trend_report *r)
{
    size_t all = r->metric_count + r->control_count;
    int ret = 0;
    for (size_t j = 0; j < all && ret == 0; j++) {
        trend_metric_drift(&r->series[j], r);
        ret = trend_change_all(r, &r->series[j]);
        ret = ret || !r->baseline ? ret : trend_metric_pin(&r->series[j], r, j);
    }
    for (size_t j = 0; j < r->metric_count && ret == 0; j++)
        ret = trend_change_machine(r, &r->series[j]);
    return ret ? ret : trend_conclude(r);
}

int trend_report_build(struct db *db, int64_t run_id, const struct trend_question *question,
                       struct trend_report *r, struct err *e)
{
    *r = (struct trend_report){.last = question->last};
    int ret = choose_metrics(r, question, e);
    ret = ret ? ret : choose_history(db, run_id, r, e);
    ret = ret ? ret : read_history(db, question, r, e);
    ret = ret ? ret : read_margins(r, e);
    ret = ret ? ret : read_pinned(db, question, r, e);
    if (ret == 0) {
        ret = parallel_each(r->metric_count + r->control_count, find_one, r);
        ret = ret ? ret : explain_all(r);
        if (ret)
            no_memory(e);
    }
    return ret;
}

void trend_report_fini(struct trend_report *r)
{
    for (size_t j = 0; r->series && j < r->metric_count + r->control_count; j++)
        trend_metric_fini(&r->series[j]);
    values_fini(&r->values);
    values_fini(&r->pinned);
    free(r->good);
    free(r->metrics);
    free(r->series);
    free(r->notes);
    keep_fini(&r->keep);
    *r = (struct trend_report){0};
}
