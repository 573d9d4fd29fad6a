/* SPDX-License-Identifier: BSD-3-Clause */
/* The parts of a run as one JSON object; docs/by.schema.json is the contract. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>

#include "analyzer/by.h"
#include "analyzer/out/by.h"
#include "analyzer/out/escape.h"

#define TEXT_BYTES 400

static json_t *text(const char *value)
{
    char buf[TEXT_BYTES];
    return json_string(escape_utf8(buf, sizeof buf, value));
}

static json_t *number(double value)
{
    if (value == rint(value) && fabs(value) < 0x1p53)
        return json_integer((json_int_t)value);
    return json_real(value);
}

static void put_figure(json_t *row, const char *name, const struct figure *f)
{
    char path[40];
    snprintf(path, sizeof path, "latency_%s_us", name);
    json_object_set_new(row, path, f->has ? number(f->value / 1e3) : json_null());
    if (f->has)
        return;
    snprintf(path, sizeof path, "latency_%s_us_missing", name);
    json_object_set_new(row, path, json_string(f->reason));
}

static json_t *row_object(const struct by_table *t, const struct by_row *r)
{
    json_t *row = json_object();
    json_object_set_new(row, by_kind_name(t->kind), json_integer(r->number));
    if (t->kind == BY_PHASE || t->kind == BY_INTERVAL) {
        json_object_set_new(row, "phase_name", text(r->phase));
        json_object_set_new(row, "started_ns", json_integer(r->started_ns));
    }
    if (t->kind == BY_TARGET)
        json_object_set_new(row, "address", r->phase[0] ? text(r->phase) : json_null());
    json_object_set_new(row, "samples", json_integer((json_int_t)r->count));
    for (int q = 0; q < QUANTILE_COUNT; q++)
        put_figure(row, quantiles[q].name, &r->quantiles[q]);
    put_figure(row, "max", &r->max);
    put_figure(row, "mean", &r->mean);
    json_object_set_new(row, "source", json_string(r->exact ? "samples" : "histograms"));
    json_object_set_new(row, "error_percent", json_real(r->exact ? 0 : 0.1));
    return row;
}

static int dump(FILE *out, const struct by_table *t, size_t flags)
{
    json_t *root = json_object(), *rows = json_array();
    json_object_set_new(root, "kind", json_string("by"));
    json_object_set_new(root, "by", json_string(by_kind_name(t->kind)));
    json_object_set_new(root, "run_id", json_integer(t->run.id));
    json_object_set_new(root, "run_uuid", text(t->run.uuid));
    json_object_set_new(root, "workload_id", text(t->run.workload_id));
    json_object_set_new(root, "run_started_ns", json_integer(t->run.started_ns));
    for (size_t i = 0; i < t->count; i++)
        json_array_append_new(rows, row_object(t, &t->rows[i]));
    json_object_set_new(root, "rows", rows);
    json_object_set_new(root, "inexact_reason", t->inexact[0] ? text(t->inexact) : json_null());
    int ret = json_dumpf(root, out, flags | JSON_REAL_PRECISION(12)) == 0 ? 0 : -EIO;
    json_decref(root);
    if (ret == 0 && (fputc('\n', out) == EOF || fflush(out)))
        ret = -EIO;
    return ret;
}

int by_json_write(FILE *out, const struct by_table *t)
{
    return dump(out, t, JSON_INDENT(2));
}

int by_json_write_line(FILE *out, const struct by_table *t)
{
    return dump(out, t, JSON_COMPACT);
}
