/* SPDX-License-Identifier: BSD-3-Clause */
/* The SELECTs of trends beside the figures themselves; how to read them is said in query.h. */
#ifndef ANALYZER_QUERY_TREND_H
#define ANALYZER_QUERY_TREND_H

#include "analyzer/query.h"

/* The run of a workload that began last. EXIT_USAGE -ENOENT: there is none. */
int query_workload_last(struct db *db, const char *workload_id, int64_t *run_id, struct err *e);

/* How many history keys a workload has. */
int query_workload_keys(struct db *db, const char *workload_id, int64_t *keys, struct err *e);
/* How many done runs a history key has, counted up to `limit`. */
int query_history_count(struct db *db, const char *history_key, int64_t limit, int64_t *runs,
                        struct err *e);

/* The runs of the baseline to hold a history key against, newest first: of its baselines the one
 * called "baseline", else the one set last. Columns name, run_id; no rows: there is none. */
int query_history_baseline(struct db *db, const char *history_key, struct db_stmt **out,
                           struct err *e);

#endif
