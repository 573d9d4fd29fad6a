/* SPDX-License-Identifier: BSD-3-Clause */
/* A trend as GitHub's Markdown, short enough for a comment. Foreign text stands in <code>. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>

#include "analyzer/judge/trend_report.h"
#include "analyzer/out/escape.h"
#include "analyzer/out/format.h"
#include "analyzer/out/trend.h"

#define TEXT 40

static void put_code(FILE *out, const char *text)
{
    fputs("<code>", out);
    escape_markdown(out, text);
    fputs("</code>", out);
}

static void put_percent(FILE *out, double value)
{
    if (isfinite(value))
        fprintf(out, fabs(value) >= 100 ? "%+.0f %%" : "%+.3g %%", value);
    else
        fputs("–", out);
}

static void put_run(FILE *out, const struct values_run *run)
{
    char when[TEXT];
    fprintf(out, "%" PRId64 " (%.10s)", run->id, format_time(when, sizeof when, run->started_ns));
}

/* --- metrics --------------------------------------------------------------------------- */

static void put_pinned(FILE *out, const struct trend_metric *m)
{
    if (m->pinned.missing)
        fputs(m->pinned.missing, out);
    else if (!m->pinned.ratchet.moved)
        fputs("same", out);
    else
        put_percent(out, m->pinned.percent);
}

static void put_metric(FILE *out, const struct trend_report *r, const struct trend_metric *m)
{
    char now[TEXT] = "–";
    if (m->count)
        format_number(now, sizeof now, m->centre);
    fprintf(out, "| %s | %zu | %zu | %s | ", m->metric->name, m->count, m->found.count, now);
    if (m->drifts) {
        put_percent(out, m->drift_percent);
        fputs(" a run, ", out);
        put_percent(out, m->drift_percent_30_days);
        fputs(" in 30 days", out);
    } else {
        fputs(m->found.drift.count ? "none" : "–", out);
    }
    fputs(" | ", out);
    if (r->baseline)
        put_pinned(out, m);
    else
        fputs("–", out);
    fprintf(out, " | %s |\n", trend_state_text(m->found.state));
}

static void put_metrics(FILE *out, const struct trend_report *r)
{
    fputs("\n| metric | runs | changes | now | drift | baseline", out);
    if (r->baseline) {
        fputc(' ', out);
        put_code(out, r->baseline);
    }
    fputs(" | |\n|---|--:|--:|--:|---|---|---|\n", out);
    for (size_t j = 0; j < r->metric_count; j++)
        put_metric(out, r, &r->series[j]);
}

/* --- changes --------------------------------------------------------------------------- */

static void put_commits(FILE *out, const struct trend_change *c)
{
    if (c->commit_count) {
        fputs("; commits ", out);
        put_code(out, c->commits[0]);
        if (c->commit_count > 1) {
            fputs(" to ", out);
            put_code(out, c->commits[c->commit_count - 1]);
        }
    }
    if (c->next_commit) {
        fputs("; measure next ", out);
        put_code(out, c->next_commit);
    } else {
        fprintf(out, "; %s", c->next_missing);
    }
}

static void put_change(FILE *out, const struct trend_report *r, const struct trend_metric *m,
                       size_t i)
{
    const struct trend_change *c = &m->changes[i];
    const struct trend_point *p = &m->found.points[i];
    char before[TEXT], after[TEXT];
    fprintf(out, "- %s **%s** ", c->worse ? "worse:" : "better:", m->metric->name);
    put_percent(out, c->percent);
    fprintf(out, " (%s → %s%s%s) at run ",
            format_number(before, sizeof before, trend_in_unit(m, p->before)),
            format_number(after, sizeof after, trend_in_unit(m, p->after)),
            *trend_unit(m) ? " " : "", trend_unit(m));
    put_run(out, trend_run(r, c->at));
    if (c->last_good != TREND_NONE) {
        fputs("; last good run ", out);
        put_run(out, trend_run(r, c->last_good));
    }
    put_commits(out, c);
    if (c->machine)
        fprintf(out, "; **the machine moved, not the code** (%s)", c->machine);
    fputc('\n', out);
}

int trend_markdown_write(FILE *out, const struct trend_report *r)
{
    fprintf(out, "**%s** ", trend_verdict_name(r->verdict));
    put_code(out, r->workload_id);
    fputs(": ", out);
    escape_markdown(out, r->conclusion);
    fputs("\n", out);
    put_metrics(out, r);
    fputc('\n', out);
    for (size_t j = 0; j < r->metric_count; j++)
        for (size_t i = r->series[j].found.count; i-- > 0;)
            put_change(out, r, &r->series[j], i);
    for (size_t i = 0; i < r->note_count; i++) {
        fputs("\n", out);
        escape_markdown(out, r->notes[i]);
        fputs("\n", out);
    }
    return ferror(out) ? -EIO : 0;
}
