/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of the HTML report. */
#ifndef ANALYZER_OUT_HTML_H
#define ANALYZER_OUT_HTML_H

#include <stdio.h>

#include "analyzer/out/writer.h"
#include "analyzer/plot.h"
#include "analyzer/summary.h"

#define HTML_NUMBER 64

/* The page from its head on, and its end. */
void html_open(FILE *out, const char *title);
void html_close(FILE *out);
/* All charts of a subject; ids in them begin with `run`, which no other call may have. */
void html_charts(FILE *out, const struct plot_input *in, enum chart_subject subject, size_t run,
                 FILE *said);

/* "✓ PASS", in the colour of its tone. */
void html_badge(FILE *out, const struct summary *s);
/* Foreign text, in its own direction, so that it cannot turn what stands beside it. */
void html_name(FILE *out, const char *text);
/* A cell with a figure and, small below it, its interval or why it is missing. */
void html_figure_cell(FILE *out, const struct figure *f, double scale);
/* "95 %: a to b", with a mark where few seconds support it; nothing without an interval. */
void html_interval(FILE *out, const struct figure *f, double scale);

/* All about one run but its charts. */
void html_run_top(FILE *out, const struct summary *s);
void html_run_tables(FILE *out, const struct summary *s);

/* How the runs of its history key went on, as far as the file knows; nothing where they are too few.
 * What hinders it is told on r->said, and the report stands without it. */
void html_history(FILE *out, const struct report *r, const struct summary *s);

#endif
