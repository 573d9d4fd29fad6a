/* SPDX-License-Identifier: BSD-3-Clause */
/* Perfherder, as Treeherder's performance-artifact schema wants it: a workload is a suite. */
#include <string.h>

#include "analyzer/out/escape.h"
#include "analyzer/out/metric.h"
#include "analyzer/out/trackers.h"

#define UNIT_BYTES    21 /* 20 characters */
#define VALUE_LARGEST 1e12

static json_t *perfherder_subtest(const struct metric_value *m, bool bigger)
{
    char unit[UNIT_BYTES];
    json_t *subtest = json_object();
    snprintf(unit, sizeof unit, "%s", m->unit);
    json_object_set_new(subtest, "name", json_string(m->name));
    json_object_set_new(subtest, "value", json_real(m->figure.value));
    json_object_set_new(subtest, "unit", json_string(unit));
    json_object_set_new(subtest, "lowerIsBetter", json_boolean(!bigger));
    return subtest;
}

static void perfherder_run(json_t *root, const struct summary *s, const char *name)
{
    struct metric_value m;
    char text[TRACKER_NAME_BYTES];
    json_t *suite = json_object(), *subtests = json_array(), *options = json_array();
    for (size_t i = 0; i < verdict_metric_count; i++)
        if (benchmark_metric(s, &verdict_metrics[i], &m) && m.figure.value <= VALUE_LARGEST)
            json_array_append_new(subtests,
                                  perfherder_subtest(&m, verdict_metrics[i].bad == BAD_DOWN));
    json_array_append_new(options, json_string(escape_utf8(text, sizeof text, s->run.wire)));
    if (strcmp(s->run.wire, s->run.transport)) /* they must differ */
        json_array_append_new(options,
                              json_string(escape_utf8(text, sizeof text, s->run.transport)));
    json_object_set_new(suite, "name", json_string(name));
    json_object_set_new(suite, "subtests", subtests);
    json_object_set_new(suite, "extraOptions", options);
    json_array_append_new(root, suite);
}

int perfherder_write(FILE *out, const struct report *r, struct err *e)
{
    json_t *suites = json_array(), *root = json_object(), *framework = json_object();
    trackers_each(r, suites, perfherder_run);
    if (json_array_size(suites)) {
        json_object_set_new(framework, "name", json_string("wirebench"));
        json_object_set(root, "framework", framework);
        json_object_set(root, "suites", suites);
    }
    json_decref(framework);
    json_decref(suites);
    return trackers_dump(out, root, r, e);
}
