/* SPDX-License-Identifier: BSD-3-Clause */
/* How many transactions took how long in each piece of a run: a grid of counts, all workers
 * together, warm-up and drain included. */
#ifndef ANALYZER_HEAT_H
#define ANALYZER_HEAT_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct err;
struct summary;

#define HEAT_COLUMNS    240 /* at most: longer runs get pieces of several intervals */
#define HEAT_PER_DECADE 20

struct heat {
    double *cells; /* cells[column * rows + row] */
    size_t columns, rows;
    size_t first, last;    /* rows that hold anything; first > last: none does */
    size_t begin, end;     /* columns that do, `end` behind the last */
    double from_s, each_s; /* start of the first column from that of the run, length of each */
};

/* A row covers latencies of 10^(row / HEAT_PER_DECADE) ns up to the next row's. 0, or -errno with a
 * message. heat_fini in any case. */
int heat_build(struct db *db, const struct summary *s, struct heat *out, struct err *e);
void heat_fini(struct heat *h);

#endif
