/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs with everything that belongs to them, from one results file into another. The tables and
 * columns are read from the target's schema, so a new one is copied without a change here. Ids are
 * dealt anew; what refers to a run, phase, interval or counter's name follows (columns run_id,
 * phase_id, interval_id, name_id). Baselines are no part of a run.
 */
#ifndef ANALYZER_UPKEEP_COPY_H
#define ANALYZER_UPKEEP_COPY_H

#include <stdint.h>

struct db;
struct err;

struct copy;

/* Inside the caller's read transaction on `from` and write transaction on `to`, as all of this. Close
 * it in any case, before the files. */
int copy_open(struct db *from, struct db *to, struct copy **out, struct err *e);
/* A run that did not end reads `interrupted` in the copy: nobody goes on with it there. `run_to` gets
 * its new id. EXIT_USAGE, -EBADMSG: the run refers to rows that are not there. */
int copy_run(struct copy *c, int64_t run_from, int64_t *run_to, struct err *e);
void copy_close(struct copy *c); /* NULL is fine */

#endif
