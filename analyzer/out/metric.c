/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/out/metric.h"

#include <string.h>

#include "analyzer/out/format.h"

#define NS_PER_US 1e3

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

void metric_at(const struct summary *s, size_t i, struct metric_value *out)
{
    if (i < FIGURE_COUNT) {
        const struct figure_kind *kind = &figure_kinds[i];
        *out = (struct metric_value){.unit = kind->unit, .scope = kind->scope, .figure = s->figures[i]};
        snprintf(out->name, sizeof out->name, "%s", kind->path);
        return;
    }
    size_t time = (i - FIGURE_COUNT) / METRICS_PER_TIME;
    const struct time_summary *t = &s->times[time];
    const char *name;
    const struct figure *f = time_figure(t, (i - FIGURE_COUNT) % METRICS_PER_TIME, &name);
    *out = (struct metric_value){.unit = "us", .scope = t->scope, .figure = *f};
    out->figure.value /= NS_PER_US;
    out->figure.lo /= NS_PER_US;
    out->figure.hi /= NS_PER_US;
    snprintf(out->name, sizeof out->name, "%s_%s_us", time_name((enum time_kind)time), name);
}

bool benchmark_metric(const struct summary *s, const struct metric *m, struct metric_value *out)
{
    for (size_t i = 0; i < METRIC_COUNT && (m->use & METRIC_TRACKED); i++) {
        metric_at(s, i, out);
        if (strcmp(out->name, m->name) == 0)
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
