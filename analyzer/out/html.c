/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The report: one HTML file that needs nothing else and has no script. Charts are SVG inside it; a
 * chart that gnuplot cannot draw leaves its reason in its place, and the rest of the report stands.
 */
#include "analyzer/out/html.h"

#include <stdlib.h>

#include "analyzer/out/escape.h"
#include "analyzer/out/format.h"
#include "analyzer/out/link.h"
#include "analyzer/plot.h"
#include "analyzer/plots.h"
#include "base/err.h"

/* --- charts ---------------------------------------------------------------------------- */

static void put_reason(FILE *out, const struct chart *c, const char *why)
{
    fprintf(out, "<p class=\"quiet\">No chart “%s”: ", c->title);
    escape_xml(out, why);
    fputs("</p>\n", out);
}

/* Through memory, so that a chart which fails half-way leaves nothing. */
static int put_chart(FILE *out, const struct chart *c, const struct plot_input *in,
                     const char *prefix, FILE *said)
{
    char *svg = NULL;
    size_t size = 0;
    const char *why = "out of memory";
    struct err e = {0};
    FILE *memory = open_memstream(&svg, &size);
    int ret = memory ? plot_inline(c, in, prefix, memory, &why, &e) : 1;
    if (memory)
        fclose(memory);
    if (ret == 0)
        fprintf(out, "<figure>%s<figcaption>%s</figcaption></figure>\n", svg, c->what);
    else
        put_reason(out, c, ret < 0 ? e.message : why);
    if (ret < 0)
        fprintf(said, "--html: %s\n", e.message);
    free(svg);
    return ret < 0 ? ret : 0;
}

/* One message is enough where gnuplot is missing: after a failure no further chart is tried. */
void html_charts(FILE *out, const struct plot_input *in, enum chart_subject subject, size_t run,
                 FILE *said)
{
    char prefix[64];
    int ret = 0;
    fprintf(out, "<h3>%s</h3>\n", subject == CHART_HISTORY ? "History" : "Charts");
    for (size_t c = 0; c < charts_count && ret == 0; c++) {
        snprintf(prefix, sizeof prefix, "r%zuc%zu-", run, c);
        if (charts[c].subject == subject)
            ret = put_chart(out, &charts[c], in, prefix, said);
    }
}

static int put_run_charts(FILE *out, const struct report *r, size_t run, struct err *e)
{
    struct plot_input in;
    int ret = plot_input_open(&in, r->db, &r->runs[run], e);
    if (ret == 0)
        html_charts(out, &in, CHART_RUN, run + 1, r->said);
    plot_input_close(&in);
    return ret;
}

/* --- several runs ---------------------------------------------------------------------- */

static void put_contents(FILE *out, const struct report *r)
{
    fputs("<div class=\"sheet\"><table><thead><tr><th>Run</th><th></th>"
          "<th class=\"n\">Messages/s</th><th class=\"n\">p50, µs</th><th class=\"n\">p99, µs</th>"
          "<th class=\"n\">p99.9, µs</th><th class=\"n\">Errors, %</th></tr></thead><tbody>\n",
          out);
    for (size_t i = 0; i < r->count; i++) {
        const struct summary *s = &r->runs[i];
        const struct figure *latency = s->times[TIME_LATENCY].quantiles;
        fprintf(out, "<tr><td class=\"any\"><a href=\"#run%lld\">%lld ", (long long)s->run.id,
                (long long)s->run.id);
        html_name(out, s->run.workload_id);
        fputs("</a></td><td>", out);
        html_badge(out, s);
        fputs("</td>", out);
        html_figure_cell(out, &s->figures[FIGURE_MSG_PER_S], 1);
        html_figure_cell(out, &latency[QUANTILE_P50], 1e3);
        html_figure_cell(out, &latency[QUANTILE_P99], 1e3);
        html_figure_cell(out, &latency[QUANTILE_P999], 1e3);
        html_figure_cell(out, &s->figures[FIGURE_ERRORS_PERCENT], 1);
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table></div>\n", out);
}

static void put_comparison(FILE *out, const struct report *r)
{
    struct plot_input in = {.runs = r->runs, .count = r->count};
    fprintf(out, "<h1>Comparison of %zu runs</h1>\n", r->count);
    fputs(
        "<p class=\"quiet\">Side by side, each with its own intervals. Whether two runs differ is "
        "not decided here: the spread between runs does not show inside one.</p>\n",
        out);
    put_contents(out, r);
    html_charts(out, &in, CHART_RUNS, 0, r->said);
}

/* --- raw data -------------------------------------------------------------------------- */

static const struct {
    const char *what, *sql;
} raw[] = {
    {"The run in one line", "SELECT * FROM run_summary WHERE run_id = %lld"},
    {"Throughput and latency, interval by interval",
     "SELECT * FROM interval_summary WHERE run_id = %lld"},
    {"Everything counted, by phase", "SELECT * FROM counter_total WHERE run_id = %lld"},
    {"Percentiles of every phase", "SELECT * FROM summary WHERE run_id = %lld"},
    {"Histograms of every interval and worker",
     "SELECT i.started_ns, i.worker, h.* FROM interval i JOIN hist h ON h.interval_id = i.id "
     "WHERE i.run_id = %lld"},
    {"Verdicts", "SELECT * FROM verdict WHERE run_id = %lld"},
    {"CPU and memory over time", "SELECT * FROM resource WHERE run_id = %lld"},
    {"Targets", "SELECT * FROM target WHERE run_id = %lld"},
    {"Environment", "SELECT * FROM environment WHERE run_id = %lld"},
    {"The resolved job", "SELECT job FROM run WHERE id = %lld"},
};

static void put_raw(FILE *out, const struct report *r, const struct summary *s)
{
    char path[4200];
    link_relative(path, sizeof path, r->path, db_path(r->db));
    fputs("<h3>Raw data</h3>\n<p>All of it is in <a href=\"", out);
    link_put_url(out, path);
    fputs("\"><code>", out);
    escape_xml(out, path);
    fputs("</code></a>, an SQLite file that any <code>sqlite3</code> reads.</p>\n", out);
    fputs("<div class=\"sheet\"><table><tbody>\n", out);
    for (size_t i = 0; i < sizeof raw / sizeof *raw; i++) {
        fprintf(out, "<tr><td>%s</td><td><code>", raw[i].what);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        escape_xmlf(out, raw[i].sql, (long long)s->run.id);
#pragma GCC diagnostic pop
        fputs("</code></td></tr>\n", out);
    }
    fputs("</tbody></table></div>\n", out);
}

/* --- the page -------------------------------------------------------------------------- */

void html_open(FILE *out, const char *title)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "style-src 'unsafe-inline'; img-src data:\">\n<title>",
          out);
    escape_xml(out, title);
    fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n", css_report);
}

void html_close(FILE *out)
{
    fputs("</main>\n</body>\n</html>\n", out);
}

static int put_run(FILE *out, const struct report *r, size_t i, struct err *e)
{
    const struct summary *s = &r->runs[i];
    const char *h = r->count > 1 ? "h2" : "h1";
    fprintf(out, "<section id=\"run%lld\">\n<%s>", (long long)s->run.id, h);
    html_badge(out, s);
    fputc(' ', out);
    html_name(out, s->run.workload_id);
    fprintf(out, "</%s>\n", h);
    html_run_top(out, s);
    int ret = put_run_charts(out, r, i, e);
    if (r->count == 1)
        html_history(out, r, s);
    html_run_tables(out, s);
    put_raw(out, r, s);
    fputs("</section>\n", out);
    return ret;
}

int html_write(FILE *out, const struct report *r, struct err *e)
{
    char title[300];
    int ret = 0;
    snprintf(title, sizeof title, "%.200s%s run %lld", r->runs[0].run.workload_id,
             r->count > 1 ? " and others," : "", (long long)r->runs[0].run.id);
    html_open(out, title);
    if (r->count > 1)
        put_comparison(out, r);
    for (size_t i = 0; i < r->count && ret == 0; i++)
        ret = put_run(out, r, i, e);
    html_close(out);
    return ret;
}
