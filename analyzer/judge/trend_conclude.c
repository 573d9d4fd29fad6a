/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/judge/trend_internal.h"
#include "analyzer/out/format.h"
#include "base/err.h"

#define LISTED_RUNS 10 /* of those that are left out */

const char *trend_verdict_name(enum trend_verdict verdict)
{
    static const char *const names[] = {
#define X(ID, name) [TREND_IS_##ID] = #name,
        TREND_VERDICT_LIST(X)
#undef X
    };
    return names[verdict];
}

int trend_verdict_code(enum trend_verdict verdict)
{
    switch (verdict) {
    case TREND_IS_REGRESSION:
        return EXIT_VERDICT;
    case TREND_IS_INCONCLUSIVE:
        return EXIT_INCONCLUSIVE;
    case TREND_IS_INVALID:
        return EXIT_INVALID;
    case TREND_IS_SAME:
    case TREND_IS_IMPROVEMENT:
        break;
    }
    return EXIT_WELL;
}

/* --- verdict --------------------------------------------------------------------------- */

static double weight(const struct trend_metric *m, size_t change)
{
    return fabs(m->found.points[change].shift) / fmax(m->margin, 1e-12);
}

/* The largest recent change, in margins, of those that are `worse` or not. */
static bool find_recent(struct trend_report *r, bool worse)
{
    double most = 0;
    r->metric = r->change = TREND_NONE;
    for (size_t j = 0; j < r->metric_count; j++)
        for (size_t i = 0; i < r->series[j].found.count; i++) {
            const struct trend_change *c = &r->series[j].changes[i];
            if (!c->recent || c->worse != worse || weight(&r->series[j], i) <= most)
                continue;
            most = weight(&r->series[j], i);
            r->metric = j;
            r->change = i;
        }
    return r->metric != TREND_NONE;
}

static size_t count_states(const struct trend_report *r, enum trend_state state)
{
    size_t count = 0;
    for (size_t j = 0; j < r->metric_count; j++)
        count += r->series[j].found.state == state;
    return count;
}

static enum trend_verdict judge(struct trend_report *r)
{
    if (r->good_count == 0 && r->values.count)
        return TREND_IS_INVALID;
    if (find_recent(r, true))
        return TREND_IS_REGRESSION;
    if (find_recent(r, false))
        return TREND_IS_IMPROVEMENT;
    bool judged = count_states(r, TREND_SEGMENTED) || count_states(r, TREND_CONSTANT);
    return judged ? TREND_IS_SAME : TREND_IS_INCONCLUSIVE;
}

/* --- in words -------------------------------------------------------------------------- */

static const char *keep_format(struct trend_report *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static const char *keep_format(struct trend_report *r, const char *format, ...)
{
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return keep_text(&r->keep, text);
}

static const char *name_change(struct trend_report *r)
{
    const struct trend_metric *m = &r->series[r->metric];
    const struct trend_change *c = &m->changes[r->change];
    const struct trend_point *p = &m->found.points[r->change];
    const struct values_run *run = trend_run(r, c->at);
    char when[40], before[40], after[40], percent[40] = "";
    if (isfinite(c->percent))
        snprintf(percent, sizeof percent, " by %.3g %%", fabs(c->percent));
    const char *unit = trend_unit(m);
    return keep_format(r, "%s %s%s at run %" PRId64 " (%s): %s -> %s%s%s", m->metric->name,
                       p->shift > 0 ? "rose" : "fell", percent, run->id,
                       format_time(when, sizeof when, run->started_ns),
                       format_plain(before, sizeof before, trend_in_unit(m, p->before)),
                       format_plain(after, sizeof after, trend_in_unit(m, p->after)),
                       *unit ? " " : "", unit);
}

static const char *name_same(struct trend_report *r)
{
    size_t changes = 0;
    for (size_t j = 0; j < r->metric_count; j++)
        changes += r->series[j].found.count;
    if (changes == 0)
        return keep_format(r, "no change in %zu runs", r->good_count);
    return keep_format(r, "no change in the last %zu of %zu runs (%zu before)",
                       r->last < r->good_count ? r->last : r->good_count, r->good_count, changes);
}

static const char *name_inconclusive(struct trend_report *r)
{
    if (count_states(r, TREND_TOO_SHORT) < r->metric_count)
        return keep_text(&r->keep, "no metric can be divided into segments: see their states");
    return keep_format(r, "too short: %zu valid run%s, at least 6 are needed", r->good_count,
                       r->good_count == 1 ? "" : "s");
}

static const char *conclude(struct trend_report *r)
{
    switch (r->verdict) {
    case TREND_IS_REGRESSION:
    case TREND_IS_IMPROVEMENT:
        return name_change(r);
    case TREND_IS_SAME:
        return name_same(r);
    case TREND_IS_INCONCLUSIVE:
        return name_inconclusive(r);
    case TREND_IS_INVALID:
        return keep_format(r, "all %zu runs are invalid", r->values.count);
    }
    return NULL;
}

/* --- notes ----------------------------------------------------------------------------- */

static int note(struct trend_report *r, const char *text)
{
    const char **to = text ? list_grow((void **)&r->notes, &r->note_count, sizeof *r->notes) : NULL;
    if (to)
        *to = text;
    return to ? 0 : -ENOMEM;
}

static const char *name_left_out(struct trend_report *r)
{
    char ids[LISTED_RUNS * 24] = "";
    size_t at = 0, out = r->values.count - r->good_count, listed = 0;
    for (size_t i = 0; i < r->values.count && listed < LISTED_RUNS; i++)
        if (!values_run_good(&r->values.runs[i]))
            at += (size_t)snprintf(ids + at, sizeof ids - at, "%s%" PRId64, listed++ ? ", " : "",
                                   r->values.runs[i].id);
    return keep_format(r, "%zu invalid run%s left out: %s%s", out, out == 1 ? "" : "s", ids,
                       out > listed ? ", ..." : "");
}

static int note_all(struct trend_report *r)
{
    int ret = 0;
    if (r->histories > 1)
        ret = note(r, keep_format(r,
                                  "the workload has %" PRId64 " histories (other job or machine); "
                                  "this is %.16s, other ones: --run ID",
                                  r->histories, r->history_key));
    if (ret == 0 && r->capped)
        ret = note(r, keep_format(r, "the newest %zu runs are looked at; there are more",
                                  r->values.count));
    if (ret == 0 && r->good_count < r->values.count)
        ret = note(r, name_left_out(r));
    if (ret == 0 && r->disordered)
        ret = note(r, keep_format(r,
                                  "%zu time%s a later run has no later start (a clock went back, "
                                  "or files were merged): ordered by start, then id",
                                  r->disordered, r->disordered == 1 ? "" : "s"));
    return ret;
}

int trend_conclude(struct trend_report *r)
{
    r->metric = r->change = TREND_NONE;
    r->verdict = judge(r);
    r->conclusion = conclude(r);
    return r->conclusion ? note_all(r) : -ENOMEM;
}
