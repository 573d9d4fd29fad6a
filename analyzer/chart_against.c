/* SPDX-License-Identifier: BSD-3-Clause */
/* Data of the latency's distribution now and in the baseline. */
#include <math.h>

#include "analyzer/charts.h"
#include "analyzer/gnuplot.h"
#include "analyzer/judge/comparison.h"
#include "analyzer/out/format.h"
#include "analyzer/plot.h"

static void put_side(FILE *out, const struct comparison_side *side, const char *name,
                     const char *label, const char *variable)
{
    char title[200], samples[40];
    const struct hist_sum *h = side->latency;
    chart_put_steps(out, h, name, true);
    chart_put_steps(out, h, name, false);
    snprintf(title, sizeof title, "%s: %zu run%s, %s transactions", label, side->values.count,
             side->values.count == 1 ? "" : "s",
             format_number(samples, sizeof samples, (double)h->count));
    fprintf(out, "%s = ", variable);
    gnuplot_quote(out, title);
    fputc('\n', out);
}

int chart_against_data(FILE *out, const struct plot_input *in, const char **why)
{
    const struct comparison *c = in->comparison;
    const struct comparison_side *sides[] = {&c->a, &c->b};
    struct chart_span span = {0};
    double fewest = INFINITY, most = 0;
    for (size_t i = 0; i < 2; i++) {
        const struct hist_sum *h = c->compared ? sides[i]->latency : NULL;
        if (!h || h->count < 2 || h->max_ns == 0) {
            *why = c->compared ? "a side has no latency histograms" : "the runs were not compared";
            return 1;
        }
        chart_span_add(&span, fmax((double)h->min_ns, 100) / 1e9);
        chart_span_add(&span, (double)h->max_ns / 1e9);
        fewest = fmin(fewest, (double)h->count);
        most = fmax(most, (double)h->count);
    }
    put_side(out, &c->a, "before", c->paired ? "side A" : "baseline", "BEFORE");
    put_side(out, &c->b, "now", c->paired ? "side B" : "now", "NOW");
    chart_put_span(out, &span, "");
    fprintf(out, "LEAST = %.9g\n", pow(10, floor(log10(0.5 / most))));
    return 0;
}
