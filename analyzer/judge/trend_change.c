/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a change point means to whom it hit: between which runs and commits it lies, and which
 * commit to measure next. The place interval leaves some first runs possible; to measure the commit
 * in the middle of them again halves what is left, whatever the answer.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge/trend_internal.h"

const char *trend_commit(const struct values_run *run)
{
    return run->subject_commit ? run->subject_commit : run->tool_commit;
}

/* --- commits --------------------------------------------------------------------------- */

static int add_commit(struct trend_report *r, struct trend_change *c, const char *commit)
{
    if (!commit || (c->commit_count && strcmp(c->commits[c->commit_count - 1], commit) == 0))
        return 0;
    if ((c->commit_count & (c->commit_count - 1)) == 0) { /* full at each power of two */
        size_t room = c->commit_count ? 2 * c->commit_count : 1;
        const char **more = keep_bytes(&r->keep, room * sizeof *more);
        if (!more)
            return -ENOMEM;
        if (c->commit_count)
            memcpy(more, c->commits, c->commit_count * sizeof *more);
        c->commits = more;
    }
    c->commits[c->commit_count++] = commit;
    return 0;
}

static void choose_next(struct trend_change *c, bool known_before, bool known_after)
{
    if (!known_before || !known_after)
        c->next_missing = "the runs around it name no commit";
    else if (c->commit_count == 1)
        c->next_missing = "the commit did not change there: look at machine, peer and job";
    else if (c->commit_count == 2)
        c->next_missing = "no commit between these two was measured";
    else
        c->next_commit = c->commits[c->commit_count / 2];
}

static int name_commits(struct trend_report *r, const struct trend_metric *m,
                        struct trend_change *c, const struct trend_place *place)
{
    size_t before = place->lo ? place->lo - 1 : 0;
    int ret = 0;
    for (size_t i = before; i <= place->hi && ret == 0; i++)
        ret = add_commit(r, c, trend_commit(trend_run(r, m->runs[i])));
    choose_next(c, trend_commit(trend_run(r, m->runs[before])) != NULL,
                trend_commit(trend_run(r, m->runs[place->hi])) != NULL);
    return ret;
}

/* --- one change ------------------------------------------------------------------------ */

static int describe(struct trend_report *r, const struct trend_metric *m, struct trend_change *c,
                    const struct trend_point *p)
{
    size_t newest = r->good_count > r->last ? r->good[r->good_count - r->last] : 0;
    *c = (struct trend_change){
        .at = m->runs[p->index],
        .last_good = p->place.lo ? m->runs[p->place.lo - 1] : TREND_NONE,
        .from = m->runs[p->place.lo],
        .to = m->runs[p->place.hi],
        .worse = (p->shift > 0) == (m->metric->bad == BAD_UP),
        .percent = trend_percent(m, p->shift, p->before),
    };
    c->recent = c->to >= newest;
    return name_commits(r, m, c, &p->place);
}

int trend_change_all(struct trend_report *r, struct trend_metric *m)
{
    m->changes = calloc(m->found.count + 1, sizeof *m->changes);
    int ret = m->changes ? 0 : -ENOMEM;
    for (size_t i = 0; i < m->found.count && ret == 0; i++)
        ret = describe(r, m, &m->changes[i], &m->found.points[i]);
    return ret;
}

/* --- negative controls ----------------------------------------------------------------- */

static bool moves_there(const struct trend_metric *control, const struct trend_change *c)
{
    for (size_t i = 0; i < control->found.count; i++)
        if (control->changes[i].from <= c->to && c->from <= control->changes[i].to)
            return true;
    return false;
}

static int name_controls(struct trend_report *r, struct trend_change *c)
{
    char names[200];
    size_t at = 0;
    for (size_t i = r->metric_count; i < r->metric_count + r->control_count; i++)
        if (moves_there(&r->series[i], c) && at < sizeof names)
            at += (size_t)snprintf(names + at, sizeof names - at, "%s%s", at ? ", " : "",
                                   r->series[i].metric->name);
    c->machine = at ? keep_text(&r->keep, names) : NULL;
    return at && !c->machine ? -ENOMEM : 0;
}

int trend_change_machine(struct trend_report *r, struct trend_metric *m)
{
    int ret = 0;
    for (size_t i = 0; i < m->found.count && ret == 0; i++)
        ret = name_controls(r, &m->changes[i]);
    return ret;
}
