/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The SELECTs behind analyzer/judge/values.h: figures of many runs at once, from stored columns.
 * How to read them is said in query.h. `runs` is a JSON list of run ids, "[3,4,7]"; rows come in
 * order of the ids. Figures stand in columns under the names of their metrics.
 */
#ifndef ANALYZER_QUERY_VALUES_H
#define ANALYZER_QUERY_VALUES_H

#include "analyzer/query.h"

/* The ids of the `limit` newest runs of a history key that are done and began before `before_ns`,
 * newest first. Column id. */
int query_history_ids(struct db *db, const char *history_key, int64_t before_ns, int64_t limit,
                      struct db_stmt **out, struct err *e);

/* One row a run: id and what names and judges it, negative controls (NULL in files of schema 1). */
int query_value_runs(struct db *db, const char *runs, struct db_stmt **out, struct err *e);
/* One row a run: run_id, measured_s. */
int query_value_lengths(struct db *db, const char *runs, struct db_stmt **out, struct err *e);
/* One row a phase that is measured or a drain: run_id, measured, completed, failed, and sums of
 * what the intervals counted under the names of the metrics that they become. */
int query_value_sums(struct db *db, const char *runs, struct db_stmt **out, struct err *e);
/* One row a run: sums of the tall table of counters; late: replies out of order. */
int query_value_counts(struct db *db, const char *runs, struct db_stmt **out, struct err *e);
/* One row a run and time: run_id, time, count, censored, p50_ns .. p9999_ns, mean_ns. */
int query_value_times(struct db *db, const char *runs, struct db_stmt **out, struct err *e);
/* One row a run and role, over its measured time: run_id, role, samples, first_ns, last_ns,
 * cpu_first_ns, cpu_last_ns, rss_bytes. */
int query_value_resources(struct db *db, const char *runs, struct db_stmt **out, struct err *e);
/* One row a run and side: run_id, side, bytes_per_conn. */
int query_value_memory(struct db *db, const char *runs, struct db_stmt **out, struct err *e);
/* One row a run that is a benchmark's round: run_id, name (the metric that it is), value. */
int query_value_benchmarks(struct db *db, const char *runs, struct db_stmt **out, struct err *e);

#endif
