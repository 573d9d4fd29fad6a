/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * OpenMetrics 1.0 text: a gauge a figure under its JSON name, the five times as summaries in
 * seconds, verdicts as state sets. Samples carry the end of their run, so that a history can be
 * filled in later (`promtool tsdb create-blocks-from openmetrics`). A missing figure has no sample.
 */
#include <math.h>
#include <string.h>

#include "analyzer/out/escape.h"
#include "analyzer/out/metric.h"
#include "analyzer/out/writer.h"

#define PREFIX "wirebench_"

/* --- one sample ------------------------------------------------------------------------ */

struct label {
    const char *name, *value;
};

static void put_label(FILE *out, const char *name, const char *value)
{
    fprintf(out, ",%s=\"", name);
    escape_label(out, value ? value : "");
    fputc('"', out);
}

/* Labels that name the run, then further ones. */
static void put_labels(FILE *out, const struct summary *s, const struct label *more, size_t count)
{
    fprintf(out, "{run=\"%lld\"", (long long)s->run.id);
    put_label(out, "uuid", s->run.uuid);
    put_label(out, "workload", s->run.workload_id);
    for (size_t i = 0; i < count; i++)
        put_label(out, more[i].name, more[i].value);
    fputc('}', out);
}

static void put_value(FILE *out, const struct summary *s, double value)
{
    fprintf(out, " %.12g %.3f\n", value, (double)s->whole_to_ns / 1e9);
}

#define LABELS(...)                                                                                \
    (const struct label[]){__VA_ARGS__},                                                           \
        sizeof((const struct label[]){__VA_ARGS__}) / sizeof(struct label)

static void put_family(FILE *out, const char *name, const char *type, const char *unit,
                       const char *help)
{
    fprintf(out, "# TYPE " PREFIX "%s %s\n", name, type);
    if (unit)
        fprintf(out, "# UNIT " PREFIX "%s %s\n", name, unit);
    fprintf(out, "# HELP " PREFIX "%s ", name);
    escape_label(out, help);
    fputc('\n', out);
}

/* --- families -------------------------------------------------------------------------- */

static void put_info(FILE *out, const struct report *r)
{
    put_family(out, "run", "info", NULL, "What ran.");
    for (size_t i = 0; i < r->count; i++) {
        const struct run_info *run = &r->runs[i].run;
        fputs(PREFIX "run_info", out);
        put_labels(out, &r->runs[i],
                   LABELS({"history_key", run->history_key}, {"tool_version", run->tool_version},
                          {"tool_commit", run->tool_commit}, {"host", run->host},
                          {"wire", run->wire}, {"protocol", run->protocol},
                          {"transport", run->transport}, {"pattern", run->pattern},
                          {"load", run->load}, {"limited_by", r->runs[i].limited_by}));
        put_value(out, &r->runs[i], 1);
    }
}

/* "a.b" is family a with label part="b". */
static void split(const char *path, char family[64], const char **part)
{
    const char *dot = strchr(path, '.');
    snprintf(family, 64, "%.*s", dot ? (int)(dot - path) : 63, path);
    *part = dot ? dot + 1 : NULL;
}

static void put_figure_of(FILE *out, const struct report *r, size_t id, const char *family,
                          const char *part)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct figure *f = &r->runs[i].figures[id];
        if (!f->has)
            continue;
        fprintf(out, PREFIX "%s", family);
        put_labels(out, &r->runs[i], &(struct label){"part", part}, part != NULL);
        put_value(out, &r->runs[i], f->value);
    }
}

static void put_figures(FILE *out, const struct report *r)
{
    char family[64], last[64] = "";
    for (size_t id = 0; id < FIGURE_COUNT; id++) {
        const char *part;
        split(figure_kinds[id].path, family, &part);
        if (strcmp(family, last)) /* parts of a family stand together in the table */
            put_family(out, family, "gauge", NULL, figure_kinds[id].meaning);
        strcpy(last, family);
        put_figure_of(out, r, id, family, part);
    }
}

static void put_quantiles(FILE *out, const struct summary *s, const char *name,
                          const struct time_summary *t)
{
    for (int q = 0; q < QUANTILE_COUNT; q++) {
        char p[16];
        if (!t->quantiles[q].has)
            continue;
        snprintf(p, sizeof p, "%g", (double)quantiles[q].num / (double)quantiles[q].den);
        fprintf(out, PREFIX "%s", name);
        put_labels(out, s, LABELS({"quantile", p}));
        put_value(out, s, t->quantiles[q].value / 1e9);
    }
}

static void put_time(FILE *out, const struct report *r, enum time_kind time)
{
    char name[64], help[128];
    snprintf(name, sizeof name, "%s_seconds", time_name(time));
    snprintf(help, sizeof help, "%s of the measured phases, exact or at most 0.1 %% above the sample",
             time_name(time));
    put_family(out, name, "summary", "seconds", help);
    for (size_t i = 0; i < r->count; i++) {
        const struct time_summary *t = &r->runs[i].times[time];
        put_quantiles(out, &r->runs[i], name, t);
        fprintf(out, PREFIX "%s_count", name);
        put_labels(out, &r->runs[i], NULL, 0);
        put_value(out, &r->runs[i], (double)t->max.count);
        if (!t->mean.has)
            continue;
        fprintf(out, PREFIX "%s_sum", name);
        put_labels(out, &r->runs[i], NULL, 0);
        put_value(out, &r->runs[i], t->mean.value * (double)t->max.count / 1e9);
    }
}

static void put_bound(FILE *out, const struct summary *s, const char *name, int q, bool high)
{
    const struct figure *f = &s->times[TIME_LATENCY].quantiles[q];
    char p[16];
    snprintf(p, sizeof p, "%g", (double)quantiles[q].num / (double)quantiles[q].den);
    fprintf(out, PREFIX "%s", name);
    put_labels(out, s, LABELS({"quantile", p}, {"bound", high ? "high" : "low"}));
    put_value(out, s, (high ? f->hi : f->lo) / 1e9);
}

static void put_bounds(FILE *out, const struct report *r)
{
    static const char name[] = "latency_interval95_seconds";
    put_family(out, name, "gauge", "seconds", "Ends of the 95 % intervals of the latency.");
    for (size_t i = 0; i < r->count; i++)
        for (int q = 0; q < QUANTILE_COUNT; q++)
            if (r->runs[i].times[TIME_LATENCY].quantiles[q].has_interval) {
                put_bound(out, &r->runs[i], name, q, false);
                put_bound(out, &r->runs[i], name, q, true);
            }
}

static void put_tallies(FILE *out, const struct report *r, const char *family, const char *kind,
                        const char *help)
{
    put_family(out, family, "gauge", NULL, help);
    for (size_t i = 0; i < r->count; i++)
        for (size_t t = 0; t < r->runs[i].whole.count; t++) {
            const struct tally *row = &r->runs[i].whole.rows[t];
            if (strcmp(row->kind, kind) || strcmp(row->name, "ok") == 0)
                continue;
            fprintf(out, PREFIX "%s", family);
            put_labels(out, &r->runs[i], LABELS({"kind", row->name}));
            put_value(out, &r->runs[i], (double)row->value);
        }
}

/* --- verdicts -------------------------------------------------------------------------- */

static void put_states(FILE *out, const struct summary *s, size_t n)
{
    const struct verdict_info *v = &s->verdicts.rows[n];
    char nr[24];
    snprintf(nr, sizeof nr, "%zu", n + 1); /* a rule may stand in an SLA twice */
    static const char *const states[] = {"PASS", "WARN",         "FAIL",
                                         "SKIP", "NOT_MEASURED", "NOT_APPLICABLE"};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        fputs(PREFIX "verdict", out);
        put_labels(out, s,
                   LABELS({"nr", nr}, {"phase", v->phase}, {"rule", v->rule},
                          {PREFIX "verdict", states[i]}));
        put_value(out, s, strcmp(v->state, states[i]) == 0);
    }
}

static void put_verdicts(FILE *out, const struct report *r)
{
    put_family(out, "verdict", "stateset", NULL, "What became of each rule of the SLA.");
    for (size_t i = 0; i < r->count; i++)
        for (size_t v = 0; v < r->runs[i].verdicts.count; v++)
            put_states(out, &r->runs[i], v);
    put_family(out, "valid", "gauge", NULL, "Whether the generator kept its own promises.");
    for (size_t i = 0; i < r->count; i++)
        if (r->runs[i].run.valid != QUERY_NONE) {
            fputs(PREFIX "valid", out);
            put_labels(out, &r->runs[i], NULL, 0);
            put_value(out, &r->runs[i], (double)r->runs[i].run.valid);
        }
}

int openmetrics_write(FILE *out, const struct report *r, struct err *e)
{
    (void)e;
    put_info(out, r);
    put_verdicts(out, r);
    put_figures(out, r);
    for (int t = 0; t < TIME_COUNT; t++)
        put_time(out, r, (enum time_kind)t);
    put_bounds(out, r);
    put_tallies(out, r, "results", "result", "Transactions that failed, by kind, whole run.");
    put_tallies(out, r, "drops", "drop", "Frames and segments not taken, by reason, whole run.");
    fputs("# EOF\n", out);
    return 0;
}
