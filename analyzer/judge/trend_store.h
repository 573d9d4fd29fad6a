/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Trends as stored verdicts. A row of `analysis` holds the newest run, how many runs the history
 * had, the metrics and N; the hash covers every figure that went in.
 */
#ifndef ANALYZER_JUDGE_TREND_STORE_H
#define ANALYZER_JUDGE_TREND_STORE_H

#include <stdbool.h>

#include "analyzer/judge/trend_report.h"

#define TREND_KIND "trend"

/* Stores the report and fills in `stored`, or `not_stored` with the reason: a verdict is told
 * either way. The file must not be open. A report without runs is not stored. -ENOMEM. */
int trend_store(const char *path, const struct trend_question *question, struct trend_report *r,
                struct err *e);

/* What came of repeating a stored trend on the runs that it had. */
struct trend_replay {
    struct trend_report report;
    bool same_inputs; /* every figure that went in is as it was */
    bool same_result; /* and so is the result, byte for byte */
};
/* -EINVAL with EXIT_USAGE: the row is not of a trend, or damaged. trend_report_fini(&out->report)
 * in any case. Call between query_begin() and query_end(). */
int trend_replay(struct db *db, const struct analysis_info *row, struct trend_replay *out,
                 struct err *e);

#endif
