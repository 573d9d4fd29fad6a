/* SPDX-License-Identifier: BSD-3-Clause */
/* The registry of charts, and the data that each one's template expects. */
#include <math.h>

#include "analyzer/plot.h"
#include "analyzer/series.h"
#include "analyzer/summary.h"
#include "plots.h"

#define CURVE_STEP 0.004 /* log-odds between points: finer than a pixel */

/* A number that gnuplot reads; what is missing is NaN and leaves a gap. */
static void put(FILE *out, double value)
{
    if (isfinite(value))
        fprintf(out, " %.9g", value);
    else
        fputs(" NaN", out);
}

/* The curve above the median as "probability seconds": $name_sure as long as ten samples lie
 * beyond, $name_few up to the largest. */
static void put_curve(FILE *out, const struct hist_sum *h, const char *name, bool sure)
{
    double n = (double)h->count, last = -1, seen = 0;
    fprintf(out, "$%s_%s << EOD\n", name, sure ? "sure" : "few");
    for (uint32_t i = 0; i < HIST_COUNTS && h->count; i++) {
        seen += (double)h->counts[i];
        double p = fmin(seen / n, 1 - 0.5 / n), x = log10(p / (1 - p));
        bool ten_beyond = n - seen >= 10;
        if (h->counts[i] == 0 || x < 0 || (x - last < CURVE_STEP && seen < n) || ten_beyond != sure)
            continue;
        last = x;
        uint64_t ns = hist_highest_ns(i);
        fprintf(out, "%.9g %.9g\n", p, (double)(ns < h->max_ns ? ns : h->max_ns) / 1e9);
    }
    fputs("EOD\n", out);
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
        put(out, f->value / 1e9);
        put(out, (f->has_interval ? f->lo : f->value) / 1e9);
        put(out, (f->has_interval ? f->hi : f->value) / 1e9);
        fputc('\n', out);
    }
    fputs("EOD\n", out);
}

static int percentiles_data(FILE *out, const struct plot_input *in, const char **why)
{
    const struct time_summary *times = in->summary->times;
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
    fprintf(out, "SAMPLES = %llu\n", (unsigned long long)times[TIME_LATENCY].max.count);
    return 0;
}

/* "seconds msg/s transactions/s failed/s p50 p99 lateness-p99", one line an interval. */
static int timeline_data(FILE *out, const struct plot_input *in, const char **why)
{
    const struct summary *s = in->summary;
    bool any = false, latency = false, lateness = false;
    fputs("$timeline << EOD\n", out);
    for (size_t i = 0; i < in->series->count; i++) {
        const struct series_point *p = &in->series->points[i];
        any |= !isnan(p->msg_per_s);
        latency |= p->latency_p50_s > 0;
        lateness |= p->lateness_p99_s > 0; /* NaN compares false; 0 has no place on a log axis */
        put(out, p->at_s);
        put(out, p->msg_per_s);
        put(out, p->transactions_per_s);
        put(out, p->failed_per_s);
        put(out, p->latency_p50_s);
        put(out, p->latency_p99_s);
        put(out, p->lateness_p99_s);
        fputc('\n', out);
    }
    fputs("EOD\n", out);
    fprintf(out, "HAS_LATENCY = %d\nHAS_LATENESS = %d\n", latency, lateness);
    fprintf(out, "FROM = %.9g\nTO = %.9g\nEND = %.9g\nINTERVAL = %.9g\nMEASURED = ",
            (double)(s->measured_from_ns - s->run.started_ns) / 1e9,
            (double)(s->measured_to_ns - s->run.started_ns) / 1e9,
            (double)(s->whole_to_ns - s->run.started_ns) / 1e9, (double)s->run.interval_ns / 1e9);
    plot_quote(out, s->measured_phase ? s->measured_phase : "");
    fputc('\n', out);
    *why = "no interval was recorded";
    return any ? 0 : 1;
}

const struct chart charts[] = {
    {"percentiles", "Latency percentiles", "latency and service time over the percentile",
     plot_percentiles, 960, 600, percentiles_data},
    {"timeline", "Run over time", "throughput, latency, lateness and errors over time",
     plot_timeline, 960, 840, timeline_data},
};
const size_t charts_count = sizeof charts / sizeof *charts;
