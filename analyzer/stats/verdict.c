/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/stats/verdict.h"

#include <math.h>
#include <string.h>

#include "analyzer/stats/quantile.h"

#define TAILS(prefix)                                                                              \
    {prefix "_p50_us", BAD_UP, SCALE_LOG, 0.03, 0},                                                \
        {prefix "_p90_us", BAD_UP, SCALE_LOG, 0.03, 0},                                            \
        {prefix "_p95_us", BAD_UP, SCALE_LOG, 0.03, 0},                                            \
        {prefix "_p99_us", BAD_UP, SCALE_LOG, 0.05, 0},                                            \
        {prefix "_p999_us", BAD_UP, SCALE_LOG, 0.10, 0},                                           \
        {prefix "_p9999_us", BAD_UP, SCALE_LOG, 0.20, 0},                                          \
    {                                                                                              \
        prefix "_mean_us", BAD_UP, SCALE_LOG, 0.03, 0                                              \
    }

/* The margins grow with the noise of a far percentile, so that a verdict stays within reach. */
const struct metric verdict_metrics[] = {
    {"throughput_msg_per_s", BAD_DOWN, SCALE_LOG, 0.03, METRIC_DECIDES | METRIC_TRACKED},
    {"transactions_per_s", BAD_DOWN, SCALE_LOG, 0.03, METRIC_TRACKED},
    {"frames_per_s", BAD_DOWN, SCALE_LOG, 0.03, 0},
    {"bandwidth_mib_per_s", BAD_DOWN, SCALE_LOG, 0.03, METRIC_TRACKED},
    {"bandwidth_in_mib_per_s", BAD_DOWN, SCALE_LOG, 0.03, METRIC_TRACKED},
    {"wire_gbit_per_s", BAD_DOWN, SCALE_LOG, 0.03, 0},
    {"wire_in_gbit_per_s", BAD_DOWN, SCALE_LOG, 0.03, 0},
    {"latency_p50_us", BAD_UP, SCALE_LOG, 0.03, METRIC_DECIDES | METRIC_TRACKED},
    {"latency_p90_us", BAD_UP, SCALE_LOG, 0.03, 0},
    {"latency_p95_us", BAD_UP, SCALE_LOG, 0.03, 0},
    {"latency_p99_us", BAD_UP, SCALE_LOG, 0.05, METRIC_DECIDES | METRIC_TRACKED},
    {"latency_p999_us", BAD_UP, SCALE_LOG, 0.10, METRIC_TRACKED},
    {"latency_p9999_us", BAD_UP, SCALE_LOG, 0.20, 0},
    {"latency_mean_us", BAD_UP, SCALE_LOG, 0.03, METRIC_TRACKED},
    TAILS("service"),
    TAILS("queueing"),
    TAILS("lateness"),
    TAILS("connect"),
    {"errors_percent", BAD_UP, SCALE_PLAIN, 0.05, METRIC_TRACKED},
    {"error_count", BAD_UP, SCALE_COUNT, 0.10, METRIC_DECIDES},
    {"connect_error_count", BAD_UP, SCALE_COUNT, 0.10, 0},
    {"censored", BAD_UP, SCALE_COUNT, 0.10, 0},
    {"retransmissions", BAD_UP, SCALE_COUNT, 0.10, 0},
    {"dropped_frames", BAD_UP, SCALE_COUNT, 0.10, 0},
    {"in_order_percent", BAD_DOWN, SCALE_PLAIN, 0.01, 0},
    {"cpu_percent_per_node.gen", BAD_UP, SCALE_LOG, 0.05, METRIC_TRACKED},
    {"cpu_percent_per_node.peer", BAD_UP, SCALE_LOG, 0.05, 0},
    {"memory_rss_mib_per_node.gen", BAD_UP, SCALE_LOG, 0.03, METRIC_TRACKED},
    {"memory_rss_mib_per_node.peer", BAD_UP, SCALE_LOG, 0.03, 0},
    {"memory_bytes_per_conn.gen", BAD_UP, SCALE_LOG, 0.03, METRIC_TRACKED},
    {"memory_bytes_per_conn.peer", BAD_UP, SCALE_LOG, 0.03, 0},
    /* In the unit of the finding. An offset may fall below 0. */
    {"bench_rate", BAD_DOWN, SCALE_LOG, 0.03, METRIC_BENCHMARK},
    {"bench_cost", BAD_UP, SCALE_LOG, 0.03, METRIC_BENCHMARK},
    {"bench_offset", BAD_UP, SCALE_PLAIN, 1, METRIC_BENCHMARK},
};
const size_t verdict_metric_count = sizeof verdict_metrics / sizeof *verdict_metrics;

const struct metric verdict_controls[] = {
    {"control_timer_wake_p50_ns", BAD_UP, SCALE_LOG, 0.10, 0},
    {"control_timer_wake_p99_ns", BAD_UP, SCALE_LOG, 0.20, 0},
    {"control_memory_copy_mib_per_s", BAD_DOWN, SCALE_LOG, 0.05, 0},
    {"control_cpu_per_transaction_ns", BAD_UP, SCALE_LOG, 0.05, 0},
};
const size_t verdict_control_count = sizeof verdict_controls / sizeof *verdict_controls;

const struct metric *verdict_metric(const char *name)
{
    for (size_t i = 0; i < verdict_metric_count; i++)
        if (strcmp(verdict_metrics[i].name, name) == 0)
            return &verdict_metrics[i];
    return NULL;
}

double verdict_margin(const struct metric *m)
{
    return m->scale == SCALE_PLAIN ? m->margin : log1p(m->margin);
}

const char *verdict_name(enum change change)
{
    switch (change) {
    case CHANGE_SAME:
        return "same";
    case CHANGE_IMPROVEMENT:
        return "improvement";
    case CHANGE_REGRESSION:
        return "regression";
    case CHANGE_INCONCLUSIVE:
        return "inconclusive";
    }
    return NULL;
}

bool verdict_interval_holds_0(const struct evidence *e)
{
    return e->lo <= 0 && e->hi >= 0;
}

/* NAN fails every comparison below: what is not known decides nothing. */
struct verdict_of verdict_decide(const struct evidence *e, enum bad_direction bad, double margin,
                                 double alpha)
{
    if (e->p <= alpha && fabs(e->shift) >= margin && !verdict_interval_holds_0(e)) {
        bool worse = (e->shift > 0) == (bad == BAD_UP);
        return (struct verdict_of){worse ? CHANGE_REGRESSION : CHANGE_IMPROVEMENT,
                                   e->lo > margin || e->hi < -margin};
    }
    bool within = e->lo90 >= -margin && e->hi90 <= margin;
    return (struct verdict_of){within ? CHANGE_SAME : CHANGE_INCONCLUSIVE, 0};
}

double verdict_runs_needed(double sd, double margin, double alpha, double power)
{
    double z = quantile_normal(1 - alpha / 2) + quantile_normal(power);
    return ceil(2 * pow(z * sd / margin, 2));
}
