/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/plot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/charts.h"
#include "analyzer/files.h"
#include "analyzer/gnuplot.h"
#include "analyzer/judge/trend_report.h"
#include "analyzer/judge/words.h"
#include "analyzer/out/format.h"
#include "analyzer/plots.h"
#include "analyzer/summary.h"
#include "analyzer/svg.h"
#include "base/err.h"

static const struct format {
    const char *suffix, *terminal;
} formats[] = {
    {"svg", "svg"},
    {"png", "pngcairo"},
};

#define FONT "DejaVu Sans,11"

int plot_input_open(struct plot_input *in, struct db *db, const struct summary *s, struct err *e)
{
    *in = (struct plot_input){.runs = s, .count = 1};
    int ret = series_build(db, s, &in->series, e);
    ret = ret ? ret : heat_build(db, s, &in->heat, e);
    return ret ? ret : course_build(db, s, &in->course, e);
}

void plot_input_close(struct plot_input *in)
{
    free(in->series.points);
    heat_fini(&in->heat);
    course_fini(&in->course);
}

/* --- one chart ------------------------------------------------------------------------- */

static void write_run_titles(const struct chart *c, const struct summary *s, char title[300],
                             char subtitle[500])
{
    char when[40], connections[40] = "?";
    const struct run_info *run = &s->run;
    const struct figure *opened = &s->figures[FIGURE_CONNECTIONS];
    if (opened->has)
        format_number(connections, sizeof connections, opened->value);
    snprintf(title, 300, "%s: %s", c->title, run->workload_id);
    snprintf(subtitle, 500, "run %lld (%.8s), %s, %s on %s, %s connections, rate %s%s",
             (long long)run->id, run->uuid, format_time(when, sizeof when, run->started_ns),
             run->protocol, run->wire, connections, run->load,
             s->under_saturation ? " (latency under saturation)" : "");
}

static void write_trend_titles(const struct chart *c, const struct trend_report *r, char title[300],
                               char subtitle[500])
{
    snprintf(title, 300, "%s: %s", c->title, r->workload_id);
    snprintf(subtitle, 500, "%s: %s", trend_verdict_name(r->verdict), r->conclusion);
}

static const struct values_run *newest(const struct comparison *c)
{
    return &c->b.values.runs[c->b.values.count - 1];
}

static void write_comparison_titles(const struct chart *chart, const struct comparison *c,
                                    char title[300], char subtitle[500])
{
    char sides[WORDS_BYTES];
    size_t now = c->b.values.count, before = c->a.values.count;
    if (c->paired)
        snprintf(sides, sizeof sides, "%zu interleaved pairs", now);
    else
        snprintf(sides, sizeof sides, "%zu run%s against %zu of \"%.40s\"", now,
                 now == 1 ? "" : "s", before, c->name);
    snprintf(title, 300, "%s: %s", chart->title, newest(c)->workload_id);
    snprintf(subtitle, 500, "%s%s: %s; %s",
             c->comparable ? "" : "forced, not comparable: ", comparison_verdict(c), sides,
             chart->what);
}

static void write_titles(FILE *out, const struct chart *c, const struct plot_input *in)
{
    char title[300], subtitle[500];
    switch (c->subject) {
    case CHART_RUN:
        write_run_titles(c, in->runs, title, subtitle);
        break;
    case CHART_RUNS:
        snprintf(title, sizeof title, "%s", c->title);
        snprintf(subtitle, sizeof subtitle, "%s", c->what);
        break;
    case CHART_HISTORY:
        write_trend_titles(c, in->trend, title, subtitle);
        break;
    case CHART_COMPARISON:
        write_comparison_titles(c, in->comparison, title, subtitle);
        break;
    }
    fputs("TITLE = ", out);
    gnuplot_quote(out, title);
    fputs("\nSUBTITLE = ", out);
    gnuplot_quote(out, subtitle);
    fputs("\n", out);
}

/* 0, 1 with `why`, or -errno. */
static int write_script(const struct gnuplot *g, const struct chart *c, const struct format *format,
                        const struct plot_input *in, const char **why, struct err *e)
{
    char path[160];
    int height = c->height + c->per_run * (int)in->count;
    FILE *out = fopen(gnuplot_file(g, path, sizeof path, GNUPLOT_SCRIPT), "w");
    if (!out)
        return err_set(e, EXIT_ENVIRONMENT, -errno, "cannot write %s: %s", path, strerror(errno));
    fprintf(out,
            "set encoding utf8\nset terminal %s noenhanced size %d,%d font '%s' background rgb "
            "'#ffffff'\nset output '%s'\nHEIGHT = %d\n",
            format->terminal, c->width, height, FONT, format->suffix, height);
    write_titles(out, c, in);
    fputs(plot_style, out);
    int ret = c->data(out, in, why);
    fputs(c->script, out);
    fputs("\nset output\n", out);
    bool bad = ferror(out) != 0;
    bad |= fclose(out) != 0;
    return bad ? err_set(e, EXIT_ENVIRONMENT, -EIO, "cannot write %s", path) : ret;
}

/* Into the private folder, under the format's suffix. */
static int make(const struct gnuplot *g, const struct chart *c, const struct format *format,
                const struct plot_input *in, const char **why, struct err *e)
{
    int ret = write_script(g, c, format, in, why, e);
    ret = ret ? ret : gnuplot_run(g, c->name, e);
    return ret ? ret : gnuplot_check(g, c->name, format->suffix, e);
}

/* --- into files ------------------------------------------------------------------------ */

/* "{workload}_{run id}" */
static void name_run(char name[200], const char *workload, int64_t id)
{
    char part[128];
    snprintf(name, 200, "%s_%lld", format_file_part(part, sizeof part, workload), (long long)id);
}

/* "runs_{id}-{id}" as far as it fits. */
static void name_several(char name[200], const struct plot_input *in)
{
    size_t at = (size_t)snprintf(name, 200, "runs");
    for (size_t i = 0; i < in->count && at < 170; i++)
        at += (size_t)snprintf(name + at, 200 - at, "%c%lld", i ? '-' : '_',
                               (long long)in->runs[i].run.id);
}

static void name_comparison(char name[200], const struct comparison *c)
{
    char part[40];
    name_run(name, newest(c)->workload_id, newest(c)->id);
    size_t at = strlen(name);
    snprintf(name + at, 200 - at, "_against_%s", format_file_part(part, sizeof part, c->name));
}

static void name_subject(char name[200], const struct plot_input *in, enum chart_subject subject)
{
    switch (subject) {
    case CHART_RUN:
        name_run(name, in->runs->run.workload_id, in->runs->run.id);
        break;
    case CHART_RUNS:
        name_several(name, in);
        break;
    case CHART_HISTORY:
        name_run(name, in->trend->workload_id,
                 in->trend->values.runs[in->trend->values.count - 1].id);
        break;
    case CHART_COMPARISON:
        name_comparison(name, in->comparison);
        break;
    }
}

/* The picture in the private folder becomes DIR/NAME. */
static int keep_picture(const struct gnuplot *g, const struct format *format, const char *dir,
                        const char *name, struct err *e)
{
    char made[160];
    struct file_draft f;
    gnuplot_file(g, made, sizeof made, format->suffix);
    if (format != &formats[0])
        return files_copy(made, dir, name, e);
    int ret = file_draft_open(&f, dir, name, e);
    if (ret)
        return ret;
    ret = svg_copy(made, true, "", f.out, e);
    if (ret)
        file_draft_drop(&f);
    return ret ? ret : file_draft_keep(&f, e);
}

static int draw(const struct gnuplot *g, const struct chart *c, const struct format *format,
                const struct plot_input *in, const char *dir, FILE *said, struct err *e)
{
    const char *why = "";
    char runs[200], name[256];
    int ret = make(g, c, format, in, &why, e);
    if (ret > 0)
        fprintf(said, "no %s chart: %s\n", c->name, why);
    if (ret)
        return ret;
    name_subject(runs, in, c->subject);
    snprintf(name, sizeof name, "%s_%s.%s", c->name, runs, format->suffix);
    ret = keep_picture(g, format, dir, name, e);
    if (ret == 0)
        fprintf(said, "%s/%s\n", dir, name);
    return ret;
}

static int draw_all(const struct gnuplot *g, const struct plot_input *in,
                    enum chart_subject subject, const char *dir, FILE *said, struct err *e)
{
    int ret = 0;
    for (size_t c = 0; c < charts_count && ret >= 0; c++) {
        ret = charts[c].subject != subject; /* 1: not this one */
        for (size_t i = 0; i < sizeof formats / sizeof *formats && ret == 0; i++)
            ret = draw(g, &charts[c], &formats[i], in, dir, said, e);
    }
    return ret < 0 ? ret : 0;
}

static int plot_into(const struct plot_input *in, enum chart_subject subject, const char *dir,
                     FILE *said, struct err *e)
{
    struct gnuplot g;
    int ret = files_make_dir(dir, e);
    ret = ret ? ret : gnuplot_open(&g, e);
    if (ret)
        return ret;
    ret = draw_all(&g, in, subject, dir, said, e);
    gnuplot_close(&g);
    return ret;
}

int plot_run(struct db *db, const struct summary *s, const char *dir, FILE *said, struct err *e)
{
    struct plot_input in;
    int ret = plot_input_open(&in, db, s, e);
    ret = ret ? ret : plot_into(&in, CHART_RUN, dir, said, e);
    plot_input_close(&in);
    return ret;
}

int plot_several(const struct summary *runs, size_t count, const char *dir, FILE *said,
                 struct err *e)
{
    struct plot_input in = {.runs = runs, .count = count};
    return count < 2 ? 0 : plot_into(&in, CHART_RUNS, dir, said, e);
}

int plot_history(const struct trend_report *r, const char *dir, FILE *said, struct err *e)
{
    struct plot_input in = {.trend = r, .count = chart_trend_panels(r)};
    return plot_into(&in, CHART_HISTORY, dir, said, e);
}

int plot_comparison(const struct comparison *c, const char *dir, FILE *said, struct err *e)
{
    struct plot_input in = {.comparison = c, .count = chart_forest_rows(c)};
    return plot_into(&in, CHART_COMPARISON, dir, said, e);
}

/* --- into HTML ------------------------------------------------------------------------- */

int plot_inline(const struct chart *c, const struct plot_input *in, const char *prefix, FILE *out,
                const char **why, struct err *e)
{
    struct gnuplot g;
    char path[160];
    int ret = gnuplot_open(&g, e);
    if (ret)
        return ret;
    ret = make(&g, c, &formats[0], in, why, e);
    if (ret == 0)
        ret =
            svg_copy(gnuplot_file(&g, path, sizeof path, formats[0].suffix), false, prefix, out, e);
    gnuplot_close(&g);
    return ret;
}
