/* SPDX-License-Identifier: BSD-3-Clause */
/* A calibration as text and as JSON. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>

#include "analyzer/judge/calibrate_report.h"
#include "analyzer/out/escape.h"
#include "analyzer/out/format.h"
#include "analyzer/out/trend.h"

#define TEXT 60

/* --- text ------------------------------------------------------------------------------ */

static const char *detectable(char *buf, const struct trend_metric *m,
                              const struct calibrate_metric *c)
{
    if (isfinite(c->detectable_percent))
        snprintf(buf, TEXT, "%.3g %%", c->detectable_percent);
    else if (isfinite(c->figures.detectable))
        snprintf(buf, TEXT, "%.3g %s", c->figures.detectable, trend_unit(m));
    else
        snprintf(buf, TEXT, "none");
    return buf;
}

static void put_metric(FILE *out, const struct trend_metric *m, const struct calibrate_metric *c)
{
    char smallest[TEXT];
    if (c->missing)
        format_line(out, "%-28.28s %6zu  not calibrated: %s", m->metric->name, m->count,
                    c->missing);
    else
        format_line(out, "%-28.28s %6zu %14.3g %12.3g   %s", m->metric->name, m->count,
                    c->figures.alarms_per_100, c->figures.alarms_hi_per_100,
                    detectable(smallest, m, c));
}

int calibrate_text_write(FILE *out, const struct calibrate_report *c)
{
    const struct trend_report *r = &c->trend;
    format_line(out, "%s  history %.16s: %zu runs", r->workload_id, r->history_key, r->good_count);
    for (size_t i = 0; i < r->note_count; i++)
        format_lines(out, 2, "%s", r->notes[i]);
    fputc('\n', out);
    format_line(out, "%-28s %6s %14s %12s   %s", "", "", "false alarms", "95 % bound",
                "smallest change");
    format_line(out, "%-28s %6s %14s %12s   %s", "metric", "runs", "in 100 runs", "",
                "seen after 5 runs, power 80 %");
    for (size_t j = 0; j < r->metric_count; j++)
        put_metric(out, &r->series[j], &c->metrics[j]);
    fputc('\n', out);
    format_lines(out, 2,
                 "The history's own runs, permuted within their segments, a test after every run "
                 "that looks back over %d of them; alarms in either direction.",
                 CALIBRATE_WINDOW);
    return ferror(out) ? -EIO : 0;
}

/* --- JSON ------------------------------------------------------------------------------ */

static json_t *text(const char *value)
{
    char buf[300];
    return value ? json_string(escape_utf8(buf, sizeof buf, value)) : json_null();
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *metric_object(const struct trend_metric *m, const struct calibrate_metric *c)
{
    json_t *o = json_pack("{s:s, s:I, s:s}", "name", m->metric->name, "runs", (json_int_t)m->count,
                          "state", trend_state_name(m->found.state));
    bool has = c->missing == NULL;
    json_object_set_new(o, "unit", *trend_unit(m) ? text(trend_unit(m)) : json_null());
    json_object_set_new(o, "runs_tested",
                        has ? json_integer((json_int_t)c->figures.runs) : json_null());
    json_object_set_new(o, "alarms",
                        has ? json_integer((json_int_t)c->figures.alarms) : json_null());
    json_object_set_new(o, "alarms_per_100_runs", number(has ? c->figures.alarms_per_100 : NAN));
    json_object_set_new(o, "alarms_per_100_runs_bound95",
                        number(has ? c->figures.alarms_hi_per_100 : NAN));
    json_object_set_new(o, "detectable_shift", number(has ? c->figures.detectable : NAN));
    json_object_set_new(o, "detectable_percent", number(c->detectable_percent));
    if (!has)
        json_object_set_new(o, "missing", text(c->missing));
    else if (!isfinite(c->figures.detectable))
        json_object_set_new(o, "missing", text("not even a change of 64 deviations is seen"));
    return o;
}

static int write_json(FILE *out, const struct calibrate_report *c, size_t flags)
{
    const struct trend_report *r = &c->trend;
    json_t *metrics = json_array(), *notes = json_array();
    for (size_t j = 0; j < r->metric_count; j++)
        json_array_append_new(metrics, metric_object(&r->series[j], &c->metrics[j]));
    for (size_t i = 0; i < r->note_count; i++)
        json_array_append_new(notes, text(r->notes[i]));
    json_t *o = json_pack("{s:s, s:o, s:o, s:I, s:o, s:o}", "kind", "calibration", "workload_id",
                          text(r->workload_id), "history_key", text(r->history_key), "runs",
                          (json_int_t)r->good_count, "notes", notes, "metrics", metrics);
    if (o)
        json_object_set_new(o, "parameters",
                            json_pack("{s:f, s:i, s:i, s:i, s:i, s:f}", "alpha", TREND_ALPHA,
                                      "draws", TREND_DRAWS, "window_runs", CALIBRATE_WINDOW,
                                      "runs_after", CALIBRATE_AFTER, "histories",
                                      CALIBRATE_HISTORIES, "power", CALIBRATE_POWER));
    int ret = o ? json_dumpf(o, out, flags | JSON_REAL_PRECISION(15)) : -1;
    json_decref(o);
    fputc('\n', out);
    return ret || ferror(out) ? -EIO : 0;
}

int calibrate_json_write(FILE *out, const struct calibrate_report *c)
{
    return write_json(out, c, JSON_INDENT(2));
}

int calibrate_json_write_line(FILE *out, const struct calibrate_report *c)
{
    return write_json(out, c, JSON_COMPACT);
}
