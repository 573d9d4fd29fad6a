/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One run with everything that belongs to it, from one results file into another. The tables and
 * columns are read from the target's schema, so a new one is copied without a change here. Ids are
 * dealt anew; what refers to a run, phase, interval or counter's name follows (columns run_id,
 * phase_id, interval_id, name_id). Baselines are no part of a run.
 */
#ifndef ANALYZER_UPKEEP_COPY_H
#define ANALYZER_UPKEEP_COPY_H

#include <stdint.h>

struct db;
struct err;

/* Inside the caller's read transaction on `from` and write transaction on `to`. A run that did not
 * end reads `interrupted` in the copy: nobody goes on with it there. `run_to` gets its new id.
 * EXIT_USAGE, -EBADMSG: the run refers to rows that are not there. */
int copy_run(struct db *from, int64_t run_from, struct db *to, int64_t *run_to, struct err *e);

#endif
