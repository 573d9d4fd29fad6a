/* SPDX-License-Identifier: BSD-3-Clause */
/* Bencher Metric Format: {workload: {measure: {value, lower_value, upper_value}}}. */
#include "analyzer/out/metric.h"
#include "analyzer/out/trackers.h"

static void bencher_run(json_t *root, const struct summary *s, const char *name)
{
    struct metric_value m;
    json_t *measures = json_object();
    for (size_t i = 0; i < verdict_metric_count; i++) {
        if (!benchmark_metric(s, &verdict_metrics[i], &m))
            continue;
        json_t *values = json_object();
        json_object_set_new(values, "value", json_real(m.figure.value));
        if (m.figure.has_interval) {
            json_object_set_new(values, "lower_value", json_real(m.figure.lo));
            json_object_set_new(values, "upper_value", json_real(m.figure.hi));
        }
        json_object_set_new(measures, m.name, values);
    }
    json_object_set_new(root, name, measures);
}

int bencher_write(FILE *out, const struct report *r, struct err *e)
{
    json_t *root = json_object();
    trackers_each(r, root, bencher_run);
    return trackers_dump(out, root, r, e);
}
