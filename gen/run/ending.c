/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * After the last interval is stored: what the run used, whether its rules held, whether the
 * generator kept its promises (valid), and what stopped it. Everything is read back from the
 * stored rows, so that what is judged is what was recorded.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "db/db.h"
#include "db/run_row.h"
#include "run/run.h"
#include "run/sla.h"

/* Bounds of validity for an open-loop run. */
#define LATENESS_P99_MAX_US 1000.0
#define BUSY_MAX            0.98

/* Shares of saturation. */
#define SATURATED 0.95
#define MOSTLY    0.5

struct judged {
    bool failed, missing, valid;
    char invalid_reason[160];
    const char *limited_by;
    char evidence[240];
};

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

static double summary_figure(struct run *r, const char *column)
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
    double actual = summary_figure(r, rule->metric->column);
    struct verdict_row row = {
        .phase_id = DB_NONE, .rule = rule->text, .metric = rule->metric->name,
        .op = sla_op_text(rule->op), .unit = rule->metric->unit, .target = rule->target,
        .actual = actual, .samples = DB_NONE,
    };
    if (!strcmp(rule->metric->unit, "us"))
        row.samples = (int64_t)summary_figure(r, "latency_count");
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
    double failed = summary_figure(r, "failed"), completed = summary_figure(r, "completed");
    if (!(failed > 0) || names_errors(r->job))
        return 0;
    struct verdict_row row = {
        .phase_id = DB_NONE, .rule = "errors=0%", .metric = "errors", .op = "=", .unit = "%",
        .target = 0, .actual = summary_figure(r, "errors_percent"), .samples = DB_NONE,
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
    double achieved = summary_figure(r, "transactions_per_s");
    bool kept_up = open_loop && achieved >= 0.99 * r->job->phases[0].rate_per_s;
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

/* --- resources -------------------------------------------------------------------------------- */

static int record_pool(struct run *r, const char *pool, uint64_t bytes, uint64_t item,
                       struct err *e)
{
    struct conn_memory_row row = {
        .side = "gen", .pool = pool, .connections = r->job->connections,
        .item_bytes = item ? (int64_t)item : DB_NONE, .items_used = DB_NONE,
        .items_reserved = item ? (int64_t)(bytes / item) : DB_NONE,
        .bytes_per_conn = (double)bytes / r->job->connections,
        .base_bytes = DB_NONE, .loaded_bytes = DB_NONE,
    };
    return db_conn_memory_add(r->db, r->id, &row, e);
}

static int record_memory(struct run *r, struct err *e)
{
    struct worker_memory sum = {0};
    for (uint32_t w = 0; w < r->workers_count; w++) {
        const struct worker_memory *m = &r->workers[w].memory;
        sum.tcp.conns += m->tcp.conns;
        sum.tcp.flows += m->tcp.flows;
        sum.tcp.time_wait += m->tcp.time_wait;
        sum.tcp.ooo += m->tcp.ooo;
        sum.sessions += m->sessions;
        sum.trans += m->trans;
    }
    const struct {
        const char *pool;
        uint64_t bytes, item;
    } pools[] = {
        {"connections", sum.tcp.conns, sizeof(struct conn)},
        {"flow_table", sum.tcp.flows, sizeof(struct flow_entry)},
        {"time_wait", sum.tcp.time_wait, sizeof(struct time_wait)},
        {"out_of_order", sum.tcp.ooo, 0},
        {"sessions", sum.sessions, sizeof(struct session)},
        {"transactions", sum.trans, sizeof(struct trans)},
    };
    int rc = 0;
    for (size_t i = 0; !rc && i < sizeof pools / sizeof *pools; i++)
        rc = record_pool(r, pools[i].pool, pools[i].bytes, pools[i].item, e);
    return rc;
}

static int record_peer(struct run *r, int64_t at_ns, struct err *e)
{
    const struct responder_totals *t = r->wires.peer;
    if (!t || !t->valid)
        return 0;
    int rc = 0;
    for (int i = 0; !rc && i < COUNTER_COUNT; i++)
        if (t->counters[i])
            rc = db_iface_counter_add(r->db, r->id, at_ns, "peer", counter_name((enum counter)i),
                                      t->counters[i], e);
    for (int i = 1; !rc && i < DROP_COUNT; i++) {
        char name[64];
        snprintf(name, sizeof name, "drop.%s", drop_name((enum drop)i));
        if (t->drops[i])
            rc = db_iface_counter_add(r->db, r->id, at_ns, "peer", name, t->drops[i], e);
    }
    const uint64_t served[] = {t->server.requests, t->server.replies, t->server.bytes_in,
                               t->server.bytes_out};
    static const char *const names[] = {"requests", "replies", "bytes_in", "bytes_out"};
    for (int i = 0; !rc && i < 4; i++)
        rc = db_iface_counter_add(r->db, r->id, at_ns, "responder", names[i], served[i], e);
    return rc;
}

/* --- all -------------------------------------------------------------------------------------- */

/* A figure of the table; "-" when it was not measured. */
static const char *cell(struct run *r, const char *column, int decimals, char *buf, size_t size)
{
    double v = summary_figure(r, column);
    if (isnan(v))
        return "-";
    snprintf(buf, size, "%.*f", decimals, v);
    return buf;
}

static const char *verdict_word(const struct run *r, enum run_state state, const struct judged *j)
{
    if (state == RUN_FAILED)
        return "-";
    if (!j->valid)
        return "INVALID";
    if (j->failed)
        return "FAIL";
    if (j->missing)
        return "UNKNOWN";
    return r->job->phases[0].sla[0] ? "PASS" : "-"; /* without a rule there is nothing to pass */
}

static void describe_row(struct run *r, enum run_state state, const struct judged *j,
                         struct run_result *out)
{
    char msg[24], tps[24], p50[24], p99[24];
    snprintf(out->line, sizeof out->line, "%4lld  %-28s %-11s %-7s %12s %12s %10s %10s  %s",
             (long long)r->id, r->job->workload_id, run_state_name(state), verdict_word(r, state, j),
             cell(r, "msg_per_s", 0, msg, sizeof msg),
             cell(r, "transactions_per_s", 0, tps, sizeof tps),
             cell(r, "latency_p50_us", 1, p50, sizeof p50),
             cell(r, "latency_p99_us", 1, p99, sizeof p99), j->limited_by ? j->limited_by : "-");
}

static int exit_code_of(const struct judged *j)
{
    if (!j->valid)
        return EXIT_INVALID;
    if (j->failed)
        return EXIT_VERDICT;
    return j->missing ? EXIT_INCONCLUSIVE : EXIT_WELL;
}

int ending_record(struct run *r, bool interrupted, const struct err *failure, struct run_result *out,
                  struct err *e)
{
    struct judged j = {.valid = true};
    struct loads loads;
    int64_t now = (int64_t)(clock_now_ns(&r->clock) + r->mono_to_real_ns);
    struct run_end end = {
        .state = failure ? RUN_FAILED : interrupted ? RUN_INTERRUPTED : RUN_DONE,
        .state_reason = failure ? failure->message : interrupted ? "ended by a signal" : NULL,
        .ended_ns = now, .valid = DB_NONE,
        .connections_opened = (int64_t)r->connections_opened, .lost_intervals = DB_NONE,
    };
    out->id = r->id;
    int rc = record_memory(r, e);
    if (!rc)
        rc = record_peer(r, now, e);
    if (!rc && !failure) {
        read_loads(r, &loads);
        judge_limit(r, &loads, &j);
        judge_validity(r, &loads, &j);
        rc = judge_rules(r, &j, e);
        if (!rc)
            rc = judge_failures(r, &j, e);
        end.valid = j.valid;
        end.invalid_reason = j.valid ? NULL : j.invalid_reason;
        end.limited_by = j.limited_by;
        end.limited_by_evidence = j.evidence;
    }
    if (!rc)
        rc = db_run_end(r->db, r->id, &end, e);
    out->exit_code = failure ? failure->exit_code : exit_code_of(&j);
    describe_row(r, end.state, &j, out);
    return rc;
}
