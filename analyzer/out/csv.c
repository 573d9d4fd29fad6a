/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * CSV (RFC 4180, lines end in LF): one line a figure and run, so that a spreadsheet or a data frame
 * can filter and pivot. An empty field is missing, and the last column says why.
 */
#include <math.h>

#include "analyzer/out/escape.h"
#include "analyzer/out/format.h"
#include "analyzer/out/metric.h"
#include "analyzer/out/writer.h"

static void put_number(FILE *out, bool has, double value)
{
    fputc(',', out);
    if (has)
        fprintf(out, "%.12g", value);
}

static void put_text(FILE *out, const char *text)
{
    fputc(',', out);
    if (text)
        escape_csv(out, text);
}

static void put_run(FILE *out, const struct summary *s)
{
    char when[40];
    fprintf(out, "%lld", (long long)s->run.id);
    put_text(out, s->run.uuid);
    put_text(out, s->run.workload_id);
    put_text(out, format_time(when, sizeof when, s->run.started_ns));
    put_text(out, run_state_name(s->run.state));
    put_number(out, s->run.valid != QUERY_NONE, (double)s->run.valid);
    put_text(out, s->verdict);
}

static void put_metric(FILE *out, const struct metric_value *m)
{
    const struct figure *f = &m->figure;
    put_text(out, m->name);
    put_text(out, m->unit);
    put_text(out, m->scope);
    put_number(out, f->has, f->value);
    put_number(out, f->has_interval, f->lo);
    put_number(out, f->has_interval, f->hi);
    put_number(out, f->count > 0, (double)f->count);
    put_number(out, f->duration_s > 0, f->duration_s);
    put_text(out, f->has ? NULL : f->reason);
    fputc('\n', out);
}

int csv_write(FILE *out, const struct report *r, struct err *e)
{
    (void)e;
    fputs("run_id,run_uuid,workload_id,timestamp,state,valid,verdict,metric,unit,scope,value,"
          "interval95_lo,interval95_hi,samples,duration_s,missing_reason\n",
          out);
    for (size_t run = 0; run < r->count; run++)
        for (size_t i = 0; i < METRIC_COUNT; i++) {
            struct metric_value m;
            metric_at(&r->runs[run], i, &m);
            put_run(out, &r->runs[run]);
            put_metric(out, &m);
        }
    return 0;
}
