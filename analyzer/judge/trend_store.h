/* SPDX-License-Identifier: BSD-3-Clause */
/* Trends as stored verdicts: parameters that repeat them, a hash of every figure that went in. */
#ifndef ANALYZER_JUDGE_TREND_STORE_H
#define ANALYZER_JUDGE_TREND_STORE_H

#include "analyzer/judge/trend_report.h"

#define TREND_KIND "trend"

/* Fills in `stored` but for its id: NULL texts without memory. */
void trend_store_describe(const struct trend_question *question, struct trend_report *r);
/* Stores what was described, or says in `not_stored` why not: a verdict is told either way. The
 * file must not be open. */
void trend_store(const char *path, struct trend_report *r);

/* A stored trend's question, which asks again for the same runs. trend_asked_fini in
 * any case. EXIT_USAGE -EBADMSG: the parameters are damaged; EXIT_INVALID -ENOENT: a run is not in
 * the file any more. */
struct trend_asked {
    struct trend_question question;
    const char **metrics;
    struct keep keep;
};
int trend_store_read(struct db *db, const struct analysis_info *row, struct trend_asked *out,
                     struct err *e);
void trend_asked_fini(struct trend_asked *a);

#endif
