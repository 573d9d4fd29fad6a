/* SPDX-License-Identifier: BSD-3-Clause */
/* The figures of a trial, from its stored rows: what was recorded is what decides. */
#include <math.h>
#include <stdio.h>

#include "base/err.h"
#include "db/limit.h"
#include "run/seek_internal.h"

#define MIB         1048576.0

static double read_figure(const struct judge_scope *s, const char *name)
{
    struct figure_name f;
    return figure_find(name, &f) ? figure_read(&s->rows, &f, 0) : NAN;
}

/* --- rules ------------------------------------------------------------------------------------ */

static enum sla_state rule_on(const struct judge_scope *s, const struct sla_rule *rule, char *why,
                              size_t size)
{
    char few[120];
    double actual = figure_read(&s->rows, &rule->metric, rule->window_ns);
    if (!isnan(actual)) {
        snprintf(why, size, "%s is %.4g %s", rule->metric.name, actual,
                 figure_unit_text(rule->metric.unit));
        return sla_holds(rule, actual) ? SLA_PASS : SLA_FAIL;
    }
    if (!rule->metric.den) {
        snprintf(why, size, "%s: %s", rule->text, judge_missing(&rule->metric));
        return SLA_NOT_MEASURED;
    }
    enum sla_state state = judge_few(s, rule, few, sizeof few);
    snprintf(why, size, "%s: %s", rule->text, few);
    return state;
}

/* The first rule that fails, else the first that is open, else all of them. */
static void judge_rules(const struct seek *k, const struct judge_scope *s, struct trial_result *out)
{
    char why[SUITE_TEXT];
    out->objective = TRIAL_PASSED;
    snprintf(out->objective_why, sizeof out->objective_why, "held");
    for (int i = 0; i < k->rules_count && out->objective != TRIAL_FAILED; i++) {
        enum sla_state state = rule_on(s, &k->rules[i], why, sizeof why);
        if (state == SLA_PASS || (state != SLA_FAIL && out->objective == TRIAL_OPEN))
            continue;
        out->objective = state == SLA_FAIL ? TRIAL_FAILED : TRIAL_OPEN;
        snprintf(out->objective_why, sizeof out->objective_why, "%s", why);
    }
}

/* --- what limited it -------------------------------------------------------------------------- */

/* Every transaction that connections and depth can carry is under way, and the generator has room:
 * its time passes at the far end. Where nothing is known of that end, db/limit.c calls it the round
 * trip, or nothing; for a search it is the peer's. Of our own responder it is known. */
static bool waits_for_peer(const struct limit_figures *f, enum limit by)
{
    return (by == LIMIT_UNKNOWN || by == LIMIT_ROUND_TRIP) && isnan(f->peer_busy) &&
           f->busy < f->bounds.busy && f->outstanding >= f->bounds.slots * f->slots;
}

static void judge_limit(struct run *r, int64_t phase_id, struct trial_result *out)
{
    struct limit_figures f;
    struct limit_verdict v;
    struct err e = {0};
    if (limit_load_phase(r->reader, r->id, phase_id, &f, &e))
        return;
    limit_judge(&f, &v);
    out->limited_by = limit_part(v.by);
    snprintf(out->limit_evidence, sizeof out->limit_evidence, "%s: %.200s", limit_words(v.by),
             v.evidence);
    if (!waits_for_peer(&f, v.by))
        return;
    out->limited_by = "peer";
    snprintf(out->limit_evidence, sizeof out->limit_evidence,
             "%.3g of the %.0f transactions that connections x depth can carry wait for replies of "
             "%.4g us; the generator's loop is busy %.0f %%",
             f.outstanding, f.slots, f.service_ns / 1e3, 100 * f.busy);
}

/* --- all -------------------------------------------------------------------------------------- */

static void read_times(const struct judge_scope *s, struct trial_result *out)
{
    out->mean_us = read_figure(s, "latency_mean");
    out->min_us = read_figure(s, "latency_min");
    out->p50_us = read_figure(s, "latency_p50");
    out->p95_us = read_figure(s, "latency_p95");
    out->p99_us = read_figure(s, "latency_p99");
    out->max_us = read_figure(s, "latency_max");
}

static struct trial_spread read_spread(const struct judge_scope *s, enum figure_spread_of what)
{
    struct figure_spread f = figure_spread(&s->rows, what);
    return (struct trial_spread){f.mean, f.least, f.most};
}

static void read_spreads(const struct judge_scope *s, struct trial_result *out)
{
    out->at_once = read_spread(s, SPREAD_CONNECTIONS);
    out->connects = read_spread(s, SPREAD_CONNECTS);
    out->transactions = read_spread(s, SPREAD_TRANSACTIONS);
    out->gbit = read_spread(s, SPREAD_GBIT);
}

static void read_resources(const struct seek *k, const struct judge_scope *s,
                           struct trial_result *out)
{
    out->cpu_gen_percent = read_figure(s, "cpu_percent");
    out->cpu_peer_percent = read_figure(s, "peer_cpu_percent");
    out->rss_gen_bytes = MIB * read_figure(s, "memory_rss");
    out->rss_peer_bytes = MIB * read_figure(s, "peer_memory_rss");
    out->bytes_per_connection = NAN;
    if (k->base_bytes >= 0 && out->open > 0)
        out->bytes_per_connection = (out->rss_gen_bytes - (double)k->base_bytes) / out->open;
}

bool seek_read(struct run *r, struct trial_result *out, int64_t *phase_id)
{
    const struct seek *k = r->seek;
    struct judge_scope s = {.rows = {.db = r->reader, .run_id = r->id}, .phase = &k->phase};
    struct judged valid = {0};
    s.ran = figure_scope_of(&s.rows, k->phase.name, phase_id);
    if (!s.ran)
        return false;
    *out = (struct trial_result){
        .requested_per_s = k->phase.rate_max ? NAN : k->phase.rate_per_s,
        .connections = k->phase.connections,
        .open = read_figure(&s, "connections"),
        .achieved_per_s = read_figure(&s, "transactions_per_s"),
        .success = read_figure(&s, "success") / 100,
    };
    read_times(&s, out);
    read_spreads(&s, out);
    read_resources(k, &s, out);
    judge_rules(k, &s, out);
    judge_limit(r, *phase_id, out);
    if (!k->phase.rate_max)
        judge_validity_of(r, &s, &valid);
    out->late = valid.invalid_reason[0] != '\0';
    snprintf(out->late_why, sizeof out->late_why, "%.*s", SUITE_TEXT - 1, valid.invalid_reason);
    return true;
}
