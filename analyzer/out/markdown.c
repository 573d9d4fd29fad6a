/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GitHub's Markdown, short enough for a comment: verdict and what limits the run, the rules, the
 * figures with intervals; the rest folded away. Foreign text stands in <code>, where nobody is
 * mentioned, its markup escaped.
 */
#include <math.h>
#include <string.h>

#include "analyzer/out/escape.h"
#include "analyzer/out/format.h"
#include "analyzer/out/headline.h"
#include "analyzer/out/writer.h"
#include "analyzer/summary.h"

#define TEXT 64

static void put_code(FILE *out, const char *text)
{
    fputs("<code>", out);
    escape_markdown(out, text);
    fputs("</code>", out);
}

/* "value (lo to hi)" */
static void put_figure(FILE *out, const struct figure *f, double scale)
{
    char value[TEXT], lo[TEXT], hi[TEXT];
    if (!f->has) {
        fputs("–", out);
        return;
    }
    fputs(format_number(value, sizeof value, f->value / scale), out);
    if (f->has_interval)
        fprintf(out, " (%s to %s)", format_number(lo, sizeof lo, f->lo / scale),
                format_number(hi, sizeof hi, f->hi / scale));
}

/* --- the table of all runs ------------------------------------------------------------- */

static const struct {
    const char *title, *unit;
    double scale;
    enum time_kind time; /* TIME_COUNT: a figure */
    int id;              /* of the figure, or the percentile */
} rows[] = {
    {"messages sent", "1/s", 1, TIME_COUNT, FIGURE_MSG_PER_S},
    {"transactions", "1/s", 1, TIME_COUNT, FIGURE_TRANSACTIONS_PER_S},
    {"latency p50", "us", 1e3, TIME_LATENCY, QUANTILE_P50},
    {"latency p99", "us", 1e3, TIME_LATENCY, QUANTILE_P99},
    {"latency p99.9", "us", 1e3, TIME_LATENCY, QUANTILE_P999},
    {"service p99", "us", 1e3, TIME_SERVICE, QUANTILE_P99},
    {"lateness p99", "us", 1e3, TIME_LATENESS, QUANTILE_P99},
    {"errors", "%", 1, TIME_COUNT, FIGURE_ERRORS_PERCENT},
    {"sent again", "segments", 1, TIME_COUNT, FIGURE_RETRANSMISSIONS},
    {"payload out", "MiB/s", 1, TIME_COUNT, FIGURE_BANDWIDTH_OUT},
    {"CPU of gen", "%", 1, TIME_COUNT, FIGURE_CPU_GEN},
};

static const struct figure *figure_at(const struct summary *s, size_t row)
{
    if (rows[row].time == TIME_COUNT)
        return &s->figures[rows[row].id];
    return &s->times[rows[row].time].quantiles[rows[row].id];
}

static void put_columns(FILE *out, const struct report *r)
{
    fputs("| |", out);
    for (size_t i = 0; i < r->count; i++) {
        if (r->count > 1)
            put_code(out, r->runs[i].run.workload_id);
        fprintf(out, " run %lld |", (long long)r->runs[i].run.id);
    }
    fputs("\n|---|", out);
    for (size_t i = 0; i < r->count; i++)
        fputs("--:|", out);
    fputc('\n', out);
}

static void put_figures(FILE *out, const struct report *r)
{
    put_columns(out, r);
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        fprintf(out, "| %s, %s |", rows[row].title, rows[row].unit);
        for (size_t i = 0; i < r->count; i++) {
            fputc(' ', out);
            put_figure(out, figure_at(&r->runs[i], row), rows[row].scale);
            fputs(" |", out);
        }
        fputc('\n', out);
    }
    fputs(
        "\nIn parentheses 95 % intervals, where the seconds are surely worth ten independent ones; "
        "– is missing.\n",
        out);
}

/* --- one run --------------------------------------------------------------------------- */

static void put_head(FILE *out, const struct summary *s)
{
    const struct run_info *run = &s->run;
    fprintf(out, "### %s %s ", headline_mark(s), headline(s));
    put_code(out, run->workload_id);
    fprintf(out, " run %lld\n\n", (long long)run->id);
    if (run->state_reason || run->valid == 0) {
        fputs("**", out);
        escape_markdown(out, format_or(run->state_reason,
                                       format_or(run->invalid_reason, "no reason is stored")));
        fputs("**\n\n", out);
    }
    if (s->limited_by) {
        fprintf(out, "Limited by **");
        escape_markdown(out, s->limited_by_words);
        fputs(s->limited_by_evidence ? "**: " : "**", out);
        escape_markdown(out, format_or(s->limited_by_evidence, ""));
        if (s->limited_by_remedy) {
            fputs(". To raise it: ", out);
            escape_markdown(out, s->limited_by_remedy);
        }
        fputs("\n\n", out);
    }
    if (s->under_saturation)
        fputs("Latency is under saturation: `rate = max` keeps every connection busy.\n\n", out);
}

static void put_verdicts(FILE *out, const struct summary *s)
{
    if (s->verdicts.count)
        fputs("| rule | measured | |\n|---|--:|---|\n", out);
    for (size_t i = 0; i < s->verdicts.count; i++) {
        const struct verdict_info *v = &s->verdicts.rows[i];
        char actual[TEXT] = "–";
        if (!isnan(v->actual))
            format_number(actual, sizeof actual, v->actual);
        fputs("| ", out);
        escape_markdown(out, format_or(v->phase, ""));
        fputs(v->phase ? ": " : "", out);
        put_code(out, v->rule);
        fprintf(out, " | %s ", actual);
        escape_markdown(out, isnan(v->actual) ? "" : format_or(v->unit, ""));
        fputs(" | ", out);
        escape_markdown(out, v->state);
        fputs(v->reason ? ": " : "", out);
        escape_markdown(out, format_or(v->reason, ""));
        fputs(" |\n", out);
    }
    if (s->verdicts.count)
        fputc('\n', out);
}

static void put_row(FILE *out, const char *name, const char *value)
{
    fputs("| ", out);
    escape_markdown(out, name);
    fputs(" | ", out);
    put_code(out, value);
    fputs(" |\n", out);
}

static void put_details(FILE *out, const struct summary *s)
{
    const struct run_info *run = &s->run;
    char when[40], number[TEXT];
    fprintf(out, "\n<details><summary>Load, environment, errors of run %lld</summary>\n\n",
            (long long)run->id);
    fputs("| | |\n|---|---|\n", out);
    put_row(out, "uuid", run->uuid);
    put_row(out, "started", format_time(when, sizeof when, run->started_ns));
    put_row(out, "version", format_or(run->tool_commit, run->tool_version));
    put_row(out, "protocol", run->protocol);
    put_row(out, "wire", run->wire);
    put_row(out, "load", run->load);
    put_row(out, "pattern", run->pattern);
    for (size_t i = 0; i < s->environment.count; i++)
        if (s->environment.rows[i].value && strcmp(s->environment.rows[i].class, "info"))
            put_row(out, s->environment.rows[i].name, s->environment.rows[i].value);
    for (size_t i = 0; i < s->whole.count; i++) {
        const struct tally *t = &s->whole.rows[i];
        if (t->value && strcmp(t->kind, "counter") && strcmp(t->name, "ok"))
            put_row(out, t->meaning, format_number(number, sizeof number, (double)t->value));
    }
    fputs("\n</details>\n", out);
}

int markdown_write(FILE *out, const struct report *r, struct err *e)
{
    (void)e;
    for (size_t i = 0; i < r->count; i++) {
        put_head(out, &r->runs[i]);
        put_verdicts(out, &r->runs[i]);
    }
    put_figures(out, r);
    for (size_t i = 0; i < r->count; i++)
        put_details(out, &r->runs[i]);
    return 0;
}
