/* SPDX-License-Identifier: BSD-3-Clause */
/* The SELECTs of --follow and of baselines; how to read them is said in query.h. */
#ifndef ANALYZER_QUERY_FILE_H
#define ANALYZER_QUERY_FILE_H

#include "analyzer/query.h"

/* Periods after number `after` that every worker has handed over, all workers together; with
 * `all`, those that only some have, too. An interval's histograms come from its run, worker and
 * seq by query_period_hists(). */
struct period_info {
    int64_t seq, started_ns, length_ns, open_connections;
    const char *phase;
    double transactions_per_s, msg_per_s;
    int64_t failed, retransmits;
};
int query_periods(struct db *db, int64_t run_id, int64_t after, bool all, struct db_stmt **out,
                  struct err *e);
int query_periods_next(struct db_stmt *s, struct period_info *out, struct err *e);
/* The latency histograms of one period, a worker a row; read by query_hists_next(). */
int query_period_hists(struct db *db, int64_t run_id, int64_t seq, struct db_stmt **out,
                       struct err *e);

/* The last row that says `running`, whether it does or not: 1 and its id, 0: none, -errno. */
int query_last_running(struct db *db, int64_t *id, struct err *e);

struct baseline_info {
    const char *name, *runs, *workloads; /* "3, 4, 7" */
    int64_t set_ns;
};
int query_baselines(struct db *db, struct db_stmt **out, struct err *e);
int query_baselines_next(struct db_stmt *s, struct baseline_info *out, struct err *e);

#endif
