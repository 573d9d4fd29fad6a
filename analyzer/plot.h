/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Charts, SVG and PNG. A chart is one template in plots/ and one line in the registry of charts.c.
 */
#ifndef ANALYZER_PLOT_H
#define ANALYZER_PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "analyzer/course.h"
#include "analyzer/heat.h"
#include "analyzer/series.h"

struct comparison;
struct db;
struct err;
struct summary;
struct trend_report;

/* What a chart may draw from. */
struct plot_input {
    const struct summary *runs; /* charts of one run draw the first */
    size_t count;
    struct series series; /* of the first run; empty for charts of several */
    struct heat heat;
    struct course course;
    /* Of the chart of a history and those of a comparison; then `runs` is NULL and `count` the
     * number of panels or rows. */
    const struct trend_report *trend;
    const struct comparison *comparison;
};
/* Reads what the charts of one run need. -errno with a message; close it in any case. */
int plot_input_open(struct plot_input *in, struct db *db, const struct summary *s, struct err *e);
void plot_input_close(struct plot_input *in);

/* What a chart shows. */
enum chart_subject {
    CHART_RUN,        /* one run */
    CHART_RUNS,       /* several side by side, at least two */
    CHART_HISTORY,    /* the runs of a workload in their order */
    CHART_COMPARISON, /* runs judged against a baseline */
};

struct chart {
    const char *name, *title, *what;
    const char *script; /* the template, embedded */
    int width, height;  /* pixels of the PNG, points of the SVG */
    /* Writes gnuplot variables and data blocks; 1: there is nothing to draw, `why` says so. */
    int (*data)(FILE *out, const struct plot_input *in, const char **why);
    enum chart_subject subject;
    int per_run; /* height that each run, panel or row adds */
};
extern const struct chart charts[];
extern const size_t charts_count;

/* Draws the charts of one run into DIR as {chart}_{workload}_{run id}.svg and .png, and says each
 * path, or why a chart has nothing to show, on `said`. -ENOENT with EXIT_ENVIRONMENT: no
 * gnuplot. */
int plot_run(struct db *db, const struct summary *s, const char *dir, FILE *said, struct err *e);
/* The same with charts of several runs: {chart}_runs_{id}-{id}... */
int plot_several(const struct summary *runs, size_t count, const char *dir, FILE *said,
                 struct err *e);

/* The chart of a history: trend_{workload}_{id of its newest run}. */
int plot_history(const struct trend_report *r, const char *dir, FILE *said, struct err *e);

/* The charts of a comparison: {chart}_{workload}_{id of the newest run judged}_against_{name}. */
int plot_comparison(const struct comparison *c, const char *dir, FILE *said, struct err *e);

/* Draws one chart as SVG to stand inside HTML: no XML head, every id begins with `prefix`.
 * 1: nothing to draw, `why` says so. */
int plot_inline(const struct chart *c, const struct plot_input *in, const char *prefix, FILE *out,
                const char **why, struct err *e);

#endif
