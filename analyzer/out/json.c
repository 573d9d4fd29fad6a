/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A run as one JSON object; docs/result.schema.json is the contract. A figure is a plain number at
 * its path, with unit, scope, samples, time and interval under "figures"; one that is missing is
 * null, and "null_reasons" says why.
 */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "analyzer/out/format.h"
#include "analyzer/out/writer.h"
#include "analyzer/summary.h"

#define HIST_ERROR_PERCENT 0.1 /* widest bucket of base/hist.h */

struct document {
    json_t *root, *figures, *reasons;
};

/* Text of a file may hold anything; JSON may not. */
static json_t *text_or_null(const char *text)
{
    if (!text)
        return json_null();
    json_t *value = json_string(text);
    return value ? value : json_string("(not UTF-8)");
}

static json_t *number(double value)
{
    if (value == rint(value) && fabs(value) < 0x1p53)
        return json_integer((json_int_t)value);
    return json_real(value);
}

static json_t *number_or_null(double value)
{
    return isfinite(value) ? number(value) : json_null();
}

static json_t *int_or_null(int64_t value)
{
    return value == QUERY_NONE ? json_null() : json_integer(value);
}

/* Puts a value at "a" or "a.b", making object a. */
static void put(json_t *root, const char *path, json_t *value)
{
    const char *dot = strchr(path, '.');
    if (!dot) {
        json_object_set_new(root, path, value);
        return;
    }
    char outer[64];
    snprintf(outer, sizeof outer, "%.*s", (int)(dot - path), path);
    if (!json_object_get(root, outer))
        json_object_set_new(root, outer, json_object());
    json_object_set_new(json_object_get(root, outer), dot + 1, value);
}

/* A text field that may be missing, with the reason for that. */
static void put_text(struct document *d, const char *path, const char *text, const char *why)
{
    put(d->root, path, text_or_null(text));
    if (!text)
        json_object_set_new(d->reasons, path, json_string(why));
}

static void put_interval(json_t *about, const struct figure *f, double scale)
{
    if (f->has && !f->has_interval && f->reason[0])
        json_object_set_new(about, "interval95_missing", json_string(f->reason));
    if (!f->has_interval)
        return;
    json_t *bounds = json_array();
    json_array_append_new(bounds, number(f->lo / scale));
    json_array_append_new(bounds, number(f->hi / scale));
    json_object_set_new(about, "interval95", bounds);
}

static void put_figure(struct document *d, const char *path, const struct figure *f, double scale,
                       const char *unit, const char *scope)
{
    put(d->root, path, f->has ? number(f->value / scale) : json_null());
    if (!f->has)
        json_object_set_new(d->reasons, path, json_string(f->reason));
    json_t *about = json_object();
    json_object_set_new(about, "unit", json_string(unit));
    json_object_set_new(about, "scope", json_string(scope));
    if (f->count)
        json_object_set_new(about, "samples", json_integer((json_int_t)f->count));
    if (f->duration_s > 0)
        json_object_set_new(about, "duration_s", number(f->duration_s));
    put_interval(about, f, scale);
    json_object_set_new(d->figures, path, about);
}

/* --- parts ----------------------------------------------------------------------------- */

static void put_identity(struct document *d, const struct summary *s)
{
    const struct run_info *run = &s->run;
    char when[40];
    put(d->root, "workload_id", text_or_null(run->workload_id));
    put(d->root, "run_id", json_integer(run->id));
    put(d->root, "run_uuid", text_or_null(run->uuid));
    put(d->root, "history_key", text_or_null(run->history_key));
    put(d->root, "timestamp", json_string(format_time(when, sizeof when, run->started_ns)));
    put(d->root, "tool_version", text_or_null(run->tool_version));
    put_text(d, "tool_commit", run->tool_commit, "built outside a repository");
    put_text(d, "overrides", run->overrides, "the job ran as written");
    put(d->root, "seed", json_integer(run->seed));
    put_text(d, "margins", run->margins, "the job gives none");
    put(d->root, "state", text_or_null(run_state_name(run->state)));
    put_text(d, "state_reason", run->state_reason, "none was stored");
}

/* The place in a set of gen run --interleave. */
static void put_interleave(struct document *d, const struct run_info *run)
{
    static const char why[] = "a run of its own";
    put_text(d, "interleave_uuid", run->interleave_uuid, why);
    put_text(d, "interleave_side", run->interleave_side, why);
    put(d->root, "interleave_round", int_or_null(run->interleave_round));
    if (run->interleave_round == QUERY_NONE)
        json_object_set_new(d->reasons, "interleave_round", json_string(why));
}

static void put_judgement(struct document *d, const struct summary *s)
{
    const struct run_info *run = &s->run;
    put_text(d, "verdict", s->verdict, "the job has no sla, or the run ended before it was judged");
    put(d->root, "valid", run->valid == QUERY_NONE ? json_null() : json_boolean(run->valid != 0));
    if (run->valid == QUERY_NONE)
        json_object_set_new(d->reasons, "valid", json_string("the run was not judged"));
    put_text(d, "invalid_reason", run->invalid_reason, "the run was not judged invalid");
    put_text(d, "limited_by", s->limited_by, "nothing was measured");
    put_text(d, "limited_by_evidence", s->limited_by_evidence, "nothing was measured");
    put_text(d, "limited_by_detail", s->limited_by_detail,
             s->limited_by ? "as stored: the rows do not tell more" : "nothing was measured");
    put_text(d, "limited_by_remedy", s->limited_by_remedy, "none is known");
}

static void put_setting(struct document *d, const struct summary *s)
{
    const struct run_info *run = &s->run;
    put(d->root, "transport", text_or_null(run->transport));
    put(d->root, "tls_enabled", json_boolean(strcmp(run->transport, "tls") == 0));
    put(d->root, "wire", text_or_null(run->wire));
    put_text(d, "wire_detail", run->wire_detail, "the wire says nothing more");
    put(d->root, "protocol", text_or_null(run->protocol));
    put(d->root, "pattern", text_or_null(run->pattern));
    put(d->root, "load", text_or_null(run->load));
    put(d->root, "scope", json_string("per_node"));
    put(d->root, "workers", json_integer(run->workers));
    put_text(d, "payload", run->payload, "the job has none");
    put_text(d, "measured_phase", s->measured_phase, "no phase was measured");
    put(d->root, "latency_under_saturation", json_boolean(s->under_saturation));
    put(d->root, "timestamp_source", text_or_null(run->timestamp_source));
    put(d->root, "percentile_source", json_string(s->source.exact ? "samples" : "histograms"));
    if (!s->source.exact)
        json_object_set_new(d->reasons, "percentile_source", json_string(s->source.reason));
    put(d->root, "percentile_error_percent", json_real(s->source.exact ? 0 : HIST_ERROR_PERCENT));
}

static void put_time(struct document *d, const struct time_summary *t, const char *name)
{
    char path[64];
    for (int q = 0; q < QUANTILE_COUNT; q++) {
        snprintf(path, sizeof path, "%s_%s_us", name, quantiles[q].name);
        put_figure(d, path, &t->quantiles[q], 1e3, "us", t->scope);
        json_object_set_new(json_object_get(d->figures, path), "exact", json_boolean(t->exact));
    }
    snprintf(path, sizeof path, "%s_min_us", name);
    put_figure(d, path, &t->min, 1e3, "us", t->scope);
    snprintf(path, sizeof path, "%s_max_us", name);
    put_figure(d, path, &t->max, 1e3, "us", t->scope);
    snprintf(path, sizeof path, "%s_mean_us", name);
    put_figure(d, path, &t->mean, 1e3, "us", t->scope);
    snprintf(path, sizeof path, "%s_count", name);
    put(d->root, path, json_integer((json_int_t)t->max.count));
}

/* Every name of a vocabulary, 0 included: what can be counted and was not seen is a 0. */
static void put_tally(struct document *d, const char *path, const struct tally_list *list,
                      const char *kind, int names, const char *(*name)(int), bool measured)
{
    if (!measured) {
        put(d->root, path, json_null());
        json_object_set_new(d->reasons, path, json_string("no interval was recorded"));
        return;
    }
    json_t *object = json_object();
    for (int i = 1; i < names; i++) /* 0 is "ok" and "none" */
        json_object_set_new(object, name(i),
                            json_integer((json_int_t)tally_of(list, kind, name(i))));
    put(d->root, path, object);
}

static const char *result_at(int i)
{
    return result_name((enum result)i);
}

/* Drops are many and most never happen: only those seen. */
static void put_drops(struct document *d, const struct summary *s)
{
    json_t *object = json_object();
    for (size_t i = 0; i < s->whole.count; i++) {
        const struct tally *t = &s->whole.rows[i];
        if (strcmp(t->kind, "drop") == 0 && t->value)
            json_object_set_new(object, t->name, json_integer((json_int_t)t->value));
    }
    put(d->root, "drops", object);
}

static void put_counters(struct document *d, const struct summary *s)
{
    json_t *object = json_object();
    for (size_t i = 0; i < s->measured.count; i++) {
        const struct tally *t = &s->measured.rows[i];
        if (strcmp(t->kind, "counter") == 0)
            json_object_set_new(object, t->name, json_integer((json_int_t)t->value));
    }
    put(d->root, "counters", object);
}

static void put_verdicts(struct document *d, const struct summary *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->verdicts.count; i++) {
        const struct verdict_info *v = &s->verdicts.rows[i];
        json_t *row = json_object();
        json_object_set_new(row, "rule", text_or_null(v->rule));
        json_object_set_new(row, "phase", text_or_null(v->phase));
        json_object_set_new(row, "metric", text_or_null(v->metric));
        json_object_set_new(row, "op", text_or_null(v->op));
        json_object_set_new(row, "target", number_or_null(v->target));
        json_object_set_new(row, "actual", number_or_null(v->actual));
        json_object_set_new(row, "unit", text_or_null(v->unit));
        json_object_set_new(row, "samples", int_or_null(v->samples));
        json_object_set_new(row, "state", text_or_null(v->state));
        json_object_set_new(row, "reason", text_or_null(v->reason));
        json_array_append_new(list, row);
    }
    put(d->root, "verdicts", list);
}

static json_t *trial(const struct trial_info *t)
{
    json_t *row = json_object();
    json_object_set_new(row, "seq", int_or_null(t->seq));
    json_object_set_new(row, "phase", text_or_null(t->phase));
    json_object_set_new(row, "objective", text_or_null(t->objective));
    json_object_set_new(row, "requested_per_s", number_or_null(t->requested_per_s));
    json_object_set_new(row, "achieved_per_s", number_or_null(t->achieved_per_s));
    json_object_set_new(row, "connections", int_or_null(t->connections));
    json_object_set_new(row, "success_percent", number_or_null(t->success_percent));
    json_object_set_new(row, "latency_p50_us", number_or_null(t->latency_p50_us));
    json_object_set_new(row, "latency_p99_us", number_or_null(t->latency_p99_us));
    json_object_set_new(row, "latency_mean_us", number_or_null(t->latency_mean_us));
    json_object_set_new(row, "passed",
                        t->passed == QUERY_NONE ? json_null() : json_boolean(t->passed != 0));
    json_object_set_new(row, "reason", text_or_null(t->reason));
    json_object_set_new(row, "limited_by", text_or_null(t->limited_by));
    return row;
}

static json_t *finding(const struct finding_info *f)
{
    json_t *row = json_object();
    json_object_set_new(row, "name", text_or_null(f->name));
    json_object_set_new(row, "value", number_or_null(f->value));
    json_object_set_new(row, "low", number_or_null(f->low));
    json_object_set_new(row, "high", number_or_null(f->high));
    json_object_set_new(row, "confidence", number_or_null(f->confidence));
    json_object_set_new(row, "unit", text_or_null(f->unit));
    json_object_set_new(row, "trial", int_or_null(f->trial_seq));
    json_object_set_new(row, "reason", text_or_null(f->reason));
    return row;
}

/* What a suite found and how; both empty for other runs. */
static void put_search(struct document *d, const struct summary *s)
{
    json_t *trials = json_array(), *findings = json_array();
    for (size_t i = 0; i < s->trials.count; i++)
        json_array_append_new(trials, trial(&s->trials.rows[i]));
    for (size_t i = 0; i < s->findings.count; i++)
        json_array_append_new(findings, finding(&s->findings.rows[i]));
    put(d->root, "trials", trials);
    put(d->root, "findings", findings);
}

static void put_environment(struct document *d, const struct summary *s)
{
    json_t *object = json_object();
    for (size_t i = 0; i < s->environment.count; i++)
        json_object_set_new(object, s->environment.rows[i].name,
                            text_or_null(s->environment.rows[i].value));
    put(d->root, "environment", object);
}

/* Whether the targets were counted over the measured phases, so that their time is known. What ended in a
 * drain is in the transactions, but neither in the rate nor in the targets. */
static bool targets_are_measured(const struct summary *s)
{
    double completed = 0;
    for (size_t i = 0; i < s->targets.count; i++)
        completed += (double)s->targets.rows[i].completed;
    const struct figure *rate = &s->figures[FIGURE_TRANSACTIONS_PER_S];
    double seconds = s->figures[FIGURE_ACTUAL_DURATION].value;
    return rate->has && seconds > 0 && fabs(rate->value * seconds - completed) < 0.5;
}

static json_t *target(const struct target_info *t, double seconds)
{
    json_t *row = json_object();
    json_object_set_new(row, "address", text_or_null(t->address));
    json_object_set_new(row, "port", int_or_null(t->port));
    json_object_set_new(row, "transactions_per_s",
                        seconds > 0 ? number((double)t->completed / seconds) : json_null());
    json_object_set_new(row, "connections_opened", int_or_null(t->connections_opened));
    json_object_set_new(row, "connections_failed", int_or_null(t->connections_failed));
    json_object_set_new(row, "started", int_or_null(t->started));
    json_object_set_new(row, "completed", int_or_null(t->completed));
    json_object_set_new(row, "failed", int_or_null(t->failed));
    json_object_set_new(row, "messages_sent", int_or_null(t->messages_sent));
    json_object_set_new(row, "messages_received", int_or_null(t->messages_received));
    return row;
}

static void put_targets(struct document *d, const struct summary *s)
{
    json_t *list = json_array();
    double seconds = targets_are_measured(s) ? s->figures[FIGURE_ACTUAL_DURATION].value : 0;
    for (size_t i = 0; i < s->targets.count; i++)
        json_array_append_new(list, target(&s->targets.rows[i], seconds));
    put(d->root, "targets", list);
    if (s->targets.count && seconds <= 0)
        json_object_set_new(d->reasons, "targets.transactions_per_s",
                            json_string("targets were counted over more than the measured phases"));
}

/* Reserved bytes a connection, by side and pool: {"gen": {"connections": 128, ...}}. */
static void put_pools(struct document *d, const struct summary *s)
{
    json_t *sides = json_object();
    for (size_t i = 0; i < s->pools.count; i++) {
        const struct pool_info *p = &s->pools.rows[i];
        if (!json_object_get(sides, p->side))
            json_object_set_new(sides, p->side, json_object());
        json_object_set_new(json_object_get(sides, p->side), p->pool, number(p->bytes_per_conn));
    }
    put(d->root, "memory_pools", sides);
}

static json_t *document(const struct summary *s)
{
    struct document d = {json_object(), json_object(), json_object()};
    put_identity(&d, s);
    put_interleave(&d, &s->run);
    put_judgement(&d, s);
    put_setting(&d, s);
    for (int i = 0; i < FIGURE_COUNT; i++)
        put_figure(&d, figure_kinds[i].path, &s->figures[i], 1, figure_kinds[i].unit,
                   figure_kinds[i].scope);
    for (int t = 0; t < TIME_COUNT; t++)
        put_time(&d, &s->times[t], time_name((enum time_kind)t));
    put_tally(&d, "errors", &s->outcome, "result", RESULT_COUNT, result_at, s->has_intervals);
    put_tally(&d, "connect_errors", &s->whole, "connect_error", RESULT_COUNT, result_at,
              s->whole.count > 0);
    put_drops(&d, s);
    put_counters(&d, s);
    put_verdicts(&d, s);
    put_targets(&d, s);
    put_pools(&d, s);
    put_search(&d, s);
    put_environment(&d, s);
    json_object_set_new(d.root, "figures", d.figures);
    json_object_set_new(d.root, "null_reasons", d.reasons);
    return d.root;
}

static int dump(FILE *out, const struct summary *s, size_t flags)
{
    json_t *root = document(s);
    int ret = root && json_dumpf(root, out, flags | JSON_REAL_PRECISION(12)) == 0 ? 0 : -EIO;
    json_decref(root);
    if (ret == 0 && (fputc('\n', out) == EOF || fflush(out)))
        ret = -EIO;
    return ret;
}

int json_write(FILE *out, const struct summary *s)
{
    return dump(out, s, JSON_INDENT(2));
}

int json_write_line(FILE *out, const struct summary *s)
{
    return dump(out, s, JSON_COMPACT);
}
