/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/judge.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "db/db.h"
#include "db/run_row.h"
#include "run/setup.h"
#include "run/sla.h"

/* Bounds of validity for an open-loop run. */
#define LATENESS_P99_MAX_US 1000.0
#define BUSY_MAX            0.98

/* Shares of saturation. */
#define SATURATED 0.95
#define MOSTLY    0.5

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

/* A counter's sum over the measured phases. */
static double counted(struct run *r, const char *name)
{
    char sql[400];
    snprintf(sql, sizeof sql,
             "SELECT sum(c.value) AS v FROM counter c JOIN counter_name n ON n.id = c.name_id "
             "JOIN interval i ON i.id = c.interval_id JOIN phase p ON p.id = i.phase_id "
             "WHERE i.run_id = :run AND p.measured AND n.kind = 'counter' AND n.name = '%s'", name);
    double v = figure(r, sql);
    return isnan(v) ? 0 : v;
}

/* --- verdicts -------------------------------------------------------------------------------- */

static int judge_rule(struct run *r, const struct sla_rule *rule, struct judged *j, struct err *e)
{
    double actual = judge_figure(r, rule->metric->column);
    struct verdict_row row = {
        .phase_id = DB_NONE, .rule = rule->text, .metric = rule->metric->name,
        .op = sla_op_text(rule->op), .unit = rule->metric->unit, .target = rule->target,
        .actual = actual, .samples = DB_NONE,
    };
    if (!strcmp(rule->metric->unit, "us"))
        row.samples = (int64_t)judge_figure(r, "latency_count");
    if (isnan(actual)) {
        row.state = "NOT_MEASURED";
        row.reason = "too few samples in the measured phases";
        j->missing = true;
    } else {
        bool holds = sla_holds(rule, actual);
        row.state = holds ? "PASS" : "FAIL";
        j->failed |= !holds;
    }
    return db_verdict_add(r->db, r->id, &row, e);
}

static int judge_rules(struct run *r, struct judged *j, struct err *e)
{
    struct sla_rule rules[SLA_RULES_MAX];
    for (uint32_t p = 0; p < r->job->phases_count; p++) {
        int n = sla_parse(r->job->phases[p].sla, rules, e);
        if (n < 0)
            return n;
        for (int i = 0; i < n; i++) {
            int rc = judge_rule(r, &rules[i], j, e);
            if (rc)
                return rc;
        }
    }
    return 0;
}

static bool names_errors(const struct job *job)
{
    for (uint32_t p = 0; p < job->phases_count; p++)
        if (strstr(job->phases[p].sla, "errors"))
            return true;
    return false;
}

/* Failures that no rule speaks of must not go unseen: a warning, or the run's failure when nothing
 * at all completed. */
static int judge_failures(struct run *r, struct judged *j, struct err *e)
{
    double failed = judge_figure(r, "failed"), completed = judge_figure(r, "completed");
    if (!(failed > 0) || names_errors(r->job))
        return 0;
    struct verdict_row row = {
        .phase_id = DB_NONE, .rule = "errors=0%", .metric = "errors", .op = "=", .unit = "%",
        .target = 0, .actual = judge_figure(r, "errors_percent"), .samples = DB_NONE,
        .state = completed > 0 ? "WARN" : "FAIL",
        .reason = "implied: the job has no rule for errors",
    };
    j->failed |= !(completed > 0);
    return db_verdict_add(r->db, r->id, &row, e);
}

/* --- validity and limit ----------------------------------------------------------------------- */

struct loads {
    double busy, kick;   /* shares of the generator's time in the measured phases */
    double peer_busy;    /* of our own responder, over its life; NAN: not ours */
    double wire_full;    /* times a ring was full */
};

static double stage_sum(const uint64_t *counters)
{
    double sum = 0;
    for (int c = COUNTER_CYCLES_RX; c <= COUNTER_CYCLES_IDLE; c++)
        sum += (double)counters[c];
    return sum;
}

static void read_loads(struct run *r, struct loads *l)
{
    uint64_t cycles[COUNTER_COUNT] = {0};
    for (int c = COUNTER_CYCLES_RX; c <= COUNTER_CYCLES_IDLE; c++)
        cycles[c] = (uint64_t)counted(r, counter_name((enum counter)c));
    double all = stage_sum(cycles);
    l->busy = all > 0 ? 1 - (double)cycles[COUNTER_CYCLES_IDLE] / all : NAN;
    l->kick = all > 0 ? (double)cycles[COUNTER_CYCLES_KICK] / all : NAN;
    l->wire_full = counted(r, "tx_full");
    const struct responder_totals *peer = r->wires.peer;
    double peer_all = peer && peer->valid ? stage_sum(peer->counters) : 0;
    l->peer_busy = peer_all > 0 ? 1 - (double)peer->counters[COUNTER_CYCLES_IDLE] / peer_all : NAN;
}

static void judge_limit(struct run *r, const struct loads *l, struct judged *j)
{
    bool open_loop = !r->job->phases[0].rate_max;
    double achieved = judge_figure(r, "transactions_per_s");
    double offered = setup_offered_per_s(r->job, &r->job->phases[0], 0);
    bool kept_up = open_loop && achieved >= 0.99 * offered;
    if (kept_up)
        j->limited_by = "load";
    else if (l->busy >= SATURATED)
        j->limited_by = l->kick >= MOSTLY ? "wire" : "generator";
    else if (l->peer_busy >= SATURATED)
        j->limited_by = "peer";
    else if (l->wire_full > 0)
        j->limited_by = "wire";
    else
        j->limited_by = "unknown";
    int n = snprintf(j->evidence, sizeof j->evidence,
                     "generator loop busy %.0f %% (%.0f %% in transmit calls)", l->busy * 100,
                     l->kick * 100);
    if (!isnan(l->peer_busy))
        n += snprintf(j->evidence + n, sizeof j->evidence - (size_t)n,
                      ", responder loop busy %.0f %%", l->peer_busy * 100);
    snprintf(j->evidence + n, sizeof j->evidence - (size_t)n, ", transmit ring full %.0f times",
             l->wire_full);
}

/* Only the generator can make a run invalid, and only in an open loop. */
static void judge_validity(struct run *r, const struct loads *l, struct judged *j)
{
    j->valid = true;
    if (r->job->phases[0].rate_max)
        return;
    double late = figure(r, "SELECT p99_ns / 1e3 AS v FROM summary WHERE run_id = :run AND "
                            "phase_id IS NULL AND time = 'lateness'");
    if (late > LATENESS_P99_MAX_US)
        snprintf(j->invalid_reason, sizeof j->invalid_reason,
                 "lateness p99 is %.0f us, beyond its bound of %.0f us: the generator sent late",
                 late, LATENESS_P99_MAX_US);
    else if (l->busy > BUSY_MAX)
        snprintf(j->invalid_reason, sizeof j->invalid_reason,
                 "the generator's loop was busy %.1f %% of the time, beyond its bound of %.0f %%",
                 l->busy * 100, BUSY_MAX * 100);
    j->valid = !j->invalid_reason[0];
}

int judge_run(struct run *r, struct judged *out, struct err *e)
{
    struct loads loads;
    *out = (struct judged){0};
    read_loads(r, &loads);
    judge_limit(r, &loads, out);
    judge_validity(r, &loads, out);
    int rc = judge_rules(r, out, e);
    return rc ? rc : judge_failures(r, out, e);
}
