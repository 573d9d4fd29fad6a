/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/judge.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/db.h"
#include "db/limit.h"
#include "db/run_row.h"
#include "run/until.h"

/* --- reading back ---------------------------------------------------------------------------- */

/* One figure of this run; NAN when it is NULL or cannot be read. */
static double figure(struct run *r, const char *sql)
{
    struct db_stmt *s;
    struct err e = {0};
    double value = NAN;
    if (db_prepare(r->db, "read a figure of the run", sql, &s, &e))
        return NAN;
    db_bind_i64(s, ":run", r->id);
    if (db_step(s, &e) == 1)
        value = db_col_f64(s, "v");
    db_finish(s);
    return value;
}

double judge_figure(struct run *r, const char *column)
{
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT %s AS v FROM run_summary WHERE run_id = :run", column);
    return figure(r, sql);
}

double judge_counted(struct run *r, const char *name)
{
    char sql[400];
    snprintf(sql, sizeof sql,
             "SELECT sum(c.value) AS v FROM counter c JOIN counter_name n ON n.id = c.name_id "
             "JOIN interval i ON i.id = c.interval_id JOIN phase p ON p.id = i.phase_id "
             "WHERE i.run_id = :run AND p.measured AND n.kind = 'counter' AND n.name = '%s'",
             name);
    double v = figure(r, sql);
    return isnan(v) ? 0 : v;
}

static struct figure_scope whole(struct run *r)
{
    return (struct figure_scope){.db = r->db, .run_id = r->id, .to_seq = FIGURE_LAST};
}

/* The only phase of a job is its run. */
void judge_scope_of(struct run *r, const struct job_phase *phase, struct judge_scope *out)
{
    *out = (struct judge_scope){.rows = whole(r), .phase = phase, .phase_id = DB_NONE, .ran = true};
    if (!phase)
        return;
    out->ran = figure_scope_of(&out->rows, phase->name, &out->phase_id);
    if (r->job->phases_count > 1)
        return;
    out->rows = whole(r);
    out->phase_id = DB_NONE;
}

/* --- one rule -------------------------------------------------------------------------------- */

/* A rule of `warn` warns where another fails or is not measured. */
static enum sla_state softened(enum sla_state state, bool warns)
{
    return warns && (state == SLA_FAIL || state == SLA_NOT_MEASURED) ? SLA_WARN : state;
}

struct ruling {
    enum sla_state state;
    double actual;
    const char *reason;
    char room[200];
};

static void rule_on(struct run *r, const struct judge_scope *s, const struct sla_rule *rule,
                    struct ruling *out)
{
    *out = (struct ruling){.state = SLA_SKIP, .actual = NAN, .reason = out->room};
    if (!s->ran) {
        snprintf(out->room, sizeof out->room, "phase %s did not run: the run %s", s->phase->name,
                 r->aborted[0] ? "was aborted" : "ended before it");
        return;
    }
    out->actual = figure_read(&s->rows, &rule->metric, rule->window_ns);
    out->reason = judge_inapplicable(r, s, &rule->metric, out->actual);
    out->state = SLA_NOT_APPLICABLE;
    if (out->reason) {
        out->actual = NAN;
    } else if (!isnan(out->actual)) {
        out->state = sla_holds(rule, out->actual) ? SLA_PASS : SLA_FAIL;
    } else if (rule->metric.den) {
        out->state = judge_few(s, rule, out->room, sizeof out->room);
        out->reason = out->room;
    } else {
        out->state = SLA_NOT_MEASURED;
        out->reason = judge_missing(&rule->metric);
    }
}

static int store(struct run *r, struct judged *j, enum sla_state state, struct verdict_row *row,
                 struct err *e)
{
    j->states[state]++;
    row->state = sla_state_name(state);
    return db_verdict_add(r->db, r->id, row, e);
}

static int judge_rule(struct run *r, const struct judge_scope *s, const struct sla_rule *rule,
                      bool warns, struct judged *j, struct err *e)
{
    struct ruling ruling;
    rule_on(r, s, rule, &ruling);
    double samples = s->ran ? figure_samples(&s->rows, &rule->metric) : NAN;
    struct verdict_row row = {
        .phase_id = s->phase_id,
        .rule = rule->text,
        .metric = rule->metric.name,
        .op = sla_op_text(rule->op),
        .unit = figure_unit_text(rule->metric.unit),
        .target = rule->target,
        .actual = ruling.actual,
        .samples = isnan(samples) ? DB_NONE : (int64_t)samples,
        .reason = ruling.reason,
    };
    return store(r, j, softened(ruling.state, warns), &row, e);
}

static int judge_rules(struct run *r, const struct judge_scope *s, const char *text, bool warns,
                       struct judged *j, struct err *e)
{
    struct sla_rule rules[SLA_RULES_MAX];
    int n = sla_parse(text, rules, e), rc = n < 0 ? n : 0;
    for (int i = 0; i < n && !rc; i++)
        rc = judge_rule(r, s, &rules[i], warns, j, e);
    return rc;
}

/* --- all of them ----------------------------------------------------------------------------- */

static bool names_errors(const char *text)
{
    struct sla_rule rules[SLA_RULES_MAX];
    struct err e = {0};
    int n = sla_parse(text, rules, &e);
    for (int i = 0; i < n; i++)
        if (!strncmp(rules[i].metric.name, "error", 5) || !strcmp(rules[i].metric.name, "success"))
            return true;
    return false;
}

/* Failures that no rule speaks of must not go unseen: a warning, or a failure when nothing at all
 * completed. */
static int judge_failures(struct run *r, const struct judge_scope *s, struct judged *j,
                          struct err *e)
{
    struct figure_name errors;
    figure_find("errors", &errors);
    double percent = s->ran ? figure_read(&s->rows, &errors, 0) : NAN;
    if (!(percent > 0) || names_errors(s->phase->sla) || names_errors(r->job->run_sla))
        return 0;
    struct verdict_row row = {
        .phase_id = s->phase_id,
        .rule = "errors=0%",
        .metric = "errors",
        .op = "=",
        .unit = "%",
        .target = 0,
        .actual = percent,
        .samples = (int64_t)figure_samples(&s->rows, &errors),
        .reason = "implied: the job has no rule for errors",
    };
    return store(r, j, percent < 100 ? SLA_WARN : SLA_FAIL, &row, e);
}

static int judge_phase(struct run *r, const struct job_phase *p, struct judged *j, struct err *e)
{
    struct judge_scope s;
    judge_scope_of(r, p, &s);
    int rc = judge_rules(r, &s, p->sla, false, j, e);
    rc = rc ? rc : judge_rules(r, &s, p->warn, true, j, e);
    return rc ? rc : judge_failures(r, &s, j, e);
}

/* --- settled, limit -------------------------------------------------------------------------- */

#define SERIES_MAX 20000

/* Phases in which nothing starts have nothing that could settle. */
static int judge_steady(struct run *r, const struct job_phase *p, struct figure_series *series,
                        struct err *e)
{
    char reason[160] = "not judged: with rate = 0 nothing starts";
    struct figure_scope rows = whole(r);
    int64_t id, n = 0;
    int steady = -1;
    if (!figure_scope_of(&rows, p->name, &id))
        return 0;
    if (p->rate_max || p->rate_per_s > 0) {
        n = figure_series(&rows, series);
        steady = n < 0 ? -1 : until_steady(series, (size_t)n, reason, sizeof reason);
    }
    return db_phase_steady(r->db, id, steady < 0 ? -1 : steady, reason, e);
}

static int judge_settled(struct run *r, struct err *e)
{
    struct figure_series series = {.room = SERIES_MAX};
    series.rate = malloc(2 * SERIES_MAX * sizeof *series.rate);
    if (!series.rate)
        return err_set(e, EXIT_RUN, -ENOMEM, "no memory to judge whether phases settled");
    series.mean = series.rate + SERIES_MAX;
    int rc = 0;
    for (uint32_t p = 0; p < r->job->phases_count && !rc; p++)
        rc = judge_steady(r, &r->job->phases[p], &series, e);
    free(series.rate);
    return rc;
}

static int judge_limit(struct run *r, struct judged *j, struct err *e)
{
    struct limit_figures f;
    struct limit_verdict v;
    int rc = limit_load(r->db, r->id, &f, e);
    if (rc)
        return rc;
    limit_judge(&f, &v);
    j->limited_by = limit_part(v.by);
    snprintf(j->evidence, sizeof j->evidence, "%s: %s", limit_words(v.by), v.evidence);
    return 0;
}

int judge_run(struct run *r, struct judged *out, struct err *e)
{
    struct judge_scope all;
    *out = (struct judged){0};
    int rc = judge_limit(r, out, e);
    if (rc)
        return rc;
    judge_validity(r, out);
    for (uint32_t p = 0; p < r->job->phases_count && !rc; p++)
        rc = judge_phase(r, &r->job->phases[p], out, e);
    judge_scope_of(r, NULL, &all);
    rc = rc ? rc : judge_rules(r, &all, r->job->run_sla, false, out, e);
    return rc ? rc : judge_settled(r, e);
}
