/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/by.h"
#include "analyzer/out/by.h"
#include "analyzer/out/format.h"

#define CELL  16
#define SHOWN QUANTILE_P9999 /* the last one has no column: too few samples, mostly */

static const char *cell(char *buf, const struct figure *f)
{
    return f->has ? format_plain(buf, CELL, f->value / 1e3) : "-";
}

static bool timed(const struct by_table *t)
{
    return t->kind == BY_PHASE || t->kind == BY_INTERVAL;
}

static void put_row(FILE *out, const struct by_table *t, const struct by_row *r)
{
    char label[60], count[CELL], cells[QUANTILE_COUNT + 1][CELL];
    const char *of[QUANTILE_COUNT + 1];
    double at_s = (double)ns_between(t->run.started_ns, r->started_ns) / 1e9;
    if (timed(t))
        snprintf(label, sizeof label, "%4lld %-12.12s %9.2f", (long long)r->number, r->phase, at_s);
    else if (t->kind == BY_TARGET)
        snprintf(label, sizeof label, "%3lld %-22.40s", (long long)r->number,
                 r->phase[0] ? r->phase : "-");
    else
        snprintf(label, sizeof label, "%9lld", (long long)r->number);
    for (int q = 0; q < SHOWN; q++)
        of[q] = cell(cells[q], &r->quantiles[q]);
    of[SHOWN] = cell(cells[SHOWN], &r->max);
    format_line(out, "%s %11s %9s %9s %9s %9s %9s %9s%s", label,
                format_number(count, sizeof count, (double)r->count), of[0], of[1], of[2], of[3],
                of[4], of[5], r->exact || !t->inexact[0] ? "" : " h");
}

static void put_titles(FILE *out, const struct by_table *t)
{
    char label[60];
    if (timed(t))
        snprintf(label, sizeof label, "%4s %-12s %9s", "no", "phase", "from s");
    else if (t->kind == BY_TARGET)
        snprintf(label, sizeof label, "%3s %-22s", "no", "target");
    else
        snprintf(label, sizeof label, "%9s", by_kind_name(t->kind));
    format_line(out, "%s %11s %9s %9s %9s %9s %9s %9s", label, "samples", "p50", "p90", "p95", "p99",
                "p99.9", "max");
}

static void put_source(FILE *out, const struct by_table *t)
{
    size_t exact = 0;
    for (size_t i = 0; i < t->count; i++)
        exact += t->rows[i].exact;
    if (!t->count)
        format_lines(out, 2, "nothing to show: %s", t->inexact[0] ? t->inexact : "no samples");
    else if (exact == t->count)
        format_line(out, "exact, from every sample");
    else
        format_lines(out, 2, "%zu of %zu rows (h) from histograms, at most 0.1 %% above the sample: %s",
                     t->count - exact, t->count, t->inexact);
}

int by_text_write(FILE *out, const struct by_table *t)
{
    format_line(out, "latency in us by %s  %s  run %lld (%.8s)", by_kind_name(t->kind),
                t->run.workload_id, (long long)t->run.id, t->run.uuid);
    if (t->count)
        put_titles(out, t);
    for (size_t i = 0; i < t->count; i++)
        put_row(out, t, &t->rows[i]);
    put_source(out, t);
    return fflush(out) || ferror(out) ? -EIO : 0;
}
