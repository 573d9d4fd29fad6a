/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A trend for people, on one screen: the verdict, a line a metric, then the newest changes with
 * what to do about them.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "analyzer/judge/trend_report.h"
#include "analyzer/out/format.h"
#include "analyzer/out/trend.h"

#define TEXT       40
#define CHANGES    4 /* that are told; the others are counted */
#define COMMIT_LEN 12
#define COMMITS    6 /* of one change that are listed */

static const char *percent(char *buf, double value)
{
    if (!isfinite(value))
        return "-";
    snprintf(buf, TEXT, fabs(value) >= 100 ? "%+.0f %%" : "%+.3g %%", value);
    return buf;
}
#define PERCENT(value) percent((char[TEXT]){0}, value)

static const char *when(char *buf, const struct values_run *run)
{
    format_time(buf, TEXT, run->started_ns);
    if (strlen(buf) > 16)
        buf[16] = '\0'; /* to the minute */
    return buf;
}
#define WHEN(run) when((char[TEXT]){0}, run)

/* --- verdict and history --------------------------------------------------------------- */

static void put_head(FILE *out, const struct trend_report *r)
{
    char verdict[TEXT];
    size_t i = 0;
    for (const char *p = trend_verdict_name(r->verdict); *p && i + 1 < TEXT; p++)
        verdict[i++] = (char)toupper((unsigned char)*p);
    verdict[i] = '\0';
    format_lines(out, 2, "%s  %s: %s", verdict, r->workload_id, r->conclusion);
    if (r->values.count)
        format_line(out, "history %.16s: %zu run%s, %s (run %" PRId64 ") to %s (run %" PRId64 ")",
                    r->history_key, r->good_count, r->good_count == 1 ? "" : "s",
                    WHEN(&r->values.runs[0]), r->values.runs[0].id,
                    WHEN(&r->values.runs[r->values.count - 1]),
                    r->values.runs[r->values.count - 1].id);
    if (r->baseline)
        format_line(out, "pinned: baseline %.60s, %zu run%s", r->baseline, r->pinned.count,
                    r->pinned.count == 1 ? "" : "s");
    for (size_t n = 0; n < r->note_count; n++)
        format_lines(out, 2, "%s", r->notes[n]);
}

/* --- the table of metrics -------------------------------------------------------------- */

static const char *drift_text(char *buf, const struct trend_metric *m)
{
    if (!m->drifts)
        return m->found.drift.count ? "none" : "-";
    char run[TEXT], month[TEXT];
    snprintf(buf, 3 * TEXT, "%s/run, %s/30 d", percent(run, m->drift_percent),
             percent(month, m->drift_percent_30_days));
    return buf;
}

static const char *pinned_text(char *buf, const struct trend_report *r,
                               const struct trend_metric *m)
{
    if (!r->baseline)
        return "-";
    if (m->pinned.missing)
        return "too few runs";
    if (!m->pinned.ratchet.moved)
        return "same";
    snprintf(buf, 2 * TEXT, "%s %s", PERCENT(m->pinned.percent),
             m->pinned.worse ? "WORSE" : "better");
    return buf;
}

static void put_metric(FILE *out, const struct trend_report *r, const struct trend_metric *m)
{
    char now[TEXT] = "-", drift[3 * TEXT], pinned[2 * TEXT], segment[TEXT] = "-";
    if (m->count) {
        format_plain(now, sizeof now, m->centre);
        snprintf(segment, sizeof segment, "%zu", m->count - trend_last_segment(&m->found));
    }
    format_line(out, "%-24.24s %5zu %7zu %7s %10s  %-26s %s", m->metric->name, m->count,
                m->found.count, segment, now, drift_text(drift, m), pinned_text(pinned, r, m));
    switch (m->found.state) {
    case TREND_SEGMENTED:
        break;
    case TREND_SEASONAL:
        format_line(out, "    %s of %.1f runs", trend_state_text(m->found.state), m->found.period);
        break;
    case TREND_TOO_SHORT:
    case TREND_CONSTANT:
    case TREND_TRENDING:
        format_line(out, "    %s", trend_state_text(m->found.state));
        break;
    }
    if (m->missing)
        format_line(out, "    %zu run%s without it", m->missing, m->missing == 1 ? "" : "s");
}

static void put_metrics(FILE *out, const struct trend_report *r)
{
    fputc('\n', out);
    format_line(out, "%-24s %5s %7s %7s %10s  %-26s %s", "metric", "runs", "changes", "segment",
                "now", "drift", "pinned");
    for (size_t j = 0; j < r->metric_count; j++)
        put_metric(out, r, &r->series[j]);
}

/* --- the changes ----------------------------------------------------------------------- */

static void put_commits(FILE *out, const struct trend_change *c)
{
    char text[COMMITS * (COMMIT_LEN + 5) + TEXT] = "";
    size_t at = 0, shown = c->commit_count > COMMITS ? COMMITS - 1 : c->commit_count;
    for (size_t i = 0; i < shown; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%.*s", i ? ", " : "", COMMIT_LEN,
                               c->commits[i]);
    if (shown < c->commit_count)
        snprintf(text + at, sizeof text - at, ", ... %.*s (%zu in all)", COMMIT_LEN,
                 c->commits[c->commit_count - 1], c->commit_count);
    if (c->commit_count)
        format_lines(out, 6, "    commits %s", text);
    if (c->next_commit)
        format_line(out, "    measure next: %.*s", COMMIT_LEN, c->next_commit);
    else
        format_line(out, "    no next commit to measure: %s", c->next_missing);
}

static void put_place(FILE *out, const struct trend_report *r, const struct trend_change *c,
                      double p)
{
    const char *recent = c->recent ? "recent, " : "";
    char good[2 * TEXT] = "no run is certainly before it";
    if (c->last_good != TREND_NONE)
        snprintf(good, sizeof good, "last good run %" PRId64 " (%s)",
                 trend_run(r, c->last_good)->id, WHEN(trend_run(r, c->last_good)));
    if (c->from == c->to)
        format_line(out, "    %sp %.2g; %s, first run after it %" PRId64, recent, p, good,
                    trend_run(r, c->to)->id);
    else
        format_line(out, "    %sp %.2g; %s, first run after it %" PRId64 " to %" PRId64 " (95 %%)",
                    recent, p, good, trend_run(r, c->from)->id, trend_run(r, c->to)->id);
}

static void put_change(FILE *out, const struct trend_report *r, const struct trend_metric *m,
                       size_t i)
{
    const struct trend_change *c = &m->changes[i];
    const struct trend_point *p = &m->found.points[i];
    const struct values_run *run = trend_run(r, c->at);
    char before[TEXT], after[TEXT];
    const char *unit = trend_unit(m);
    format_line(out, "%s %s %s at run %" PRId64 " (%s): %s -> %s%s%s",
                c->worse ? "worse " : "better", m->metric->name, PERCENT(c->percent), run->id,
                WHEN(run), format_plain(before, sizeof before, trend_in_unit(m, p->before)),
                format_plain(after, sizeof after, trend_in_unit(m, p->after)), *unit ? " " : "",
                unit);
    put_place(out, r, c, p->p);
    put_commits(out, c);
    if (c->machine)
        format_lines(out, 6, "    the machine moved, not the code: %s changed there, too",
                     c->machine);
}

/* The newest change that is older than `before`, or not yet told at that place. */
struct cursor {
    size_t metric, change;
};

static bool is_newer(const struct trend_report *r, struct cursor a, struct cursor b)
{
    size_t x = r->series[a.metric].changes[a.change].at;
    size_t y = r->series[b.metric].changes[b.change].at;
    return x > y || (x == y && a.metric < b.metric);
}

static bool next_change(const struct trend_report *r, const struct cursor *told, struct cursor *out)
{
    bool any = false;
    for (size_t j = 0; j < r->metric_count; j++)
        for (size_t i = r->series[j].found.count; i-- > 0;) {
            struct cursor c = {j, i};
            if ((told && !is_newer(r, *told, c)) || (any && !is_newer(r, c, *out)))
                continue;
            *out = c;
            any = true;
        }
    return any;
}

static void put_changes(FILE *out, const struct trend_report *r)
{
    struct cursor c, last;
    size_t told = 0, all = 0;
    for (size_t j = 0; j < r->metric_count; j++)
        all += r->series[j].found.count;
    for (; told < CHANGES && next_change(r, told ? &last : NULL, &c); told++) {
        fputs(told ? "" : "\n", out);
        put_change(out, r, &r->series[c.metric], c.change);
        last = c;
    }
    if (told < all)
        format_line(out, "and %zu older change%s: --json tells all of them", all - told,
                    all - told == 1 ? "" : "s");
}

static void put_stored(FILE *out, const struct trend_report *r)
{
    if (r->stored.id)
        format_line(out, "stored as verdict %" PRId64 ": --replay %" PRId64 " repeats it",
                    r->stored.id, r->stored.id);
    else if (r->not_stored)
        format_lines(out, 2, "not stored: %s", r->not_stored);
}

int trend_text_write(FILE *out, const struct trend_report *r)
{
    put_head(out, r);
    if (r->good_count)
        put_metrics(out, r);
    put_changes(out, r);
    fputc('\n', out);
    put_stored(out, r);
    return ferror(out) ? -EIO : 0;
}
