/* SPDX-License-Identifier: BSD-3-Clause */
/* The watch over a phase: what ends it early, read back from the file once an interval. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hist.h"
#include "base/units.h"
#include "db/db.h"
#include "run/run.h"
#include "run/sla_few.h"
#include "run/step.h"
#include "run/until.h"

#define SERIES_MAX 2000 /* intervals that the warm-up test looks back on */

static bool reads(const struct watch *w)
{
    return w->rules_count || w->until.steady;
}

int watch_open(struct watch *w, struct run *r, const struct job_phase *p, uint32_t first,
               const struct until *until, struct err *e)
{
    *w = (struct watch){.until = *until, .phase = p};
    w->rules_count = sla_parse(p->abort_if, w->rules, e);
    if (w->rules_count < 0)
        return w->rules_count;
    w->completed_before = step_status(r, offsetof(struct worker_status, completed));
    w->next_ns = clock_now_ns(&r->clock) + r->job->interval_ns;
    if (!reads(w))
        return 0;
    int rc = r->reader ? 0 : db_open(r->job->db, DB_READ, &r->reader, e);
    w->scope = (struct figure_scope){
        .db = r->reader, .run_id = r->id, .from_seq = first, .to_seq = FIGURE_LAST, .warmup = true};
    return rc;
}

/* --- settled ---------------------------------------------------------------------------------- */

static bool look_settled(const struct watch *w)
{
    char reason[160];
    struct figure_series s = {.room = SERIES_MAX};
    s.rate = malloc(2 * SERIES_MAX * sizeof *s.rate);
    if (!s.rate)
        return false;
    s.mean = s.rate + SERIES_MAX;
    struct figure_scope scope = w->scope;
    scope.warmup = w->warming;
    int64_t n = figure_series(&scope, &s);
    bool steady = n > 0 && until_steady(&s, (size_t)n, reason, sizeof reason) == 1;
    free(s.rate);
    return steady;
}

/* --- abort_if --------------------------------------------------------------------------------- */

/* A percentile on few samples ends a run only when they leave no doubt. */
static bool few_support(const struct figure_scope *s, const struct sla_rule *rule)
{
    struct sla_few few = {.ruling = RULING_OPEN};
    struct hist_sum *h = malloc(sizeof *h);
    if (h && !figure_hist(s, rule->metric.time, h))
        sla_few_judge(rule, rule->metric.num, rule->metric.den, h, &few);
    free(h);
    return few.ruling == RULING_SUPPORTED;
}

/* Shares and means of a handful of transactions say nothing yet. */
static bool too_few(const struct figure_scope *s, const struct figure_name *f)
{
    double samples = f->max ? NAN : figure_samples(s, f);
    return samples < ABORT_TRANSACTIONS_MIN;
}

static bool comes_true(const struct figure_scope *s, const struct sla_rule *rule, double *actual)
{
    *actual = figure_read(s, &rule->metric, rule->window_ns);
    if (isnan(*actual))
        return rule->metric.den && few_support(s, rule);
    return !too_few(s, &rule->metric) && sla_holds(rule, *actual);
}

static bool look_abort(const struct watch *w, struct run *r)
{
    char window[32];
    double actual;
    struct figure_scope s = w->scope;
    uint64_t now_ns = clock_now_ns(&r->clock) + r->mono_to_real_ns;
    s.since_ns = (int64_t)(now_ns - w->phase->abort_window_ns);
    for (int i = 0; i < w->rules_count; i++) {
        const struct sla_rule *rule = &w->rules[i];
        if (!comes_true(&s, rule, &actual))
            continue;
        snprintf(r->aborted, sizeof r->aborted, "abort_if = %s in phase %s: ", rule->text,
                 w->phase->name);
        size_t at = strlen(r->aborted);
        if (isnan(actual))
            snprintf(r->aborted + at, sizeof r->aborted - at,
                     "so say the few samples of the last %s",
                     units_format_ns(window, sizeof window, w->phase->abort_window_ns));
        else
            snprintf(r->aborted + at, sizeof r->aborted - at, "%.6g %s over the last %s", actual,
                     figure_unit_text(rule->metric.unit),
                     units_format_ns(window, sizeof window, w->phase->abort_window_ns));
        return true;
    }
    return false;
}

/* --- all -------------------------------------------------------------------------------------- */

enum phase_exit watch_look(struct watch *w, struct run *r, bool done)
{
    struct until_seen seen = {
        .now_ns = clock_now_ns(&r->clock),
        .done = done,
        .open = step_status(r, offsetof(struct worker_status, open)),
        .completed =
            step_status(r, offsetof(struct worker_status, completed)) - w->completed_before,
    };
    if (reads(w) && seen.now_ns >= w->next_ns) {
        w->next_ns = seen.now_ns + r->job->interval_ns;
        seen.aborted = look_abort(w, r);
        seen.steady = w->until.steady && look_settled(w);
    }
    return until_judge(&w->until, &seen);
}
