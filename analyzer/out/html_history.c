/* SPDX-License-Identifier: BSD-3-Clause */
/* The history of a run's workload in its report: what `analyze --trend` says and draws. */
#include "analyzer/judge/trend_report.h"

#include "analyzer/charts.h"
#include "analyzer/out/escape.h"
#include "analyzer/out/html.h"
#include "analyzer/plot.h"
#include "analyzer/query.h"
#include "base/err.h"

/* Enough runs for the words and the lines to mean something. */
static bool is_long_enough(const struct trend_report *t)
{
    for (size_t i = 0; i < t->metric_count; i++)
        if (t->series[i].found.state != TREND_TOO_SHORT)
            return true;
    return false;
}

static void put(FILE *out, const struct report *r, const struct trend_report *t)
{
    struct plot_input in = {.trend = t, .count = chart_trend_panels(t)};
    html_charts(out, &in, CHART_HISTORY, 0, r->said);
    fprintf(out, "<p>%s: ", trend_verdict_name(t->verdict));
    escape_xml(out, t->conclusion);
    fputs(" <code>analyze --trend</code> says it in full.</p>\n", out);
}

void html_history(FILE *out, const struct report *r, const struct summary *s)
{
    struct err e = {0};
    struct trend_report t = {0};
    const struct trend_question usual = {.last = TREND_LAST};
    int ret = query_begin(r->db, &e);
    if (ret == 0) {
        ret = trend_report_build(r->db, s->run.id, &usual, &t, &e);
        query_end(r->db);
    }
    if (ret == 0 && is_long_enough(&t))
        put(out, r, &t);
    if (ret)
        fprintf(r->said, "--html: no history: %s\n", e.message);
    trend_report_fini(&t);
}
