/* SPDX-License-Identifier: BSD-3-Clause */
/* Distribution functions of the times, for the charts of the whole and of the tail. */
#include <math.h>
#include <string.h>

#include "analyzer/charts.h"
#include "analyzer/gnuplot.h"
#include "analyzer/out/format.h"
#include "analyzer/plot.h"
#include "analyzer/summary.h"

#define STEP_TIME 0.002 /* of a decade: finer than a pixel */
#define STEP_ODDS 0.004 /* log-odds */

static const enum time_kind drawn[] = {TIME_LATENCY, TIME_SERVICE, TIME_QUEUEING, TIME_LATENESS};

struct point {
    double seconds, at_most, above;
};

static void put_point(FILE *out, const struct point *p)
{
    fprintf(out, "%.9g %.9g %.9g\n", p->seconds, p->at_most, p->above);
}

/* Whether a point can be told from the last one drawn in either chart. */
static bool differs(const struct point *p, const struct point *last)
{
    double odds = fabs(log10(p->at_most / p->above) - log10(last->at_most / last->above));
    return !(fabs(log10(p->seconds / last->seconds)) < STEP_TIME && odds < STEP_ODDS);
}

/* 1-F ends at half a sample, for a logarithmic axis has no 0. */
void chart_put_steps(FILE *out, const struct hist_sum *h, const char *name, bool sure)
{
    double n = (double)h->count, seen = 0;
    struct point last = {0}, joint = {0};
    fprintf(out, "$%s_%s << EOD\n", name, sure ? "sure" : "few");
    for (uint32_t i = 1; i < HIST_COUNTS && h->count; i++) { /* bucket 0 holds 0: no logarithm */
        seen += (double)h->counts[i] + (i == 1 ? (double)h->counts[0] : 0);
        uint64_t ns = hist_highest_ns(i) < h->max_ns ? hist_highest_ns(i) : h->max_ns;
        struct point p = {(double)ns / 1e9, seen / n, fmax(n - seen, 0.5) / n};
        if (seen == 0 || h->counts[i] == 0 || (seen < n && !differs(&p, &last)))
            continue;
        last = p;
        if (n - seen >= 10 && sure)
            put_point(out, &p);
        else if (n - seen < 10 && !sure && joint.seconds > 0)
            put_point(out, &joint);
        if (n - seen < 10 && !sure)
            put_point(out, &p);
        joint = n - seen >= 10 ? p : (struct point){0};
    }
    fputs("EOD\n", out);
}

/* p50, p99 and p99.9 with their intervals: "seconds low high F 1-F". */
static void put_marks(FILE *out, const struct time_summary *t)
{
    static const enum quantile_id marked[] = {QUANTILE_P50, QUANTILE_P99, QUANTILE_P999};
    fputs("$marks << EOD\n", out);
    for (size_t i = 0; i < sizeof marked / sizeof *marked; i++) {
        const struct figure *f = &t->quantiles[marked[i]];
        double p = (double)quantiles[marked[i]].num / (double)quantiles[marked[i]].den;
        if (f->has && f->value > 0)
            fprintf(out, "%.9g %.9g %.9g %.9g %.9g\n", f->value / 1e9,
                    (f->has_interval ? f->lo : f->value) / 1e9,
                    (f->has_interval ? f->hi : f->value) / 1e9, p, 1 - p);
    }
    fputs("EOD\n", out);
}

int chart_distribution_data(FILE *out, const struct plot_input *in, const char **why)
{
    const struct time_summary *times = in->runs->times;
    struct chart_span span = {0};
    char samples[40];
    double n = (double)times[TIME_LATENCY].max.count;
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++) {
        const struct time_summary *t = &times[drawn[i]];
        const char *name = time_name(drawn[i]);
        bool any = t->max.count >= 2 && t->max.value > 0;
        fprintf(out, "HAS_%s = %d\n", name, any);
        chart_put_steps(out, t->sum, name, true);
        chart_put_steps(out, t->sum, name, false);
        if (any) {
            chart_span_add(&span, fmax(t->min.value, 100) / 1e9);
            chart_span_add(&span, t->max.value / 1e9);
        }
    }
    if (n < 2 || !(times[TIME_LATENCY].max.value > 0)) {
        *why = n < 2 ? "no latency samples" : "every latency is 0";
        return 1;
    }
    put_marks(out, &times[TIME_LATENCY]);
    chart_put_span(out, &span, "");
    fprintf(out, "LEAST = %.9g\nSAMPLES = ", pow(10, floor(log10(0.5 / n))));
    gnuplot_quote(out, format_number(samples, sizeof samples, n));
    fputc('\n', out);
    return 0;
}
