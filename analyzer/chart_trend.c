/* SPDX-License-Identifier: BSD-3-Clause */
/* Data of the trend chart: a panel a metric, the runs in their order. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "analyzer/charts.h"
#include "analyzer/gnuplot.h"
#include "analyzer/judge/trend_report.h"
#include "analyzer/out/format.h"
#include "analyzer/plot.h"

#define TICKS 5

static const struct trend_metric *panel_metric(const struct trend_report *r, size_t panel)
{
    for (size_t j = 0; j < r->metric_count; j++)
        if (r->series[j].count && panel-- == 0)
            return &r->series[j];
    return NULL;
}

size_t chart_trend_panels(const struct trend_report *r)
{
    size_t panels = 0;
    while (panels < CHART_TREND_PANELS && panel_metric(r, panels))
        panels++;
    return panels;
}

/* --- one panel ------------------------------------------------------------------------- */

/* Invalid runs are drawn where they have a figure; of counts they would need their rate. */
static double invalid_figure(const struct trend_report *r, const struct trend_metric *m, size_t run)
{
    double figure = r->values.cells[run * r->values.metric_count + (size_t)(m - r->series)];
    double ended = r->values.runs[run].exposure;
    if (m->metric->scale != SCALE_COUNT)
        return figure;
    return ended > 0 ? 1000 * figure / ended : NAN;
}

static void put_points(FILE *out, const struct trend_report *r, size_t panel)
{
    const struct trend_metric *m = panel_metric(r, panel);
    for (size_t i = 0; i < m->count; i++)
        fprintf(out, "%zu %zu %.9g 1\n", panel + 1, m->runs[i] + 1, trend_in_unit(m, m->values[i]));
    for (size_t i = 0; i < r->values.count; i++)
        if (!values_run_good(&r->values.runs[i]) && isfinite(invalid_figure(r, m, i)))
            fprintf(out, "%zu %zu %.9g 0\n", panel + 1, i + 1, invalid_figure(r, m, i));
}

static void put_segments(FILE *out, const struct trend_report *r, size_t panel)
{
    const struct trend_metric *m = panel_metric(r, panel);
    bool segmented = m->found.state == TREND_SEGMENTED || m->found.state == TREND_CONSTANT;
    for (size_t s = 0; segmented && s <= m->found.count; s++) {
        size_t from = s ? m->found.points[s - 1].index : 0;
        size_t to = s < m->found.count ? m->found.points[s].index : m->count;
        double centre =
            s == m->found.count ? m->centre : trend_in_unit(m, m->found.points[s].before);
        fprintf(out, "%zu %zu %zu %.9g\n", panel + 1, m->runs[from] + 1, m->runs[to - 1] + 1,
                centre);
    }
}

static void put_places(FILE *out, const struct trend_report *r, size_t panel)
{
    const struct trend_metric *m = panel_metric(r, panel);
    for (size_t i = 0; i < m->found.count; i++)
        fprintf(out, "%zu %zu %zu %d\n", panel + 1, m->changes[i].from + 1, m->changes[i].to + 1,
                m->changes[i].worse);
}

static void put_changes(FILE *out, const struct trend_report *r, size_t panel)
{
    const struct trend_metric *m = panel_metric(r, panel);
    for (size_t i = 0; i < m->found.count; i++)
        fprintf(out, "%zu %zu %d\n", panel + 1, m->changes[i].at + 1, m->changes[i].worse);
}

static double mean(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum / (double)count;
}

/* The line of the Theil-Sen slope through the middle of the runs that it was seen in. */
static void put_drift(FILE *out, const struct trend_report *r, size_t panel)
{
    const struct trend_metric *m = panel_metric(r, panel);
    const struct trend_drift *d = &m->found.drift;
    if (!m->drifts)
        return;
    double centre = mean(m->values + m->count - d->count, d->count);
    fprintf(out, "%zu %zu %.9g\n", panel + 1, m->runs[m->count - d->count] + 1,
            trend_in_unit(m, centre - d->change / 2));
    fprintf(out, "%zu %zu %.9g\n\n", panel + 1, m->runs[m->count - 1] + 1,
            trend_in_unit(m, centre + d->change / 2));
}

static void put_block(FILE *out, const struct trend_report *r, const char *name,
                      void (*put)(FILE *out, const struct trend_report *r, size_t panel))
{
    fprintf(out, "$%s << EOD\n", name);
    for (size_t panel = 0; panel < chart_trend_panels(r); panel++)
        put(out, r, panel);
    fputs("0 0 NaN 0\nEOD\n", out); /* a block that is never empty */
}

/* --- axes ------------------------------------------------------------------------------ */

static void put_axis(FILE *out, const struct trend_report *r, size_t panel)
{
    const struct trend_metric *m = panel_metric(r, panel);
    double lo = INFINITY, hi = -INFINITY;
    for (size_t i = 0; i < m->count; i++) {
        lo = fmin(lo, trend_in_unit(m, m->values[i]));
        hi = fmax(hi, trend_in_unit(m, m->values[i]));
    }
    for (size_t i = 0; i < r->values.count; i++)
        if (!values_run_good(&r->values.runs[i])) {
            lo = fmin(lo, invalid_figure(r, m, i)); /* NAN is passed over */
            hi = fmax(hi, invalid_figure(r, m, i));
        }
    double air = hi > lo ? 0.08 * (hi - lo) : fmax(fabs(hi) * 0.05, 1e-3);
    fprintf(out, "FROM[%zu] = %.9g\nTO[%zu] = %.9g\n", panel + 1,
            lo >= 0 ? fmax(0, lo - air) : lo - air, panel + 1, hi + air);
}

static void put_names(FILE *out, const struct trend_report *r, size_t panel)
{
    const struct trend_metric *m = panel_metric(r, panel);
    char text[160];
    snprintf(text, sizeof text, "%s%s%s", m->metric->name, *trend_unit(m) ? ", " : "",
             trend_unit(m));
    fprintf(out, "NAMES[%zu] = ", panel + 1);
    gnuplot_quote(out, text);
    if (m->found.state == TREND_SEGMENTED)
        snprintf(text, sizeof text, "%zu change%s", m->found.count, m->found.count == 1 ? "" : "s");
    else
        snprintf(text, sizeof text, "%s", trend_state_text(m->found.state));
    fprintf(out, "\nSTATES[%zu] = ", panel + 1);
    gnuplot_quote(out, text);
    fputc('\n', out);
}

static void put_dates(FILE *out, const struct trend_report *r)
{
    size_t count = r->values.count, ticks = count < TICKS ? count : TICKS;
    fputs("DATES = \"set xtics scale 0.5 (", out);
    for (size_t i = 0; i < ticks; i++) {
        char when[40], text[80];
        size_t run = (2 * i + 1) * count / (2 * ticks);
        format_time(when, sizeof when, r->values.runs[run].started_ns);
        snprintf(text, sizeof text, "run %" PRId64 ", %.10s", r->values.runs[run].id, when);
        fputs(i ? ", " : "", out);
        gnuplot_quote(out, text);
        fprintf(out, " %zu", run + 1);
    }
    fputs(")\"\n", out);
}

int chart_trend_data(FILE *out, const struct plot_input *in, const char **why)
{
    const struct trend_report *r = in->trend;
    size_t panels = chart_trend_panels(r);
    if (!panels) {
        *why = "no valid run has a figure";
        return 1;
    }
    put_block(out, r, "points", put_points);
    put_block(out, r, "segments", put_segments);
    put_block(out, r, "places", put_places);
    put_block(out, r, "changes", put_changes);
    put_block(out, r, "drift", put_drift);
    fprintf(out,
            "PANELS = %zu\nRUNS = %zu\narray NAMES[%zu]\narray STATES[%zu]\narray FROM[%zu]\n"
            "array TO[%zu]\n",
            panels, r->values.count, panels, panels, panels, panels);
    for (size_t panel = 0; panel < panels; panel++) {
        put_names(out, r, panel);
        put_axis(out, r, panel);
    }
    put_dates(out, r);
    return 0;
}
