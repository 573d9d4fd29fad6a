/* SPDX-License-Identifier: BSD-3-Clause */
/* The registry of charts, and the data that each one's template expects. */
#include <math.h>
#include <string.h>

#include "analyzer/out/format.h"
#include "analyzer/plot.h"
#include "analyzer/plots.h"
#include "analyzer/series.h"
#include "analyzer/summary.h"

/* The smallest of 1, 2, 5, 10, 20 ... times a power of ten that is not below the value. */
static double round_up(double value)
{
    double decade = pow(10, floor(log10(value)));
    return value <= decade       ? decade
           : value <= 2 * decade ? 2 * decade
           : value <= 5 * decade ? 5 * decade
                                 : 10 * decade;
}

/* The ends of a logarithmic axis that holds what was seen, with some air around it. */
struct span {
    double lo, hi;
};

static void span_add(struct span *s, double value)
{
    if (!(value > 0))
        return; /* missing, or 0, which has no place on a logarithmic axis */
    s->lo = s->lo > 0 ? fmin(s->lo, value) : value;
    s->hi = fmax(s->hi, value);
}

static void put_span(FILE *out, const struct span *s, const char *prefix)
{
    if (s->hi > 0)
        fprintf(out, "%sLO = %.9g\n%sHI = %.9g\n", prefix, 1 / round_up(1.1 / s->lo), prefix,
                round_up(1.1 * s->hi));
}

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
    struct span span = {0};
    span_add(&span, (double)hist_sum_percentile_ns(times[TIME_LATENCY].sum, 1, 2) / 1e9);
    span_add(&span, (double)hist_sum_percentile_ns(times[TIME_SERVICE].sum, 1, 2) / 1e9);
    span_add(&span, times[TIME_LATENCY].max.value / 1e9);
    if (!(span.hi > 0)) {
        *why = "every latency is 0";
        return 1;
    }
    put_span(out, &span, "");
    char samples[40];
    double n = (double)times[TIME_LATENCY].max.count;
    fprintf(out, "LAST = %.9g\nSAMPLES = ", axis_end(n));
    plot_quote(out, format_number(samples, sizeof samples, n));
    fputc('\n', out);
    return 0;
}

/* What the timeline's axes need to know of its points. */
struct extent {
    bool any;
    double rate, failed;
    struct span latency, lateness;
};

static struct extent extent_of(const struct series *series)
{
    struct extent x = {0};
    for (size_t i = 0; i < series->count; i++) { /* NaN compares false */
        const struct series_point *p = &series->points[i];
        x.any |= !isnan(p->msg_per_s);
        x.rate = fmax(x.rate, fmax(p->msg_per_s, p->transactions_per_s));
        x.failed = fmax(x.failed, p->failed_per_s);
        span_add(&x.latency, p->latency_p50_s);
        span_add(&x.latency, p->latency_p99_s);
        span_add(&x.lateness, p->lateness_p99_s);
    }
    return x;
}

/* "seconds msg/s transactions/s failed/s p50 p99 lateness-p99", one line an interval. */
static void put_timeline(FILE *out, const struct series *series)
{
    fputs("$timeline << EOD\n", out);
    for (size_t i = 0; i < series->count; i++) {
        const struct series_point *p = &series->points[i];
        const double columns[] = {p->at_s,          p->msg_per_s,     p->transactions_per_s,
                                  p->failed_per_s,  p->latency_p50_s, p->latency_p99_s,
                                  p->lateness_p99_s};
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
            put(out, columns[c]);
        fputc('\n', out);
    }
    fputs("EOD\n", out);
}

static int timeline_data(FILE *out, const struct plot_input *in, const char **why)
{
    const struct summary *s = in->summary;
    struct extent x = extent_of(in->series);
    double scale = x.rate >= 1e6 ? 1e6 : x.rate >= 1e4 ? 1e3 : 1;
    if (!x.any) {
        *why = "no interval was recorded";
        return 1;
    }
    put_timeline(out, in->series);
    fprintf(out, "POINTS = %zu\nHAS_LATENCY = %d\nHAS_LATENESS = %d\nERRORS_TOP = %.9g\n",
            in->series->count, x.latency.hi > 0, x.lateness.hi > 0, round_up(fmax(1, x.failed)));
    put_span(out, &x.latency, "LATENCY_");
    put_span(out, &x.lateness, "LATENESS_");
    fprintf(out, "RATE_SCALE = %.9g\nRATE_UNIT = '%s'\n", scale,
            scale >= 1e6 ? "million/s"
            : scale > 1  ? "thousand/s"
                         : "1/s");
    fprintf(out, "FROM = %.9g\nTO = %.9g\nEND = %.9g\nINTERVAL = %.9g\nMEASURED = ",
            (double)ns_between(s->run.started_ns, s->measured_from_ns) / 1e9,
            (double)ns_between(s->run.started_ns, s->measured_to_ns) / 1e9,
            (double)ns_between(s->run.started_ns, s->whole_to_ns) / 1e9,
            (double)s->run.interval_ns / 1e9);
    plot_quote(out, s->measured_phase ? s->measured_phase : "");
    fputc('\n', out);
    return 0;
}

const struct chart charts[] = {
    {"percentiles", "Latency percentiles", "latency and service time over the percentile",
     plot_percentiles, 960, 600, percentiles_data},
    {"timeline", "Run over time", "throughput, latency, lateness and errors over time",
     plot_timeline, 960, 840, timeline_data},
};
const size_t charts_count = sizeof charts / sizeof *charts;
