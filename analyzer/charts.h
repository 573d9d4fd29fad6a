/* SPDX-License-Identifier: BSD-3-Clause */
/* What the charts' data have in common, and those that have a file of their own. */
#ifndef ANALYZER_CHARTS_H
#define ANALYZER_CHARTS_H

#include <stdbool.h>
#include <stdio.h>

struct comparison;
struct hist_sum;
struct metric;
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
int chart_knee_data(FILE *out, const struct plot_input *in, const char **why);
int chart_distribution_data(FILE *out, const struct plot_input *in, const char **why);
int chart_workloads_data(FILE *out, const struct plot_input *in, const char **why);
int chart_phases_data(FILE *out, const struct plot_input *in, const char **why);
int chart_ramp_data(FILE *out, const struct plot_input *in, const char **why);
int chart_memory_data(FILE *out, const struct plot_input *in, const char **why);
int chart_trend_data(FILE *out, const struct plot_input *in, const char **why);

#define CHART_TREND_PANELS 8
/* How many metrics the trend chart shows. */
size_t chart_trend_panels(const struct trend_report *r);

/* --- charts of comparisons --------------------------------------------------------------- */

int chart_forest_data(FILE *out, const struct plot_input *in, const char **why);
int chart_shift_data(FILE *out, const struct plot_input *in, const char **why);
int chart_against_data(FILE *out, const struct plot_input *in, const char **why);
/* How many metrics the forest plot shows. */
size_t chart_forest_rows(const struct comparison *c);

/* An axis of changes, in ln(ratio): linear in gnuplot, with ticks that say percent. Points and
 * margins are always on it, intervals as far as they leave the points apart. */
struct chart_change_axis {
    double lo, hi;             /* the axis */
    double point_lo, point_hi; /* the farthest of what it must hold */
    double bound_lo, bound_hi; /* and of what it may */
};
void chart_change_hold(struct chart_change_axis *a, double shift);
void chart_change_hold_margin(struct chart_change_axis *a, double margin); /* on both sides */
void chart_change_reach(struct chart_change_axis *a, double bound);
/* Decides lo and hi; writes FROM, TO and the variable TICKS, for `eval`: "set {axis}tics (...)". */
void chart_put_change_axis(FILE *out, struct chart_change_axis *a, char axis);
/* A bound as drawn: the axis' end where it lies beyond. */
double chart_change_within(const struct chart_change_axis *a, double bound);
/* "+4.2 %", from CHART_TIMES on "x 12.3", of ln(ratio). */
#define CHART_TIMES 2
char *chart_change_words(char *buf, size_t size, double shift);
/* Whether the metric's shift is ln(ratio). */
bool chart_is_ratio(const struct metric *m);

/* "seconds F 1-F" of a distribution as the block {name}_sure as long as ten samples lie beyond, and
 * {name}_few from its last point up to the largest sample. */
void chart_put_steps(FILE *out, const struct hist_sum *h, const char *name, bool sure);

#endif
