/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All figures of a run as one flat list under the names that JSON gives them, times in us; and
 * those of them that tell whether a run got better, for the trackers of other projects.
 */
#ifndef ANALYZER_OUT_METRIC_H
#define ANALYZER_OUT_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "analyzer/summary.h"

struct metric {
    char name[48]; /* "throughput_msg_per_s", "cpu_percent_per_node.gen", "latency_p99_us" */
    const char *unit, *scope;
    struct figure figure;
};

/* Of each time: the percentiles, min, max and mean. */
#define METRICS_PER_TIME (QUANTILE_COUNT + 3)
#define METRIC_COUNT     (FIGURE_COUNT + TIME_COUNT * METRICS_PER_TIME)
void metric_at(const struct summary *s, size_t i, struct metric *out);

/* The metrics of a run by which others track it. */
struct benchmark {
    const char *metric;
    bool bigger_is_better;
};
extern const struct benchmark benchmarks[];
extern const size_t benchmarks_count;

/* False: the figure is missing. */
bool benchmark_metric(const struct summary *s, const struct benchmark *b, struct metric *out);
/* Whether a run may be tracked: it ended well and its generator kept its promises. Says on `said`
 * why not. */
bool benchmark_run(const struct summary *s, FILE *said);

#endif
