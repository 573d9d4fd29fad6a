/* SPDX-License-Identifier: BSD-3-Clause */
/* The SELECTs of the course of a run; how to read them is said in query.h. */
#ifndef ANALYZER_QUERY_COURSE_H
#define ANALYZER_QUERY_COURSE_H

#include "analyzer/query.h"

/* Intervals in order, all workers together. */
struct course_row {
    int64_t started_ns, ended_ns, workers, open_connections, completed, connects_completed,
        connects_failed;
};
int query_course(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e);
int query_course_next(struct db_stmt *s, struct course_row *out, struct err *e);

/* How many rules of a phase came out how; phase_id QUERY_NONE: of the run. */
struct rule_count {
    int64_t phase_id, count;
    const char *state;
};
int query_rule_counts(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e);
int query_rule_counts_next(struct db_stmt *s, struct rule_count *out, struct err *e);

/* What was done to it from outside, and what it did to the wire: commands, and faults without one.
 */
struct mark_row {
    int64_t at_ns;
    bool refused, fault;
    const char *name, *detail; /* detail NULL: none */
};
int query_marks(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e);
int query_marks_next(struct db_stmt *s, struct mark_row *out, struct err *e);

/* Memory of gen and of a local peer, in order of time. */
struct rss_row {
    int64_t at_ns, bytes;
    bool peer;
};
int query_rss(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e);
int query_rss_next(struct db_stmt *s, struct rss_row *out, struct err *e);

#endif
