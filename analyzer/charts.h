/* SPDX-License-Identifier: BSD-3-Clause */
/* What the charts' data have in common, and those that have a file of their own. */
#ifndef ANALYZER_CHARTS_H
#define ANALYZER_CHARTS_H

#include <stdio.h>

struct plot_input;
struct trend_report;

/* The smallest of 1, 2, 5, 10, 20 ... times a power of ten that is not below the value. */
double chart_round_up(double value);

/* The ends of a logarithmic axis that holds what was seen, with some air around it. */
struct chart_span {
    double lo, hi;
};
void chart_span_add(struct chart_span *s, double value); /* missing or not above 0: no effect */
/* Writes {prefix}LO and {prefix}HI; nothing when nothing was seen. */
void chart_put_span(FILE *out, const struct chart_span *s, const char *prefix);

/* A number that gnuplot reads; what is missing is NaN and leaves a gap. */
void chart_put(FILE *out, double value);

int chart_heatmap_data(FILE *out, const struct plot_input *in, const char **why);
int chart_distribution_data(FILE *out, const struct plot_input *in, const char **why);
int chart_workloads_data(FILE *out, const struct plot_input *in, const char **why);
int chart_trend_data(FILE *out, const struct plot_input *in, const char **why);

#define CHART_TREND_PANELS 8
/* How many metrics the trend chart shows. */
size_t chart_trend_panels(const struct trend_report *r);

#endif
