/* SPDX-License-Identifier: BSD-3-Clause */
/* Data of the chart that puts several runs side by side. */
#include <math.h>

#include "analyzer/charts.h"
#include "analyzer/gnuplot.h"
#include "analyzer/plot.h"
#include "analyzer/summary.h"

#define RUNS_MAX   20
#define NAME_BYTES 28

/* "value low high". */
static void put_figure(FILE *out, const struct figure *f, double scale)
{
    chart_put(out, f->has ? f->value / scale : NAN);
    chart_put(out, f->has_interval ? f->lo / scale : f->has ? f->value / scale : NAN);
    chart_put(out, f->has_interval ? f->hi / scale : f->has ? f->value / scale : NAN);
}

static void put_names(FILE *out, const struct plot_input *in)
{
    fputs("set ytics scale 0 (", out);
    for (size_t i = 0; i < in->count; i++) {
        char name[NAME_BYTES + 32];
        snprintf(name, sizeof name, "%.*s #%lld", NAME_BYTES, in->runs[i].run.workload_id,
                 (long long)in->runs[i].run.id);
        fputs(i ? ", " : "", out);
        gnuplot_quote(out, name);
        fprintf(out, " %zu", i);
    }
    fputs(")\n", out);
}

static const struct figure *latency(const struct summary *s, enum quantile_id id)
{
    return &s->times[TIME_LATENCY].quantiles[id];
}

/* "index msg/s low high p50 low high p99 low high", times in s. */
static void put_runs(FILE *out, const struct plot_input *in)
{
    fputs("$runs << EOD\n", out);
    for (size_t i = 0; i < in->count; i++) {
        fprintf(out, "%zu", i);
        put_figure(out, &in->runs[i].figures[FIGURE_MSG_PER_S], 1);
        put_figure(out, latency(&in->runs[i], QUANTILE_P50), 1e9);
        put_figure(out, latency(&in->runs[i], QUANTILE_P99), 1e9);
        fputc('\n', out);
    }
    fputs("EOD\n", out);
}

static double put_spans(FILE *out, const struct plot_input *in)
{
    struct chart_span rate = {0}, time = {0};
    for (size_t i = 0; i < in->count; i++) {
        const struct figure *f = &in->runs[i].figures[FIGURE_MSG_PER_S];
        chart_span_add(&rate, f->has ? fmax(f->value, f->hi) : NAN);
        for (int q = 0; q < QUANTILE_COUNT; q++) {
            const struct figure *t = latency(&in->runs[i], (enum quantile_id)q);
            if ((q == QUANTILE_P50 || q == QUANTILE_P99) && t->has) {
                chart_span_add(&time, (t->has_interval ? t->lo : t->value) / 1e9);
                chart_span_add(&time, (t->has_interval ? t->hi : t->value) / 1e9);
            }
        }
    }
    fprintf(out, "HAS_TIMES = %d\n", time.hi > 0);
    chart_put_span(out, &time, "");
    return rate.hi;
}

int chart_workloads_data(FILE *out, const struct plot_input *in, const char **why)
{
    double most = put_spans(out, in);
    double scale = most >= 1e6 ? 1e6 : most >= 1e4 ? 1e3 : 1;
    if (in->count > RUNS_MAX || !(most > 0)) {
        *why = most > 0 ? "more than 20 runs" : "no run has a rate";
        return 1;
    }
    put_names(out, in);
    put_runs(out, in);
    fprintf(out, "RUNS = %zu\nSCALE = %.9g\nUNIT = '%s'\n", in->count, scale,
            scale >= 1e6 ? "million/s"
            : scale > 1  ? "thousand/s"
                         : "1/s");
    return 0;
}
