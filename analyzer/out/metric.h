/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All figures of a run as one flat list under the names that JSON gives them, times in us; and
 * those of them that the table of metrics marks for the trackers of other projects.
 */
#ifndef ANALYZER_OUT_METRIC_H
#define ANALYZER_OUT_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "analyzer/stats/verdict.h"
#include "analyzer/summary.h"

struct metric_value {
    char name[48]; /* "throughput_msg_per_s", "cpu_percent_per_node.gen", "latency_p99_us" */
    const char *unit, *scope;
    struct figure figure;
};

/* Of each time: the percentiles, min, max and mean. */
#define METRICS_PER_TIME (QUANTILE_COUNT + 3)
#define METRIC_COUNT     (FIGURE_COUNT + TIME_COUNT * METRICS_PER_TIME)
void metric_at(const struct summary *s, size_t i, struct metric_value *out);

/* One of verdict_metrics by which others track a run. False: they do not, or the figure is
 * missing. */
bool benchmark_metric(const struct summary *s, const struct metric *m, struct metric_value *out);
/* Whether a run may be tracked: it ended well and its generator kept its promises. Says on `said`
 * why not. */
bool benchmark_run(const struct summary *s, FILE *said);

#endif
