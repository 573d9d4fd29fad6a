/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The SELECTs of comparisons beside the figures themselves; how to read them is said in query.h.
 * `runs` is a JSON list of run ids, "[3,4,7]".
 */
#ifndef ANALYZER_QUERY_COMPARE_H
#define ANALYZER_QUERY_COMPARE_H

#include "analyzer/query.h"

/* The runs of a baseline in order of their ids: run_id, there (0: the run is not in the file any
 * more). */
int query_baseline_runs(struct db *db, const char *name, struct db_stmt **out, struct err *e);

/* The runs of one interleaved set, in order: id, round, side. `set`: its uuid, NULL: that of the
 * run begun last of all that belong to one. No rows in a file of schema 1. */
int query_interleaved(struct db *db, const char *set, struct db_stmt **out, struct err *e);
/* The set that a run belongs to: uuid (NULL: none). */
int query_interleaved_of(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e);

/* The environment fields of several runs: name, class, run_id, value; by name. */
int query_environments(struct db *db, const char *runs, struct db_stmt **out, struct err *e);

/* Those of the runs that were steered while they went on (gen ctl): run_id, and what was asked of
 * them first: name, argument. */
int query_steered(struct db *db, const char *runs, struct db_stmt **out, struct err *e);

/* The text of one run's job: job. */
int query_job(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e);

/* The stored latency histogram of each run: run_id, count, overflow, min_ns, max_ns, mean_ns, blob.
 */
int query_latencies(struct db *db, const char *runs, struct db_stmt **out, struct err *e);

#endif
