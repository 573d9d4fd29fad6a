/* SPDX-License-Identifier: BSD-3-Clause */
/* Data of the charts of a run's course: phases and verdicts, connections, memory. */
#include <math.h>
#include <string.h>

#include "analyzer/charts.h"
#include "analyzer/course.h"
#include "analyzer/gnuplot.h"
#include "analyzer/plot.h"
#include "analyzer/summary.h"

#define AXIS_PIXELS   830.0 /* width of the panels */
#define LETTER_PIXELS 6.2   /* of a label, in the mean */
#define LINE_PIXELS   14.0
#define MARK_ROWS     5

/* Ends a block with texts: gnuplot 5.4 dies of labels when the only row of a block has none. */
#define LAST_ROW "NaN NaN 0 9 1\nNaN NaN 0 9 1\nEOD\n"

static double scale_of(double most)
{
    return most >= 1e6 ? 1e6 : most >= 1e4 ? 1e3 : 1;
}

static void put_scale(FILE *out, const char *name, double scale)
{
    fprintf(out, "%s_SCALE = %.9g\n%s_UNIT = '%s'\n", name, scale, name,
            scale >= 1e6 ? "million/s"
            : scale > 1  ? "thousand/s"
                         : "1/s");
}

static double end_of(const struct course *c)
{
    double end = 0;
    for (size_t i = 0; i < c->phases_count; i++)
        end = fmax(end, c->phases[i].to_s);
    for (size_t i = 0; i < c->points_count; i++)
        end = fmax(end, c->points[i].end_s);
    return end;
}

/* Whether a text stands in a band of that width: 1 along it, 2 across it, 0: neither. */
static int fits(const char *text, double width_s, double end_s)
{
    double pixels = width_s / end_s * AXIS_PIXELS;
    if ((double)strlen(text) * LETTER_PIXELS + 6 <= pixels)
        return 1;
    return pixels >= LINE_PIXELS ? 2 : 0;
}

/* A name along its band, else across it as long as it keeps off the one before. */
static int band_turn(const struct course_phase *p, double *taken_s, double end_s)
{
    const char *name = p->measured ? p->name : p->kind;
    double middle_s = (p->from_s + p->to_s) / 2, half_s = LINE_PIXELS / AXIS_PIXELS * end_s / 2;
    bool connect = !strcmp(p->kind, "connect");
    int turn = p->measured || connect ? fits(name, p->to_s - p->from_s, end_s) : 0;
    if (turn == 2 || (p->measured && turn != 1))
        turn = middle_s - half_s >= *taken_s ? 2 : 0;
    if (turn)
        *taken_s = turn == 1 ? p->to_s : middle_s + half_s;
    return turn;
}

/* "from to measured turn number", and the texts as an array: letters of others reach gnuplot in
 * quotes. */
static void put_bands(FILE *out, const struct course *c, double end_s)
{
    double taken_s = -INFINITY;
    fputs("$bands << EOD\n", out);
    for (size_t i = 0; i < c->phases_count; i++) {
        const struct course_phase *p = &c->phases[i];
        fprintf(out, "%.9g %.9g %d %d %zu\n", p->from_s, p->to_s, p->measured,
                band_turn(p, &taken_s, end_s), i + 1);
    }
    fprintf(out, LAST_ROW "array BAND[%zu]\n", c->phases_count + 1);
    for (size_t i = 0; i < c->phases_count; i++) {
        char name[32];
        const struct course_phase *p = &c->phases[i];
        bool along = fits(p->measured ? p->name : p->kind, p->to_s - p->from_s, end_s) == 1;
        snprintf(name, sizeof name, "%.20s", p->measured ? p->name : p->kind);
        fprintf(out, "BAND[%zu] = ", i + 1);
        gnuplot_quote(out, along ? p->measured ? p->name : p->kind : name);
        fputc('\n', out);
    }
}

/* What stands in the cell of a phase: all, or across a narrow one the worst alone. */
static const char *rules_text(const struct course_phase *p, double end_s)
{
    static const char *const words[] = {[RULE_NONE] = "-",
                                        [RULE_PASS] = "PASS",
                                        [RULE_WARN] = "WARN",
                                        [RULE_FAIL] = "FAIL",
                                        [RULE_OTHER] = "open"};
    const char *all = p->rules[0] ? p->rules : "-";
    return fits(all, p->to_s - p->from_s, end_s) == 1 ? all : words[p->worst];
}

/* "from to class turn number"; class as enum rule_class. */
static void put_rules(FILE *out, const struct course *c, double end_s)
{
    fputs("$rules << EOD\n", out);
    for (size_t i = 0; i < c->phases_count; i++) {
        const struct course_phase *p = &c->phases[i];
        if (p->measured)
            fprintf(out, "%.9g %.9g %d %d %zu\n", p->from_s, p->to_s, p->worst,
                    fits(rules_text(p, end_s), p->to_s - p->from_s, end_s), i + 1);
    }
    fprintf(out, LAST_ROW "array RULE[%zu]\n", c->phases_count + 1);
    for (size_t i = 0; i < c->phases_count; i++) {
        fprintf(out, "RULE[%zu] = ", i + 1);
        gnuplot_quote(out, rules_text(&c->phases[i], end_s));
        fputc('\n', out);
    }
    fprintf(out, "RUN_CLASS = %d\nRUN_RULES = ", c->run_worst);
    gnuplot_quote(out, c->run_rules[0] ? c->run_rules : "none");
    fputc('\n', out);
}

/* The first row whose last text ends before this one begins; MARK_ROWS: there is none. */
static int mark_row(double ends[MARK_ROWS], double at_s, double end_s, const char *text)
{
    double width_s = ((double)strlen(text) * LETTER_PIXELS + 14) / AXIS_PIXELS * end_s;
    for (int row = 0; row < MARK_ROWS; row++)
        if (at_s >= ends[row]) {
            ends[row] = at_s + width_s;
            return row;
        }
    return MARK_ROWS;
}

/* "at row kind side number": kind 0 a command, 1 a fault, 2 refused; side 1: the text is left of
 * it. */
static void put_marks(FILE *out, const struct course *c, double end_s)
{
    double ends[MARK_ROWS] = {0};
    for (int row = 0; row < MARK_ROWS; row++)
        ends[row] = -INFINITY;
    fputs("$marks << EOD\n", out);
    for (size_t i = 0; i < c->marks_count; i++) {
        const struct course_mark *m = &c->marks[i];
        double width_s = ((double)strlen(m->text) * LETTER_PIXELS + 14) / AXIS_PIXELS * end_s;
        bool left = m->at_s + width_s > end_s;
        int row = mark_row(ends, left ? m->at_s - width_s : m->at_s, end_s, m->text);
        fprintf(out, "%.9g %d %d %d %zu\n", m->at_s, row, m->refused ? 2 : m->fault, left, i + 1);
    }
    fprintf(out, LAST_ROW "MARKS = %zu\narray MARK[%zu]\n", c->marks_count, c->marks_count + 1);
    for (size_t i = 0; i < c->marks_count; i++) {
        fprintf(out, "MARK[%zu] = ", i + 1);
        gnuplot_quote(out, c->marks[i].text);
        fputc('\n', out);
    }
}

/* "middle end transactions/s connects/s failed/s open". */
static double put_points(FILE *out, const struct course *c)
{
    double most = 0;
    fputs("$course << EOD\n", out);
    for (size_t i = 0; i < c->points_count; i++) {
        const struct course_point *p = &c->points[i];
        const double columns[] = {p->at_s,           p->end_s,        p->transactions_per_s,
                                  p->connects_per_s, p->failed_per_s, p->open};
        for (size_t k = 0; k < sizeof columns / sizeof *columns; k++)
            chart_put(out, columns[k]);
        fputc('\n', out);
        most = fmax(most, p->transactions_per_s); /* NaN gives way */
    }
    fputs("EOD\n", out);
    return most;
}

int chart_phases_data(FILE *out, const struct plot_input *in, const char **why)
{
    const struct course *c = &in->course;
    double end_s = end_of(c);
    if (!c->phases_count || !c->points_count || !(end_s > 0)) {
        *why = "no phase has an interval";
        return 1;
    }
    put_scale(out, "RATE", scale_of(put_points(out, c)));
    put_bands(out, c, end_s);
    put_rules(out, c, end_s);
    put_marks(out, c, end_s);
    fprintf(out, "END = %.9g\nPOINTS = %zu\nROWS = %d\n", end_s, c->points_count, MARK_ROWS);
    return 0;
}

int chart_ramp_data(FILE *out, const struct plot_input *in, const char **why)
{
    const struct course *c = &in->course;
    double most = 0, failed = 0, open = 0;
    for (size_t i = 0; i < c->points_count; i++) {
        most = fmax(most, fmax(c->points[i].connects_per_s, c->points[i].failed_per_s));
        failed = fmax(failed, c->points[i].failed_per_s);
        open = fmax(open, c->points[i].open);
    }
    if (!(most > 0)) {
        *why = "no connection was opened";
        return 1;
    }
    put_points(out, c);
    put_bands(out, c, end_of(c));
    put_scale(out, "CONNECT", scale_of(most));
    fprintf(out, "END = %.9g\nPOINTS = %zu\nHAS_FAILED = %d\nTOP = %.9g\nWANTED = %lld\n",
            end_of(c), c->points_count, failed > 0, open,
            (long long)(in->runs->run.connections_requested > 0
                            ? in->runs->run.connections_requested
                            : 0));
    return 0;
}

/* "seconds connections MiB" of one process. */
static size_t put_rss(FILE *out, const struct course *c, bool peer)
{
    size_t n = 0;
    fprintf(out, "$%s << EOD\n", peer ? "peer" : "gen");
    for (size_t i = 0; i < c->rss_count; i++) {
        const struct course_rss *r = &c->rss[i];
        if (r->peer != peer || isnan(r->open))
            continue;
        fprintf(out, "%.9g %.9g %.9g\n", r->at_s, r->open, r->mib);
        n++;
    }
    fputs("EOD\n", out);
    return n;
}

/* "from to number": each pool begins where the one before ends. */
static void put_pools(FILE *out, const struct course *c)
{
    double sum = 0;
    fputs("$pools << EOD\n", out);
    for (size_t i = 0; i < c->pools_count; i++) {
        fprintf(out, "%.9g %.9g %zu\n", sum, sum + c->pools[i].mib, i + 1);
        sum += c->pools[i].mib;
    }
    fprintf(out, "NaN NaN 1\nNaN NaN 1\nEOD\nPOOLS = %zu\nPOOLS_MIB = %.9g\narray POOL[%zu]\n",
            c->pools_count, sum, c->pools_count + 1);
    for (size_t i = 0; i < c->pools_count; i++) {
        char text[120];
        const struct course_pool *p = &c->pools[i];
        snprintf(text, sizeof text, "%s: %.*f MiB, %.*f B", p->name,
                 p->mib < 0.1  ? 3
                 : p->mib < 10 ? 2
                               : 1,
                 p->mib, p->bytes_per_conn < 100, p->bytes_per_conn);
        for (char *at = text; *at; at++)
            *at = *at == '_' ? ' ' : *at;
        fprintf(out, "POOL[%zu] = ", i + 1);
        gnuplot_quote(out, text);
        fputc('\n', out);
    }
}

int chart_memory_data(FILE *out, const struct plot_input *in, const char **why)
{
    const struct course *c = &in->course;
    size_t gen = put_rss(out, c, false), peer = put_rss(out, c, true);
    if (!gen || !c->pools_count) {
        *why = gen ? "no pool was recorded" : "memory was not sampled";
        return 1;
    }
    put_pools(out, c);
    fprintf(out, "HAS_PEER = %d\nCONNECTIONS = %lld\n", peer > 0,
            (long long)(in->runs->run.connections_requested > 0
                            ? in->runs->run.connections_requested
                            : 0));
    return 0;
}
