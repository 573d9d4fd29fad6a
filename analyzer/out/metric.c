/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/out/metric.h"

#include <string.h>

#include "analyzer/out/format.h"

#define NS_PER_US 1e3

const struct benchmark benchmarks[] = {
    {"throughput_msg_per_s", true},
    {"transactions_per_s", true},
    {"bandwidth_mib_per_s", true},
    {"bandwidth_in_mib_per_s", true},
    {"latency_p50_us", false},
    {"latency_p99_us", false},
    {"latency_p999_us", false},
    {"latency_mean_us", false},
    {"errors_percent", false},
    {"cpu_percent_per_node.gen", false},
    {"memory_rss_mib_per_node.gen", false},
    {"memory_bytes_per_conn.gen", false},
};
const size_t benchmarks_count = sizeof benchmarks / sizeof *benchmarks;

static const struct figure *time_figure(const struct time_summary *t, size_t row, const char **name)
{
    static const char *const others[] = {"min", "max", "mean"};
    if (row < QUANTILE_COUNT) {
        *name = quantiles[row].name;
        return &t->quantiles[row];
    }
    const struct figure *const figures[] = {&t->min, &t->max, &t->mean};
    *name = others[row - QUANTILE_COUNT];
    return figures[row - QUANTILE_COUNT];
}

void metric_at(const struct summary *s, size_t i, struct metric *out)
{
    if (i < FIGURE_COUNT) {
        const struct figure_kind *kind = &figure_kinds[i];
        *out = (struct metric){.unit = kind->unit, .scope = kind->scope, .figure = s->figures[i]};
        snprintf(out->name, sizeof out->name, "%s", kind->path);
        return;
    }
    size_t time = (i - FIGURE_COUNT) / METRICS_PER_TIME;
    const struct time_summary *t = &s->times[time];
    const char *name;
    const struct figure *f = time_figure(t, (i - FIGURE_COUNT) % METRICS_PER_TIME, &name);
    *out = (struct metric){.unit = "us", .scope = t->scope, .figure = *f};
    out->figure.value /= NS_PER_US;
    out->figure.lo /= NS_PER_US;
    out->figure.hi /= NS_PER_US;
    snprintf(out->name, sizeof out->name, "%s_%s_us", time_name((enum time_kind)time), name);
}

bool benchmark_metric(const struct summary *s, const struct benchmark *b, struct metric *out)
{
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        metric_at(s, i, out);
        if (strcmp(out->name, b->metric) == 0)
            return out->figure.has;
    }
    return false;
}

bool benchmark_run(const struct summary *s, FILE *said)
{
    const char *why = s->run.state != RUN_DONE ? run_state_name(s->run.state)
                      : s->run.valid == 0      ? "invalid"
                                               : NULL;
    if (why)
        format_line(said, "run %lld is left out: it is %s", (long long)s->run.id, why);
    return why == NULL;
}
