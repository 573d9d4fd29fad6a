/* SPDX-License-Identifier: BSD-3-Clause */
/* What the trend test does on the noise of a history: false alarms, and what it can see. */
#ifndef ANALYZER_JUDGE_CALIBRATE_REPORT_H
#define ANALYZER_JUDGE_CALIBRATE_REPORT_H

#include "analyzer/judge/trend_report.h"
#include "analyzer/stats/trend_calibrate.h"

#define CALIBRATE_RUNS      10000 /* tests for the false alarms: none bounds them by .03 in 100 */
#define CALIBRATE_HISTORIES 200   /* for each step of the search for the detectable change */

struct calibrate_metric {
    struct trend_calibration figures;
    const char *missing;       /* why there are none, else NULL */
    double detectable_percent; /* NAN: not even a change of 64 deviations is seen, or no ratio */
};

struct calibrate_report {
    struct trend_report trend;
    struct calibrate_metric *metrics; /* as in trend.series, without the controls */
};

/* From the trend, which is read already. -ENOMEM with a message. */
int calibrate_report_build(struct calibrate_report *c, struct err *e);
void calibrate_report_fini(struct calibrate_report *c);
/* 0; 5 when no metric could be calibrated; 6 when all runs are invalid. */
int calibrate_report_code(const struct calibrate_report *c);

#endif
