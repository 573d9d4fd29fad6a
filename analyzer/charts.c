/* SPDX-License-Identifier: BSD-3-Clause */
/* The registry of charts, and the data that each one's template expects. */
#include <math.h>
#include <string.h>

#include "analyzer/charts.h"
#include "analyzer/gnuplot.h"
#include "analyzer/out/format.h"
#include "analyzer/plot.h"
#include "analyzer/plots.h"
#include "analyzer/series.h"
#include "analyzer/summary.h"

#define CURVE_STEP 0.004 /* log-odds between points: finer than a pixel */

/* The curve above the median as "probability seconds": $name_sure as long as ten samples lie
 * beyond, $name_few from its last point up to the largest sample. */
static void put_curve(FILE *out, const struct hist_sum *h, const char *name, bool sure)
{
    double n = (double)h->count, last_x = -1, seen = 0;
    char joint[64] = "";
    fprintf(out, "$%s_%s << EOD\n", name, sure ? "sure" : "few");
    for (uint32_t i = 0; i < HIST_COUNTS && h->count; i++) {
        seen += (double)h->counts[i];
        double p = fmin(seen / n, 1 - 0.5 / n), x = log10(p / (1 - p));
        if (h->counts[i] == 0 || x < 0 || (x - last_x < CURVE_STEP && seen < n))
            continue;
        uint64_t ns = hist_highest_ns(i) < h->max_ns ? hist_highest_ns(i) : h->max_ns;
        char point[64];
        snprintf(point, sizeof point, "%.9g %.9g\n", p, (double)ns / 1e9);
        last_x = x;
        if (n - seen < 10 && !sure) {
            fprintf(out, "%s%s", joint, point);
            joint[0] = '\0';
        } else if (n - seen >= 10) {
            fputs(sure ? point : "", out);
            memcpy(joint, point, sizeof joint);
        }
    }
    fputs("EOD\n", out);
}

/* The last percentile of the axis: the first tick beyond 1 - 1/N. */
static double axis_end(double n)
{
    double beyond = 0.1;
    while (beyond > 1e-6 && beyond * n > 1)
        beyond /= 10;
    return 1 - beyond;
}

/* The printed percentiles with their intervals: "probability seconds low high". */
static void put_marks(FILE *out, const struct time_summary *t, const char *name)
{
    fprintf(out, "$%s_marks << EOD\n", name);
    for (int q = 0; q < QUANTILE_COUNT; q++) {
        const struct figure *f = &t->quantiles[q];
        if (!f->has)
            continue;
        fprintf(out, "%.9g", (double)quantiles[q].num / (double)quantiles[q].den);
        chart_put(out, f->value / 1e9);
        chart_put(out, (f->has_interval ? f->lo : f->value) / 1e9);
        chart_put(out, (f->has_interval ? f->hi : f->value) / 1e9);
        fputc('\n', out);
    }
    fputs("EOD\n", out);
}

static int percentiles_data(FILE *out, const struct plot_input *in, const char **why)
{
    const struct time_summary *times = in->runs->times;
    if (times[TIME_LATENCY].max.count < 2) {
        *why = "no latency samples";
        return 1;
    }
    static const enum time_kind drawn[] = {TIME_LATENCY, TIME_SERVICE};
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++) {
        const char *name = time_name(drawn[i]);
        put_curve(out, times[drawn[i]].sum, name, true);
        put_curve(out, times[drawn[i]].sum, name, false);
        put_marks(out, &times[drawn[i]], name);
    }
    struct chart_span span = {0};
    chart_span_add(&span, (double)hist_sum_percentile_ns(times[TIME_LATENCY].sum, 1, 2) / 1e9);
    chart_span_add(&span, (double)hist_sum_percentile_ns(times[TIME_SERVICE].sum, 1, 2) / 1e9);
    chart_span_add(&span, times[TIME_LATENCY].max.value / 1e9);
    if (!(span.hi > 0)) {
        *why = "every latency is 0";
        return 1;
    }
    chart_put_span(out, &span, "");
    char samples[40];
    double n = (double)times[TIME_LATENCY].max.count;
    fprintf(out, "LAST = %.9g\nSAMPLES = ", axis_end(n));
    gnuplot_quote(out, format_number(samples, sizeof samples, n));
    fputc('\n', out);
    return 0;
}

/* What the timeline's axes need to know of its points. */
struct extent {
    bool any, queueing;
    double rate, failed;
    struct chart_span latency, waits;
};

static struct extent extent_of(const struct series *series)
{
    struct extent x = {0};
    for (size_t i = 0; i < series->count; i++) { /* NaN compares false */
        const struct series_point *p = &series->points[i];
        x.any |= !isnan(p->msg_per_s);
        x.rate = fmax(x.rate, fmax(p->msg_per_s, p->transactions_per_s));
        x.failed = fmax(x.failed, p->failed_per_s);
        chart_span_add(&x.latency, p->latency_p50_s);
        chart_span_add(&x.latency, p->latency_p99_s);
        chart_span_add(&x.waits, p->lateness_p99_s);
        chart_span_add(&x.waits, p->queueing_p99_s);
        x.queueing |= p->queueing_p99_s > 0;
    }
    return x;
}

/* "seconds msg/s transactions/s failed/s p50 p99 lateness-p99 queueing-p99", one line an interval.
 */
static void put_timeline(FILE *out, const struct series *series)
{
    fputs("$timeline << EOD\n", out);
    for (size_t i = 0; i < series->count; i++) {
        const struct series_point *p = &series->points[i];
        const double columns[] = {p->at_s,           p->msg_per_s,     p->transactions_per_s,
                                  p->failed_per_s,   p->latency_p50_s, p->latency_p99_s,
                                  p->lateness_p99_s, p->queueing_p99_s};
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
            chart_put(out, columns[c]);
        fputc('\n', out);
    }
    fputs("EOD\n", out);
}

static int timeline_data(FILE *out, const struct plot_input *in, const char **why)
{
    const struct summary *s = in->runs;
    struct extent x = extent_of(&in->series);
    double scale = x.rate >= 1e6 ? 1e6 : x.rate >= 1e4 ? 1e3 : 1;
    if (!x.any) {
        *why = "no interval was recorded";
        return 1;
    }
    put_timeline(out, &in->series);
    fprintf(
        out,
        "POINTS = %zu\nHAS_LATENCY = %d\nHAS_WAITS = %d\nHAS_QUEUEING = %d\nERRORS_TOP = %.9g\n",
        in->series.count, x.latency.hi > 0, x.waits.hi > 0, x.queueing,
        chart_round_up(fmax(1, x.failed)));
    chart_put_span(out, &x.latency, "LATENCY_");
    chart_put_span(out, &x.waits, "WAITS_");
    fprintf(out, "RATE_SCALE = %.9g\nRATE_UNIT = '%s'\n", scale,
            scale >= 1e6 ? "million/s"
            : scale > 1  ? "thousand/s"
                         : "1/s");
    fprintf(out, "FROM = %.9g\nTO = %.9g\nEND = %.9g\nINTERVAL = %.9g\nMEASURED = ",
            (double)ns_between(s->run.started_ns, s->measured_from_ns) / 1e9,
            (double)ns_between(s->run.started_ns, s->measured_to_ns) / 1e9,
            (double)ns_between(s->run.started_ns, s->whole_to_ns) / 1e9,
            (double)s->run.interval_ns / 1e9);
    gnuplot_quote(out, s->measured_phase ? s->measured_phase : "");
    fputc('\n', out);
    return 0;
}

const struct chart charts[] = {
    {"percentiles", "Latency percentiles", "latency and service time over the percentile",
     plot_percentiles, 960, 600, percentiles_data},
    {"timeline", "Run over time", "throughput, latency, queueing, lateness and errors over time",
     plot_timeline, 960, 840, timeline_data},
    {"phases", "Phases and verdicts", "throughput with phases, their rules, commands and faults over time",
     plot_phases, 960, 640, chart_phases_data},
    {"ramp", "Connections over time", "open connections, connects and those that failed", plot_ramp, 960, 560,
     chart_ramp_data},
    {"memory", "Memory and connections", "memory of the processes against open connections, and the pools",
     plot_memory, 960, 560, chart_memory_data},
    {"heatmap", "Latency over time", "how many transactions took how long, interval by interval",
     plot_heatmap, 960, 600, chart_heatmap_data},
    {"cdf", "Cumulative distribution of times", "share of transactions that took at most so long",
     plot_cdf, 960, 600, chart_distribution_data},
    {"ccdf", "Tails of times", "share of transactions that took longer, both axes logarithmic",
     plot_ccdf, 960, 600, chart_distribution_data},
    {"knee", "Rate against latency", "p50 and p99 of each trial over the rate that it achieved",
     plot_knee, 960, 600, chart_knee_data},
    {"workloads", "Runs side by side",
     "messages sent a second, and latency p50 and p99; thin lines are 95 % intervals",
     plot_workloads, 960, 164, chart_workloads_data, .subject = CHART_RUNS, .per_run = 44},
    {"trend", "History", "runs, change points and drift of a workload", plot_trend, 960, 150,
     chart_trend_data, .subject = CHART_HISTORY, .per_run = 170},
    {"forest", "All metrics", "how every figure changed, with 95 % intervals",
     plot_forest, 960, 166, chart_forest_data, .subject = CHART_COMPARISON, .per_run = 22},
    {"shift", "Shift of the latency", "how each part of the distribution moved", plot_shift, 960,
     560, chart_shift_data, .subject = CHART_COMPARISON},
    {"against", "Latency against the baseline", "all transactions of all runs of a side",
     plot_against, 960, 560, chart_against_data, .subject = CHART_COMPARISON},
};
const size_t charts_count = sizeof charts / sizeof *charts;
