/* SPDX-License-Identifier: BSD-3-Clause */
/* The parts that make a trend report, in the order in which they are called. */
#ifndef ANALYZER_JUDGE_TREND_INTERNAL_H
#define ANALYZER_JUDGE_TREND_INTERNAL_H

#include "analyzer/judge/trend_report.h"

struct err;

/* trend_metric.c: one series, on its own. -ENOMEM. */
int trend_metric_fill(struct trend_metric *m, const struct trend_report *r, size_t column);
int trend_metric_find(struct trend_metric *m);
/* Its drift and centre in the metric's unit; against the pinned runs. -ENOMEM. */
void trend_metric_drift(struct trend_metric *m, const struct trend_report *r);
int trend_metric_pin(struct trend_metric *m, const struct trend_report *r, size_t column);
void trend_metric_fini(struct trend_metric *m);

/* trend_change.c: change points in terms of runs and commits; the controls come first, so that the
 * metrics can be held against them. -ENOMEM. */
int trend_change_all(struct trend_report *r, struct trend_metric *m);
int trend_change_machine(struct trend_report *r, struct trend_metric *m);

/* trend_conclude.c: verdict, conclusion, notes. -ENOMEM. */
int trend_conclude(struct trend_report *r);

#endif
