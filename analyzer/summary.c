/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/summary.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/counts.h"
#include "base/err.h"
#include "base/units.h"

/* Text that the schema promises and a foreign file may lack all the same. */
static const char *keep_some(struct summary *s, const char *text)
{
    const char *kept = keep_text(&s->keep, text);
    return kept ? kept : "?";
}

static int no_memory(struct err *e)
{
    return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory reading a run");
}

/* --- phases ---------------------------------------------------------------------------- */

static void name_phase(struct summary *s, const char *name)
{
    char joined[256];
    snprintf(joined, sizeof joined, "%s%s%s", s->measured_phase ? s->measured_phase : "",
             s->measured_phase ? ", " : "", name ? name : "");
    s->measured_phase = keep_text(&s->keep, joined);
}

static void take_measured(struct summary *s, const struct phase_info *p)
{
    bool first = s->measured_phase == NULL;
    struct figure *asked = &s->figures[FIGURE_DURATION], *got = &s->figures[FIGURE_ACTUAL_DURATION];
    name_phase(s, p->name);
    s->under_saturation |= p->rate_max;
    if (first)
        s->measured_from_ns = p->started_ns;
    s->measured_to_ns = p->ended_ns;
    if (first || s->offered_rate_per_s != p->offered_rate_per_s)
        s->offered_rate_per_s = first ? p->offered_rate_per_s : NAN;
    double length_s = (double)ns_between(p->started_ns, p->ended_ns) / 1e9;
    figure_set(got, (first ? 0 : got->value) + length_s);
    if (p->requested_ns != QUERY_NONE && (first || asked->has))
        figure_set(asked, (first ? 0 : asked->value) + (double)p->requested_ns / 1e9);
    else
        figure_miss(asked, "a phase without a time limit");
}

static int read_phases(struct db *db, struct summary *s, struct err *e)
{
    figure_miss(&s->figures[FIGURE_DURATION], "no measured phase");
    figure_miss(&s->figures[FIGURE_ACTUAL_DURATION], "no measured phase");
    struct db_stmt *rows = NULL;
    struct phase_info p;
    int ret = query_phases(db, s->run.id, &rows, e);
    while (ret == 0 && (ret = query_phases_next(rows, &p, e)) == 1) {
        if (p.measured)
            take_measured(s, &p);
        if (p.ended_ns > s->whole_to_ns)
            s->whole_to_ns = p.ended_ns;
        ret = 0;
    }
    db_finish(rows);
    return ret;
}

struct seconds summary_pieces(const struct summary *s, int64_t length_ns)
{
    int64_t measured = s->measured_phase ? s->measured_from_ns : s->run.started_ns;
    uint64_t before = 0;
    if (s->run.started_ns < measured)
        before = ((uint64_t)measured - (uint64_t)s->run.started_ns) / (uint64_t)length_ns + 1;
    int64_t from = (int64_t)((uint64_t)measured - before * (uint64_t)length_ns);
    return seconds_over(from, s->whole_to_ns, length_ns);
}

static void choose_seconds(struct summary *s)
{
    if (s->run.interval_ns < (int64_t)NS_PER_MS)
        s->run.interval_ns = (int64_t)NS_PER_MS;
    int64_t length = (int64_t)NS_PER_S;
    s->seconds = summary_pieces(s, length > s->run.interval_ns ? length : s->run.interval_ns);
}

/* --- lists ----------------------------------------------------------------------------- */

static int read_tallies(struct db *db, struct summary *s, enum query_scope scope,
                        struct tally_list *out, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct counter_info row;
    int ret = query_counters(db, s->run.id, scope, &rows, e);
    while (ret == 0 && (ret = query_counters_next(rows, &row, e)) == 1) {
        struct tally *t = list_grow((void **)&out->rows, &out->count, sizeof *t);
        ret = t ? 0 : no_memory(e);
        if (t)
            *t = (struct tally){keep_some(s, row.kind), keep_some(s, row.name),
                                keep_some(s, row.meaning), (uint64_t)row.value};
    }
    db_finish(rows);
    return ret;
}

static int read_verdicts(struct db *db, struct summary *s, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct verdict_info row;
    int ret = query_verdicts(db, s->run.id, &rows, e);
    while (ret == 0 && (ret = query_verdicts_next(rows, &row, e)) == 1) {
        struct verdict_info *v =
            list_grow((void **)&s->verdicts.rows, &s->verdicts.count, sizeof *v);
        ret = v ? 0 : no_memory(e);
        if (!v)
            break;
        *v = row;
        const char **texts[] = {&v->phase, &v->rule,  &v->metric, &v->op,
                                &v->unit,  &v->state, &v->reason};
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            *texts[i] = keep_text(&s->keep, *texts[i]);
        v->state = v->state ? v->state : "?";
        v->rule = v->rule ? v->rule : "?";
    }
    db_finish(rows);
    return ret;
}

static int read_environment(struct db *db, struct summary *s, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct environment_info row;
    int ret = query_environment(db, s->run.id, &rows, e);
    while (ret == 0 && (ret = query_environment_next(rows, &row, e)) == 1) {
        struct environment_info *v =
            list_grow((void **)&s->environment.rows, &s->environment.count, sizeof *v);
        ret = v ? 0 : no_memory(e);
        if (v)
            *v = (struct environment_info){keep_some(s, row.name), keep_text(&s->keep, row.value),
                                           keep_some(s, row.class)};
    }
    db_finish(rows);
    return ret;
}

static int read_pools(struct db *db, struct summary *s, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct pool_info row;
    int ret = query_pools(db, s->run.id, &rows, e);
    while (ret == 0 && (ret = query_pools_next(rows, &row, e)) == 1) {
        struct pool_info *p = list_grow((void **)&s->pools.rows, &s->pools.count, sizeof *p);
        ret = p ? 0 : no_memory(e);
        if (p) {
            *p = row;
            p->side = keep_some(s, row.side);
            p->pool = keep_some(s, row.pool);
        }
    }
    db_finish(rows);
    return ret;
}

static int read_targets(struct db *db, struct summary *s, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct target_info row;
    int ret = query_targets(db, s->run.id, &rows, e);
    while (ret == 0 && (ret = query_targets_next(rows, &row, e)) == 1) {
        struct target_info *t = list_grow((void **)&s->targets.rows, &s->targets.count, sizeof *t);
        ret = t ? 0 : no_memory(e);
        if (t) {
            *t = row;
            t->address = keep_some(s, row.address);
        }
    }
    db_finish(rows);
    return ret;
}

static int read_trials(struct db *db, struct summary *s, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct trial_info row;
    int ret = query_trials(db, s->run.id, &rows, e);
    while (ret == 0 && (ret = query_trials_next(rows, &row, e)) == 1) {
        struct trial_info *t = list_grow((void **)&s->trials.rows, &s->trials.count, sizeof *t);
        ret = t ? 0 : no_memory(e);
        if (!t)
            break;
        *t = row;
        const char **texts[] = {&t->phase, &t->objective, &t->reason, &t->limited_by};
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            *texts[i] = keep_text(&s->keep, *texts[i]);
    }
    db_finish(rows);
    return ret;
}

static int read_findings(struct db *db, struct summary *s, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct finding_info row;
    int ret = query_findings(db, s->run.id, &rows, e);
    while (ret == 0 && (ret = query_findings_next(rows, &row, e)) == 1) {
        struct finding_info *f =
            list_grow((void **)&s->findings.rows, &s->findings.count, sizeof *f);
        ret = f ? 0 : no_memory(e);
        if (!f)
            break;
        *f = row;
        f->name = keep_some(s, row.name);
        f->unit = keep_some(s, row.unit);
        f->reason = keep_text(&s->keep, row.reason);
    }
    db_finish(rows);
    return ret;
}

static int read_times(struct db *db, struct summary *s, struct err *e)
{
    int ret = 0;
    for (int t = 0; t < TIME_COUNT && ret == 0; t++)
        ret = times_build(db, s->run.id, (enum time_kind)t, &s->seconds, &s->times[t], e);
    bool running = s->run.state == RUN_RUNNING;
    return ret ? ret : times_make_exact(db, s->run.id, running, s->times, &s->source, e);
}

static bool stored_limit(const struct run_info *run)
{
    return run->limited_by && strcmp(run->limited_by, limit_name(LIMIT_UNKNOWN)) != 0;
}

/* The stored word is that of the build that wrote it, and a killed run has none: the rows come
 * first. But the trials of a suite say nothing together: what stopped the search was stored. */
static int read_limit(struct db *db, struct summary *s, struct err *e)
{
    struct limit_figures f;
    struct limit_verdict v;
    int ret = limit_load(db, s->run.id, &f, e);
    if (ret)
        return ret;
    limit_judge(&f, &v);
    if ((v.by == LIMIT_UNKNOWN || s->trials.count) && stored_limit(&s->run)) {
        s->limited_by = s->limited_by_words = s->run.limited_by;
        s->limited_by_evidence = s->run.limited_by_evidence;
    } else if (f.seconds > 0) {
        s->limited_by = limit_part(v.by);
        s->limited_by_detail = limit_name(v.by);
        s->limited_by_words = limit_words(v.by);
        s->limited_by_evidence = keep_text(&s->keep, v.evidence);
        s->limited_by_remedy = v.remedy[0] ? keep_text(&s->keep, v.remedy) : NULL;
    }
    return 0;
}

/* --- the whole ------------------------------------------------------------------------- */

uint64_t tally_of(const struct tally_list *list, const char *kind, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->rows[i].kind, kind) == 0 && strcmp(list->rows[i].name, name) == 0)
            return list->rows[i].value;
    return 0;
}

uint64_t tally_sum(const struct tally_list *list, const char *kind)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->rows[i].kind, kind) == 0)
            sum += list->rows[i].value;
    return sum;
}

static const char *worst_verdict(const struct verdict_list *list)
{
    static const char *const worst_first[] = {"FAIL", "NOT_MEASURED",   "WARN",
                                              "PASS", "NOT_APPLICABLE", "SKIP"};
    for (size_t w = 0; w < sizeof worst_first / sizeof *worst_first; w++)
        for (size_t i = 0; i < list->count; i++)
            if (strcmp(list->rows[i].state, worst_first[w]) == 0)
                return worst_first[w];
    return NULL;
}

static int read_all(struct db *db, int64_t run_id, struct summary *s, struct err *e)
{
    int ret = query_run_load(db, run_id, &s->run, e);
    if (ret == 0) {
        s->whole_to_ns = s->run.ended_ns == QUERY_NONE ? s->run.started_ns : s->run.ended_ns;
        ret = read_phases(db, s, e);
        choose_seconds(s);
    }
    ret = ret ? ret : read_tallies(db, s, SCOPE_MEASURED, &s->measured, e);
    ret = ret ? ret : read_tallies(db, s, SCOPE_OUTCOME, &s->outcome, e);
    ret = ret ? ret : read_tallies(db, s, SCOPE_ALL, &s->whole, e);
    ret = ret ? ret : read_verdicts(db, s, e);
    ret = ret ? ret : read_environment(db, s, e);
    ret = ret ? ret : read_targets(db, s, e);
    ret = ret ? ret : read_pools(db, s, e);
    ret = ret ? ret : read_trials(db, s, e);
    ret = ret ? ret : read_findings(db, s, e);
    ret = ret ? ret : read_times(db, s, e);
    ret = ret ? ret : counts_build(db, s, e);
    ret = ret ? ret : read_limit(db, s, e);
    s->verdict = worst_verdict(&s->verdicts);
    return ret;
}

int summary_build(struct db *db, int64_t run_id, struct summary *out, struct err *e)
{
    *out = (struct summary){.offered_rate_per_s = NAN};
    int ret = query_begin(db, e);
    if (ret)
        return ret;
    ret = read_all(db, run_id, out, e);
    query_end(db);
    return ret;
}

void summary_fini(struct summary *s)
{
    for (int t = 0; t < TIME_COUNT; t++)
        times_fini(&s->times[t]);
    free(s->measured.rows);
    free(s->outcome.rows);
    free(s->whole.rows);
    free(s->verdicts.rows);
    free(s->environment.rows);
    free(s->targets.rows);
    free(s->pools.rows);
    free(s->trials.rows);
    free(s->findings.rows);
    run_info_fini(&s->run);
    keep_fini(&s->keep);
}

static bool is(const char *text, const char *what)
{
    return text && strcmp(text, what) == 0;
}

int summary_exit_code(const struct summary *s)
{
    switch (s->run.state) {
    case RUN_INTERRUPTED:
    case RUN_ABORTED:
    case RUN_FAILED:
        return EXIT_RUN;
    case RUN_RUNNING:
        return EXIT_INCONCLUSIVE;
    case RUN_DONE:
        break;
    }
    if (s->run.valid == 0)
        return EXIT_INVALID;
    if (is(s->verdict, "FAIL"))
        return EXIT_VERDICT;
    return is(s->verdict, "NOT_MEASURED") ? EXIT_INCONCLUSIVE : EXIT_WELL;
}
