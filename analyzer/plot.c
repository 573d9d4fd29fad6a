/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/plot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/charts.h"
#include "analyzer/files.h"
#include "analyzer/gnuplot.h"
#include "analyzer/judge/trend_report.h"
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
    return ret ? ret : heat_build(db, s, &in->heat, e);
}

void plot_input_close(struct plot_input *in)
{
    free(in->series.points);
    heat_fini(&in->heat);
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

static void write_titles(FILE *out, const struct chart *c, const struct plot_input *in)
{
    char title[300], subtitle[500];
    if (c->trend) {
        write_trend_titles(c, in->trend, title, subtitle);
    } else if (c->several) {
        snprintf(title, sizeof title, "%s", c->title);
        snprintf(subtitle, sizeof subtitle, "%s", c->what);
    } else {
        write_run_titles(c, in->runs, title, subtitle);
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
    return ret ? ret : gnuplot_run(g, c->name, e);
}

/* --- into files ------------------------------------------------------------------------ */

/* "{workload}_{run id}", or "runs_{id}-{id}" as far as it fits. */
static void name_runs(char name[200], const struct plot_input *in, bool several)
{
    char workload[128];
    if (in->trend) {
        snprintf(name, 200, "%s_%lld",
                 format_file_part(workload, sizeof workload, in->trend->workload_id),
                 (long long)in->trend->values.runs[in->trend->values.count - 1].id);
        return;
    }
    if (!several) {
        snprintf(name, 200, "%s_%lld",
                 format_file_part(workload, sizeof workload, in->runs->run.workload_id),
                 (long long)in->runs->run.id);
        return;
    }
    size_t at = (size_t)snprintf(name, 200, "runs");
    for (size_t i = 0; i < in->count && at < 170; i++)
        at += (size_t)snprintf(name + at, 200 - at, "%c%lld", i ? '-' : '_',
                               (long long)in->runs[i].run.id);
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
    name_runs(runs, in, c->several);
    snprintf(name, sizeof name, "%s_%s.%s", c->name, runs, format->suffix);
    ret = keep_picture(g, format, dir, name, e);
    if (ret == 0)
        fprintf(said, "%s/%s\n", dir, name);
    return ret;
}

static int draw_all(const struct gnuplot *g, const struct plot_input *in, bool several,
                    const char *dir, FILE *said, struct err *e)
{
    int ret = 0;
    for (size_t c = 0; c < charts_count && ret >= 0; c++) {
        /* 1: not this one */
        ret = charts[c].several != several || charts[c].trend != (in->trend != NULL);
        for (size_t i = 0; i < sizeof formats / sizeof *formats && ret == 0; i++)
            ret = draw(g, &charts[c], &formats[i], in, dir, said, e);
    }
    return ret < 0 ? ret : 0;
}

static int plot_into(const struct plot_input *in, bool several, const char *dir, FILE *said,
                     struct err *e)
{
    struct gnuplot g;
    int ret = files_make_dir(dir, e);
    ret = ret ? ret : gnuplot_open(&g, e);
    if (ret)
        return ret;
    ret = draw_all(&g, in, several, dir, said, e);
    gnuplot_close(&g);
    return ret;
}

int plot_run(struct db *db, const struct summary *s, const char *dir, FILE *said, struct err *e)
{
    struct plot_input in;
    int ret = plot_input_open(&in, db, s, e);
    ret = ret ? ret : plot_into(&in, false, dir, said, e);
    plot_input_close(&in);
    return ret;
}

int plot_several(const struct summary *runs, size_t count, const char *dir, FILE *said,
                 struct err *e)
{
    struct plot_input in = {.runs = runs, .count = count};
    return count < 2 ? 0 : plot_into(&in, true, dir, said, e);
}

int plot_history(const struct trend_report *r, const char *dir, FILE *said, struct err *e)
{
    struct plot_input in = {.trend = r, .count = chart_trend_panels(r)};
    return plot_into(&in, false, dir, said, e);
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
