/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A trend as one JSON object; docs/trend.schema.json is the contract. A figure that is missing is
 * null, and the field of the same name with _missing says why. What is stored is a part of it.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "analyzer/judge/trend_report.h"
#include "analyzer/out/escape.h"
#include "analyzer/out/format.h"
#include "analyzer/out/trend.h"

#define TEXT_BYTES 700

static json_t *text(const char *value)
{
    char buf[TEXT_BYTES];
    return value ? json_string(escape_utf8(buf, sizeof buf, value)) : json_null();
}

static json_t *number(double value)
{
    if (!isfinite(value))
        return json_null();
    if (value == rint(value) && fabs(value) < 0x1p53)
        return json_integer((json_int_t)value);
    return json_real(value);
}

static json_t *count(size_t value)
{
    return json_integer((json_int_t)value);
}

#define PUT(object, name, value) json_object_set_new(object, name, value)

/* The report, and whether ids are told: what is stored has none. */
struct view {
    const struct trend_report *r;
    bool ids;
};

static json_t *run_object(const struct view *v, size_t index)
{
    char when[40];
    const struct values_run *run = trend_run(v->r, index);
    json_t *o = json_object();
    if (v->ids)
        PUT(o, "id", json_integer(run->id));
    PUT(o, "uuid", text(run->uuid));
    PUT(o, "started", json_string(format_time(when, sizeof when, run->started_ns)));
    PUT(o, "subject_commit", text(run->subject_commit));
    PUT(o, "tool_commit", text(run->tool_commit));
    return o;
}

/* --- changes --------------------------------------------------------------------------- */

static void put_place(json_t *o, const struct view *v, const struct trend_change *c)
{
    json_t *place = json_object();
    PUT(place, "first", run_object(v, c->from));
    PUT(place, "last", run_object(v, c->to));
    PUT(o, "place95", place);
    PUT(o, "last_good_run", c->last_good == TREND_NONE ? json_null() : run_object(v, c->last_good));
    if (c->last_good == TREND_NONE)
        PUT(o, "last_good_run_missing", json_string("no run is certainly before it"));
}

static void put_commits(json_t *o, const struct trend_change *c)
{
    json_t *commits = json_array();
    for (size_t i = 0; i < c->commit_count; i++)
        json_array_append_new(commits, text(c->commits[i]));
    PUT(o, "commits", commits);
    PUT(o, "next_commit", text(c->next_commit));
    if (!c->next_commit)
        PUT(o, "next_commit_missing", text(c->next_missing));
}

static json_t *change_object(const struct view *v, const struct trend_metric *m, size_t i)
{
    const struct trend_change *c = &m->changes[i];
    const struct trend_point *p = &m->found.points[i];
    json_t *o = json_object();
    PUT(o, "run", run_object(v, c->at));
    put_place(o, v, c);
    put_commits(o, c);
    PUT(o, "before", number(trend_in_unit(m, p->before)));
    PUT(o, "after", number(trend_in_unit(m, p->after)));
    PUT(o, "percent", number(c->percent));
    if (!isfinite(c->percent))
        PUT(o, "percent_missing",
            json_string(m->metric->scale == SCALE_COUNT ? "it was 0 before"
                                                        : "a difference, not a ratio, is meant"));
    PUT(o, "shift", number(p->shift));
    PUT(o, "margins", m->margin > 0 ? number(fabs(p->shift) / m->margin) : json_null());
    PUT(o, "p", number(p->p));
    PUT(o, "worse", json_boolean(c->worse));
    PUT(o, "recent", json_boolean(c->recent));
    PUT(o, "machine_moved", text(c->machine));
    return o;
}

/* --- a metric -------------------------------------------------------------------------- */

static json_t *drift_object(const struct trend_metric *m)
{
    const struct trend_drift *d = &m->found.drift;
    if (!d->count)
        return json_null();
    json_t *o = json_object();
    PUT(o, "runs", count(d->count));
    PUT(o, "percent_per_run", number(m->drift_percent));
    PUT(o, "percent_per_30_days", number(m->drift_percent_30_days));
    PUT(o, "shift_per_run", number(d->slope));
    PUT(o, "kendall_score", number(d->score));
    PUT(o, "p", number(d->p));
    PUT(o, "lag1", number(d->lag1));
    PUT(o, "drifts", json_boolean(m->drifts));
    return o;
}

static json_t *pinned_object(const struct trend_report *r, const struct trend_metric *m)
{
    const struct trend_pinned *p = &m->pinned;
    if (!r->baseline)
        return json_null();
    json_t *o = json_object();
    PUT(o, "name", text(r->baseline));
    PUT(o, "baseline_runs", count(p->runs));
    PUT(o, "newest_runs", count(p->ratchet.runs));
    PUT(o, "percent", number(p->percent));
    PUT(o, "shift", number(p->ratchet.shift));
    PUT(o, "p", number(p->missing ? NAN : p->ratchet.p));
    PUT(o, "moved", p->missing ? json_null() : json_boolean(p->ratchet.moved));
    PUT(o, "worse", p->missing ? json_null() : json_boolean(p->ratchet.moved && p->worse));
    if (p->missing)
        PUT(o, "p_missing", text(p->missing));
    return o;
}

static const char *scale_name(enum scale scale)
{
    switch (scale) {
    case SCALE_LOG:
        return "ratio";
    case SCALE_PLAIN:
        return "difference";
    case SCALE_COUNT:
        return "count";
    }
    return NULL;
}

static void put_metric(json_t *o, const struct trend_report *r, const struct trend_metric *m)
{
    PUT(o, "name", text(m->metric->name));
    PUT(o, "bad", json_string(m->metric->bad == BAD_UP ? "up" : "down"));
    PUT(o, "scale", json_string(scale_name(m->metric->scale)));
    PUT(o, "unit", *trend_unit(m) ? json_string(trend_unit(m)) : json_null());
    PUT(o, "margin", number(m->metric->margin));
    PUT(o, "decides", json_boolean(m->metric->use & METRIC_DECIDES));
    PUT(o, "runs", count(m->count));
    PUT(o, "runs_without", count(m->missing));
    PUT(o, "state", json_string(trend_state_name(m->found.state)));
    PUT(o, "state_text", json_string(trend_state_text(m->found.state)));
    PUT(o, "period_runs", m->found.period > 0 ? number(m->found.period) : json_null());
    PUT(o, "segment_runs", count(m->count - trend_last_segment(&m->found)));
    PUT(o, "now", number(m->centre));
    if (!m->count)
        PUT(o, "now_missing", json_string("no run has it"));
    PUT(o, "drift", drift_object(m));
    if (!m->found.drift.count)
        PUT(o, "drift_missing",
            json_string(m->found.state == TREND_CONSTANT
                            ? "all runs gave the same figure"
                            : "fewer than 8 runs in the last segment"));
    PUT(o, "baseline", pinned_object(r, m));
    if (!r->baseline)
        PUT(o, "baseline_missing", json_string("no baseline is set on runs of this history"));
}

static json_t *metrics_array(const struct view *v, size_t from, size_t length)
{
    json_t *metrics = json_array();
    for (size_t j = from; j < from + length; j++) {
        const struct trend_metric *m = &v->r->series[j];
        json_t *o = json_object(), *changes = json_array();
        put_metric(o, v->r, m);
        for (size_t i = 0; i < m->found.count; i++)
            json_array_append_new(changes, change_object(v, m, i));
        PUT(o, "changes", changes);
        json_array_append_new(metrics, o);
    }
    return metrics;
}

/* --- the whole ------------------------------------------------------------------------- */

static json_t *runs_object(const struct view *v)
{
    json_t *o = json_object(), *left_out = json_array();
    const struct values *all = &v->r->values;
    PUT(o, "looked_at", count(all->count));
    PUT(o, "good", count(v->r->good_count));
    PUT(o, "first", all->count ? run_object(v, 0) : json_null());
    PUT(o, "last", all->count ? run_object(v, all->count - 1) : json_null());
    for (size_t i = 0; i < all->count; i++)
        if (!values_run_good(&all->runs[i])) {
            json_t *run = run_object(v, i);
            PUT(run, "reason", text(format_or(all->runs[i].invalid_reason, "none is stored")));
            json_array_append_new(left_out, run);
        }
    PUT(o, "left_out", left_out);
    return o;
}

static json_t *parameters_object(const struct trend_report *r)
{
    json_t *o = json_object();
    PUT(o, "alpha", number(TREND_ALPHA));
    PUT(o, "draws", count(TREND_DRAWS));
    PUT(o, "drift_alpha", number(TREND_DRIFT_ALPHA));
    PUT(o, "last", count(r->last));
    PUT(o, "runs_max", count(TREND_RUNS_MAX));
    return o;
}

static json_t *document(const struct trend_report *r, bool ids)
{
    const struct view v = {r, ids};
    json_t *o = json_object();
    PUT(o, "kind", json_string("trend"));
    PUT(o, "verdict", json_string(trend_verdict_name(r->verdict)));
    PUT(o, "workload_id", text(r->workload_id));
    PUT(o, "history_key", text(r->history_key));
    PUT(o, "runs", runs_object(&v));
    PUT(o, "parameters", parameters_object(r));
    PUT(o, "metrics", metrics_array(&v, 0, r->metric_count));
    PUT(o, "controls", metrics_array(&v, r->metric_count, r->control_count));
    return o;
}

json_t *trend_json_result(const struct trend_report *r)
{
    return document(r, false);
}

/* What depends on the file as it is now. */
static void put_here(json_t *o, const struct trend_report *r)
{
    json_t *notes = json_array();
    for (size_t i = 0; i < r->note_count; i++)
        json_array_append_new(notes, text(r->notes[i]));
    PUT(o, "conclusion", text(r->conclusion));
    PUT(o, "notes", notes);
    PUT(o, "histories_of_workload", json_integer(r->histories));
    PUT(o, "capped", json_boolean(r->capped));
    PUT(o, "disordered", count(r->disordered));
    PUT(o, "stored_as", r->stored.id ? json_integer(r->stored.id) : json_null());
    if (!r->stored.id)
        PUT(o, "stored_as_missing", text(format_or(r->not_stored, "it was not to be stored")));
}

static int write_json(FILE *out, const struct trend_report *r, size_t flags)
{
    json_t *o = document(r, true);
    put_here(o, r);
    int ret = o ? json_dumpf(o, out, flags | JSON_REAL_PRECISION(15)) : -1;
    json_decref(o);
    fputc('\n', out);
    return ret || ferror(out) ? -EIO : 0;
}

int trend_json_write(FILE *out, const struct trend_report *r)
{
    return write_json(out, r, JSON_INDENT(2));
}

int trend_json_write_line(FILE *out, const struct trend_report *r)
{
    return write_json(out, r, JSON_COMPACT);
}
