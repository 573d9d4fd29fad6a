/* SPDX-License-Identifier: BSD-3-Clause */
/* Data of the latency heat map: a matrix of log10(count), and the percentiles to draw over it. */
#include <math.h>

#include "analyzer/charts.h"
#include "analyzer/plot.h"
#include "analyzer/summary.h"

static double largest(const struct heat *h)
{
    double most = 1;
    for (size_t i = 0; i < h->columns * h->rows; i++)
        most = fmax(most, h->cells[i]);
    return most;
}

static void put_matrix(FILE *out, const struct heat *h)
{
    fputs("$heat << EOD\n", out);
    for (size_t row = h->first; row <= h->last; row++) {
        for (size_t column = h->begin; column < h->end; column++) {
            double count = h->cells[column * h->rows + row];
            chart_put(out, count > 0 ? log10(count) : NAN);
        }
        fputc('\n', out);
    }
    fputs("EOD\n", out);
}

static void put_percentiles(FILE *out, const struct series *series)
{
    fputs("$percentiles << EOD\n", out);
    for (size_t i = 0; i < series->count; i++) {
        chart_put(out, series->points[i].at_s);
        chart_put(out, series->points[i].latency_p50_s);
        chart_put(out, series->points[i].latency_p99_s);
        fputc('\n', out);
    }
    fputs("EOD\n", out);
}

int chart_heatmap_data(FILE *out, const struct plot_input *in, const char **why)
{
    const struct heat *h = &in->heat;
    const struct summary *s = in->runs;
    if (h->first > h->last) {
        *why = "no latency samples";
        return 1;
    }
    put_matrix(out, h);
    put_percentiles(out, &in->series);
    fprintf(out, "FROM = %.9g\nEACH = %.9g\nCOLUMNS = %zu\nROW_FROM = %.9g\nROW_EACH = %.9g\n",
            h->from_s + (double)h->begin * h->each_s, h->each_s, h->end - h->begin,
            (double)h->first / HEAT_PER_DECADE - 9, 1.0 / HEAT_PER_DECADE);
    fprintf(out, "ROWS = %zu\nMOST = %.9g\nEND = %.9g\n", h->last - h->first + 1, largest(h),
            (double)ns_between(s->run.started_ns, s->whole_to_ns) / 1e9);
    return 0;
}
