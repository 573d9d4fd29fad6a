/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A comparison as JSON; docs/compare.schema.json is the contract. Shifts are on the scale of the
 * metric, ratios beside them; what is not there, or is not finite, is null.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge/comparison.h"
#include "analyzer/out/compare.h"
#include "analyzer/out/escape.h"
#include "analyzer/out/format.h"

#define NS_PER_US 1e3

static void put(json_t *to, const char *name, json_t *value)
{
    json_object_set_new(to, name, value);
}

static json_t *number(double value)
{
    if (!isfinite(value))
        return json_null();
    if (value == rint(value) && fabs(value) < 0x1p53)
        return json_integer((json_int_t)value);
    return json_real(value);
}

static json_t *text(const char *value)
{
    char clean[600];
    return value ? json_string(escape_utf8(clean, sizeof clean, value)) : json_null();
}

static json_t *count(size_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *integer(int64_t value)
{
    return value == QUERY_NONE ? json_null() : json_integer(value);
}

static json_t *texts(const char *const *list, size_t n)
{
    json_t *out = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(out, text(list[i]));
    return out;
}

/* --- metrics --------------------------------------------------------------------------- */

static const char *scale_name(enum scale scale)
{
    switch (scale) {
    case SCALE_LOG:
        return "log";
    case SCALE_PLAIN:
        return "plain";
    case SCALE_COUNT:
        return "count";
    }
    return NULL;
}

static double ratio_of(const struct metric *m, double shift)
{
    return m->scale == SCALE_PLAIN ? NAN : exp(shift);
}

static void put_evidence(json_t *to, const struct metric *m, const struct evidence *e)
{
    put(to, "ratio", number(ratio_of(m, e->shift)));
    put(to, "ratio_lo", number(ratio_of(m, e->lo)));
    put(to, "ratio_hi", number(ratio_of(m, e->hi)));
    put(to, "shift", number(e->shift));
    put(to, "shift_lo", number(e->lo));
    put(to, "shift_hi", number(e->hi));
    put(to, "shift_lo90", number(e->lo90));
    put(to, "shift_hi90", number(e->hi90));
}

static void put_tests(json_t *to, const struct compare_result *r)
{
    put(to, "method", json_string(compare_method_name(r->method)));
    put(to, "p", number(r->p));
    put(to, "p_adjusted", number(r->p_adjusted));
    put(to, "p_explore", number(r->p_explore));
    put(to, "p_exact", number(r->p_exact));
    put(to, "p_min", number(r->p_min));
    put(to, "cliff", number(r->cliff));
    put(to, "sd", number(r->sd));
    put(to, "prior_df", number(r->prior.d0));
    put(to, "prior_sd", number(r->prior.d0 > 0 ? r->prior.s0 : NAN));
    put(to, "runs_needed", number(r->runs_needed));
}

static json_t *metric(const struct metric *m, const struct compare_result *r, double a, double b)
{
    json_t *out = json_object();
    put(out, "metric", json_string(m->name));
    put(out, "verdict", json_string(verdict_name(r->change)));
    put(out, "strong", json_boolean(r->strong));
    put(out, "reason", *r->reason ? json_string(r->reason) : json_null());
    put(out, "decides", json_boolean(m->use & METRIC_DECIDES));
    put(out, "bad", json_string(m->bad == BAD_UP ? "up" : "down"));
    put(out, "scale", json_string(scale_name(m->scale)));
    put(out, "margin", number(m->margin));
    put(out, "a", number(a));
    put(out, "b", number(b));
    put(out, "a_runs", count(r->a_runs));
    put(out, "b_runs", count(r->b_runs));
    put_evidence(out, m, &r->evidence);
    put_tests(out, r);
    return out;
}

static json_t *metrics(const struct comparison *c)
{
    json_t *out = json_array();
    for (size_t j = 0; j < c->metric_count; j++)
        json_array_append_new(
            out, metric(&c->metrics[j], &c->results[j], c->a.typical[j], c->b.typical[j]));
    return out;
}

static json_t *controls(const struct comparison *c)
{
    json_t *out = json_array();
    for (size_t j = 0; j < c->control_count; j++)
        json_array_append_new(out, metric(&c->control_metrics[j], &c->controls[j],
                                          c->a.typical_controls[j], c->b.typical_controls[j]));
    return out;
}

static json_t *gate(const struct comparison *c)
{
    json_t *out = json_object(), *counts = json_object();
    put(out, "p", number(c->gate.p));
    put(out, "p_min", number(c->gate.p_min));
    put(out, "joint", json_boolean(c->gate.joint));
    put(out, "exact", json_boolean(c->gate.exact));
    for (int i = 0; i < CHANGES; i++)
        put(counts, verdict_name((enum change)i), count(c->gate.counts[i]));
    put(out, "counts", counts);
    return out;
}

static json_t *shift(const struct comparison *c)
{
    json_t *out = json_array();
    for (size_t i = 0; i < EFFECT_SHIFTS; i++) {
        const struct shift_point *s = &c->shift[i];
        json_t *row = json_object();
        put(row, "quantile", json_real((double)s->num / (double)s->den));
        put(row, "a_us", number(s->a / NS_PER_US));
        put(row, "b_us", number(s->b / NS_PER_US));
        put(row, "ratio", number(s->b / s->a));
        json_array_append_new(out, row);
    }
    return out;
}

json_t *compare_json_result(const struct comparison *c)
{
    json_t *out = json_object();
    put(out, "verdict", json_string(comparison_verdict(c)));
    if (!c->compared)
        return out;
    put(out, "alpha", number(c->alpha));
    put(out, "gate", gate(c));
    put(out, "history_runs", count(c->history_runs));
    put(out, "history_stretches", count(c->history_stretches));
    put(out, "metrics", metrics(c));
    put(out, "controls", controls(c));
    put(out, "latency_shift", shift(c));
    return out;
}

char *compare_json_text(const json_t *value)
{
    return json_dumps(value, JSON_COMPACT | JSON_REAL_PRECISION(17));
}

/* --- around it ------------------------------------------------------------------------- */

static json_t *run(const struct values_run *r)
{
    char when[40];
    json_t *out = json_object();
    put(out, "run_id", json_integer(r->id));
    put(out, "run_uuid", text(r->uuid));
    put(out, "workload_id", text(r->workload_id));
    put(out, "history_key", text(r->history_key));
    put(out, "timestamp", json_string(format_time(when, sizeof when, r->started_ns)));
    put(out, "state", json_string(run_state_name(r->state)));
    put(out, "valid", r->valid == QUERY_NONE ? json_null() : json_boolean(r->valid != 0));
    put(out, "invalid_reason", text(r->invalid_reason));
    put(out, "tool_version", text(r->tool_version));
    put(out, "tool_commit", text(r->tool_commit));
    put(out, "subject_commit", text(r->subject_commit));
    put(out, "interleave_round", integer(r->interleave_round));
    put(out, "margins", text(r->margins));
    return out;
}

static json_t *runs(const struct values *v)
{
    json_t *out = json_array();
    for (size_t i = 0; i < v->count; i++)
        json_array_append_new(out, run(&v->runs[i]));
    return out;
}

static json_t *differences(const struct comparison *c)
{
    json_t *out = json_array();
    for (size_t i = 0; i < c->difference_count; i++) {
        json_t *row = json_object();
        put(row, "name", text(c->differences[i].name));
        put(row, "class", text(c->differences[i].class));
        put(row, "a", text(c->differences[i].a));
        put(row, "b", text(c->differences[i].b));
        json_array_append_new(out, row);
    }
    return out;
}

static json_t *stored(const struct comparison *c)
{
    char seed[24];
    json_t *out = json_object();
    snprintf(seed, sizeof seed, "%" PRId64, c->stored.seed);
    put(out, "id", c->stored.id ? json_integer(c->stored.id) : json_null());
    put(out, "not_stored", text(c->not_stored));
    put(out, "inputs_hash", text(c->stored.inputs_hash));
    put(out, "seed", c->compared ? json_string(seed) : json_null());
    return out;
}

static int write(FILE *out, const struct comparison *c, size_t flags)
{
    json_t *root = json_object();
    put(root, "verdict", json_string(comparison_verdict(c)));
    put(root, "conclusion", text(c->conclusion));
    put(root, "machine_moved", text(c->machine_moved));
    put(root, "baseline", text(c->name));
    put(root, "interleaved", json_boolean(c->paired));
    put(root, "comparable", json_boolean(c->comparable));
    put(root, "forced", json_boolean(c->forced && !c->comparable));
    put(root, "obstacles", texts(c->obstacles, c->obstacle_count));
    put(root, "notes", texts(c->notes, c->note_count));
    put(root, "environment_differences", differences(c));
    put(root, "worst_metric",
        c->worst == COMPARISON_NONE ? json_null() : json_string(c->metrics[c->worst].name));
    put(root, "run_s", number(c->run_s));
    put(root, "a", runs(&c->a.values));
    put(root, "b", runs(&c->b.values));
    put(root, "analysis", stored(c));
    put(root, "result", c->compared ? compare_json_result(c) : json_null());
    int bad = json_dumpf(root, out, flags | JSON_REAL_PRECISION(12)) || fputc('\n', out) == EOF;
    json_decref(root);
    return bad || fflush(out) ? -EIO : 0;
}

int compare_json_write(FILE *out, const struct comparison *c)
{
    return write(out, c, JSON_INDENT(2));
}

int compare_json_write_line(FILE *out, const struct comparison *c)
{
    return write(out, c, JSON_COMPACT);
}
