/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * gnuplot, an external program, at arm's length. It runs commands that it finds in double quotes,
 * and a name that begins with '|' or '<' is a command to it. So: no shell starts it, foreign text
 * reaches it only inside single quotes, data are numbers in data blocks, and it reads and writes
 * fixed names in a private folder, from which the finished pictures are copied.
 */
#ifndef ANALYZER_GNUPLOT_H
#define ANALYZER_GNUPLOT_H

#include <stddef.h>
#include <stdio.h>

struct err;

#define GNUPLOT_SCRIPT "chart.gp" /* what gnuplot_run runs; it makes files "svg" and "png" */

/* A private folder in $TMPDIR (of at most 80 characters, else /tmp), made by open and gone with
 * close. */
struct gnuplot {
    char path[112];
};
int gnuplot_open(struct gnuplot *f, struct err *e);
void gnuplot_close(const struct gnuplot *f);
/* The path of a file in it, in `buf`. */
const char *gnuplot_file(const struct gnuplot *f, char *buf, size_t size, const char *name);

/* Runs the script; `chart` names it in messages. EXIT_ENVIRONMENT: -ENOENT, no gnuplot;
 * -ETIMEDOUT, it did not end (the environment's ANALYZE_GNUPLOT_LIMIT_S, else 120 s); -EIO. */
int gnuplot_run(const struct gnuplot *f, const char *chart, struct err *e);
/* After gnuplot_run(): whether the picture ("svg" or "png") is there and whole; EXIT_ENVIRONMENT. */
int gnuplot_check(const struct gnuplot *f, const char *chart, const char *picture, struct err *e);

/* 'text' as a gnuplot string that nothing in it can leave. */
void gnuplot_quote(FILE *out, const char *text);

#endif
