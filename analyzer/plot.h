/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Charts through gnuplot, an external program: SVG and PNG. A chart is one template in plots/ and
 * one line in the registry of charts.c.
 *
 * gnuplot runs commands that it finds in double quotes, and a name that begins with '|' or '<' is a
 * command to it. So: no shell starts it, foreign text reaches it only inside single quotes, data
 * are numbers in data blocks, and it reads and writes fixed names in a private folder, from which
 * the finished pictures are copied.
 */
#ifndef ANALYZER_PLOT_H
#define ANALYZER_PLOT_H

#include <stddef.h>
#include <stdio.h>

struct db;
struct err;
struct series;
struct summary;

/* What a chart may draw from. */
struct plot_input {
    const struct summary *summary;
    const struct series *series;
};

struct chart {
    const char *name, *title, *what;
    const char *script; /* the template, embedded */
    int width, height;  /* pixels of the PNG, points of the SVG */
    /* Writes gnuplot variables and data blocks; 1: there is nothing to draw, `why` says so. */
    int (*data)(FILE *out, const struct plot_input *in, const char **why);
};
extern const struct chart charts[];
extern const size_t charts_count;

/* Draws every chart into DIR as {chart}_{workload}_{run id}.svg and .png, and says each path, or
 * why a chart has nothing to show, on `said`. -ENOENT with EXIT_ENVIRONMENT: no gnuplot. */
int plot_run(struct db *db, const struct summary *s, const char *dir, FILE *said, struct err *e);

/* 'text' as a gnuplot string that nothing in it can leave. */
void plot_quote(FILE *out, const char *text);

#endif
