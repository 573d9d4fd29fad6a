/* SPDX-License-Identifier: BSD-3-Clause */
/* SELECTs about searches (suites): their trials and what they came to. As query.h. */
#ifndef ANALYZER_QUERY_SEARCH_H
#define ANALYZER_QUERY_SEARCH_H

#include "analyzer/query.h"

/* Times and success are of what ended in the trial's measured phase (success: and in its drain). */
struct trial_info {
    int64_t seq, passed, connections;
    double requested_per_s, achieved_per_s, success_percent; /* NAN: max; not measured */
    double latency_p50_us, latency_p99_us, latency_mean_us;
    const char *phase, *objective, *reason, *limited_by;
};
struct finding_info {
    const char *name, *unit, *reason;
    double value, low, high, confidence;
    int64_t trial_seq;
};
/* In order; no rows in files of a schema that had none. Cursors as in query.h. */
int query_trials(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e);
int query_trials_next(struct db_stmt *s, struct trial_info *out, struct err *e);
int query_findings(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e);
int query_findings_next(struct db_stmt *s, struct finding_info *out, struct err *e);

#endif
