/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A results file of benchmarks: each round is a run of the workload `bench_NAME`, and its value one of
 * its findings, under a name that says which way is good. `analyze --compare` and `--trend` judge them
 * like any other runs.
 */
#ifndef BENCH_BOOK_H
#define BENCH_BOOK_H

#include <stdint.h>

#include "run/control.h"

struct bench;

struct book {
    const char *path;       /* NULL: nothing is kept */
    int64_t began_ns;       /* Unix, of the benchmark at hand */
    struct control control; /* of the machine, before it */
};

void book_begin(struct book *b);
/* Its rounds, all with the time of the call. 0, or -1 with a message. */
int book_enter(const struct book *b, const struct bench *bench, const double *values, int n);

#endif
