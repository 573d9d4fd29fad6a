/* SPDX-License-Identifier: BSD-3-Clause */
/* github-action-benchmark: "customSmallerIsBetter" and "customBiggerIsBetter", a list of figures.
 */
#include "analyzer/out/format.h"
#include "analyzer/out/metric.h"
#include "analyzer/out/trackers.h"

static json_t *github_entry(const struct metric_value *m, const char *workload)
{
    char text[300], lo[40], hi[40];
    json_t *entry = json_object();
    snprintf(text, sizeof text, "%s: %s", workload, m->name);
    json_object_set_new(entry, "name", json_string(text));
    json_object_set_new(entry, "unit", json_string(m->unit));
    json_object_set_new(entry, "value", json_real(m->figure.value));
    if (m->figure.has_interval) {
        snprintf(text, sizeof text, "%s to %s", format_number(lo, sizeof lo, m->figure.lo),
                 format_number(hi, sizeof hi, m->figure.hi));
        json_object_set_new(entry, "range", json_string(text));
    }
    return entry;
}

static void github_run(json_t *root, const struct summary *s, const char *name, bool bigger)
{
    struct metric_value m;
    char extra[120];
    snprintf(extra, sizeof extra, "run %lld (%.36s)", (long long)s->run.id, s->run.uuid);
    for (size_t i = 0; i < verdict_metric_count; i++)
        if ((verdict_metrics[i].bad == BAD_DOWN) == bigger &&
            benchmark_metric(s, &verdict_metrics[i], &m)) {
            json_t *entry = github_entry(&m, name);
            json_object_set_new(entry, "extra", json_string(extra));
            json_array_append_new(root, entry);
        }
}

static void github_smaller(json_t *root, const struct summary *s, const char *name)
{
    github_run(root, s, name, false);
}

static void github_bigger(json_t *root, const struct summary *s, const char *name)
{
    github_run(root, s, name, true);
}

int github_smaller_write(FILE *out, const struct report *r, struct err *e)
{
    json_t *root = json_array();
    trackers_each(r, root, github_smaller);
    return trackers_dump(out, root, r, e);
}

int github_bigger_write(FILE *out, const struct report *r, struct err *e)
{
    json_t *root = json_array();
    trackers_each(r, root, github_bigger);
    return trackers_dump(out, root, r, e);
}
