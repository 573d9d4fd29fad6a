/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether two sides can be compared at all: only runs that ended well, that did the same work, on
 * machines that do not differ in what must not. Interleaved sides may differ in their jobs: that is
 * what such a set is made for.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/judge/compare_build.h"
#include "analyzer/out/format.h"
#include "analyzer/query_compare.h"
#include "base/err.h"

#define VALUE_BYTES 80 /* of one side's value of a field */

/* --- runs ------------------------------------------------------------------------------ */

static void check_run(struct comparison *c, const struct values_run *run)
{
    long long id = (long long)run->id;
    switch (run->state) {
    case RUN_DONE:
        break;
    case RUN_RUNNING:
        comparison_obstacle(c, "run %lld is still going on: compare it when it has ended", id);
        return;
    case RUN_INTERRUPTED:
    case RUN_ABORTED:
    case RUN_FAILED:
        comparison_obstacle(c, "run %lld did not end well, it is %s (%s): run it again", id,
                            run_state_name(run->state),
                            format_or(run->state_reason, "no reason is stored"));
        return;
    }
    if (run->valid == 0)
        comparison_obstacle(c, "run %lld is invalid (%s): mend that and run it again", id,
                            format_or(run->invalid_reason, "no reason is stored"));
    if (run->ended_ns != QUERY_NONE && run->ended_ns < run->started_ns)
        comparison_note(c, "run %lld ends before it begins: its clock was set back", id);
}

static void check_runs(struct comparison *c, const struct values *v)
{
    for (size_t i = 0; i < v->count; i++)
        check_run(c, &v->runs[i]);
}

/* --- environments ---------------------------------------------------------------------- */

/* One field on both sides while its rows pass by. */
struct field {
    char name[80], class[8];
    char value[2][VALUE_BYTES]; /* the values of a side, " | " between different ones */
    size_t runs[2];
};

static bool is_one_of(const char *values, const char *value)
{
    size_t len = strlen(value);
    for (const char *at = values; at; at = strstr(at, " | "), at += at ? 3 : 0)
        if (strncmp(at, value, len) == 0 && (!at[len] || strncmp(at + len, " | ", 3) == 0))
            return true;
    return false;
}

static void field_add(struct field *f, size_t side, const char *value)
{
    char *to = f->value[side];
    size_t at = strlen(to);
    f->runs[side]++;
    if (!is_one_of(to, value) || f->runs[side] == 1)
        snprintf(to + at, VALUE_BYTES - at, "%s%s", f->runs[side] > 1 ? " | " : "", value);
}

/* Differences of must and warn are kept; a side without the field differs from one that has it. */
static int field_end(struct comparison *c, const struct field *f, struct err *e)
{
    bool must = strcmp(f->class, "must") == 0;
    if (!f->name[0] || (!must && strcmp(f->class, "warn")) || strcmp(f->value[0], f->value[1]) == 0)
        return 0;
    struct comparison_difference *d =
        list_grow((void **)&c->differences, &c->difference_count, sizeof *d);
    if (!d)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory for the environments");
    *d = (struct comparison_difference){keep_text(&c->keep, f->name), must ? "must" : "warn",
                                        keep_text(&c->keep, f->runs[0] ? f->value[0] : "-"),
                                        keep_text(&c->keep, f->runs[1] ? f->value[1] : "-")};
    if (must)
        comparison_obstacle(c,
                            "the machines differ: %s is %s in the baseline and %s now; set a "
                            "baseline on this machine",
                            f->name, f->runs[0] ? f->value[0] : "-",
                            f->runs[1] ? f->value[1] : "-");
    return 0;
}

static int read_fields(struct db *db, const struct plan *plan, const char *runs,
                       struct comparison *c, struct err *e)
{
    struct db_stmt *s = NULL;
    struct field f = {0};
    int ret = query_environments(db, runs, &s, e);
    while (ret == 0 && (ret = db_step(s, e)) == 1) {
        const char *name = format_or(db_col_text(s, "name"), "?");
        ret = 0;
        if (strncmp(f.name, name, sizeof f.name - 1)) {
            ret = field_end(c, &f, e);
            f = (struct field){0};
            snprintf(f.name, sizeof f.name, "%s", name);
        }
        if (!f.class[0] || strcmp(format_or(db_col_text(s, "class"), ""), "must") == 0)
            snprintf(f.class, sizeof f.class, "%s", format_or(db_col_text(s, "class"), ""));
        field_add(&f, plan_holds(&plan->b, db_col_i64(s, "run_id")),
                  format_or(db_col_text(s, "value"), "-"));
    }
    db_finish(s);
    return ret ? ret : field_end(c, &f, e);
}

/* Reads something of all runs of both sides, named as a JSON list. */
static int of_both(struct db *db, const struct plan *plan, struct comparison *c,
                   int (*read)(struct db *db, const struct plan *plan, const char *runs,
                               struct comparison *c, struct err *e),
                   struct err *e)
{
    struct id_list both = {0};
    int ret = 0;
    for (size_t i = 0; i < plan->a.count && ret == 0; i++)
        ret = plan_add(&both, plan->a.ids[i], e);
    for (size_t i = 0; i < plan->b.count && ret == 0; i++)
        ret = plan_add(&both, plan->b.ids[i], e);
    char *runs = ret ? NULL : plan_json(&both);
    if (ret == 0)
        ret = runs ? read(db, plan, runs, c, e)
                   : err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory for the list of runs");
    free(runs);
    free(both.ids);
    return ret;
}

/* --- runs that were steered: they did what no job says ---------------------------------- */

static int read_steered(struct db *db, const struct plan *plan, const char *runs,
                        struct comparison *c, struct err *e)
{
    (void)plan;
    struct db_stmt *s = NULL;
    int ret = query_steered(db, runs, &s, e);
    while (ret == 0 && (ret = db_step(s, e)) == 1) {
        const char *argument = db_col_text(s, "argument");
        comparison_obstacle(c,
                            "run %lld was steered while it went on (gen ctl %s%s%s): run its job "
                            "again without",
                            (long long)db_col_i64(s, "run_id"), format_or(db_col_text(s, "name"), "?"),
                            argument ? " " : "", format_or(argument, ""));
        ret = 0;
    }
    db_finish(s);
    return ret;
}

/* --- jobs ------------------------------------------------------------------------------ */

static int read_job(struct db *db, int64_t run, struct keep *keep, const char **job, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = query_job(db, run, &s, e);
    *job = "";
    if (ret == 0 && (ret = db_step(s, e)) == 1) {
        const char *kept = keep_text(keep, db_col_text(s, "job"));
        *job = kept ? kept : "";
    }
    db_finish(s);
    return ret < 0 ? ret : 0;
}

static bool has_line(const char *text, const char *line, size_t len)
{
    for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n')
        if (strcspn(at, "\n") == len && strncmp(at, line, len) == 0)
            return true;
    return false;
}

/* The first line of `of` that `other` lacks and that tells works apart; "" when there is none. */
static void lone_line(const char *of, const char *other, char *out, size_t size)
{
    out[0] = '\0';
    for (const char *at = of; *at; at += strcspn(at, "\n"), at += *at == '\n') {
        size_t len = strcspn(at, "\n");
        bool told = strncmp(at, "seed", 4) && strncmp(at, "description", 11);
        if (told && !has_line(other, at, len)) {
            snprintf(out, size, "%.*s", (int)len, at);
            return;
        }
    }
}

static int tell_jobs_apart(struct db *db, struct comparison *c, const struct values_run *a,
                           const struct values_run *b, struct err *e)
{
    const char *job_a, *job_b;
    char line_a[100], line_b[100];
    int ret = read_job(db, a->id, &c->keep, &job_a, e);
    ret = ret ? ret : read_job(db, b->id, &c->keep, &job_b, e);
    if (ret)
        return ret;
    lone_line(job_a, job_b, line_a, sizeof line_a);
    lone_line(job_b, job_a, line_b, sizeof line_b);
    if (!line_a[0] && !line_b[0])
        comparison_obstacle(c, "runs %lld and %lld have different history keys", (long long)a->id,
                            (long long)b->id);
    else
        comparison_obstacle(c,
                            "the jobs differ: run %lld has \"%s\", run %lld has \"%s\"; compare "
                            "runs of one job",
                            (long long)a->id, line_a[0] ? line_a : "-", (long long)b->id,
                            line_b[0] ? line_b : "-");
    return 0;
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* The first run of `v` that did other work than `b`, or elsewhere. */
static const struct values_run *odd_one(const struct values *v, const struct values_run *b)
{
    for (size_t i = 0; i < v->count; i++)
        if (!same(v->runs[i].history_key, b->history_key) ||
            !same(v->runs[i].workload_id, b->workload_id))
            return &v->runs[i];
    return NULL;
}

/* A key that differs for the environment's sake was told by its fields. */
static int check_jobs(struct db *db, struct comparison *c, struct err *e)
{
    const struct values_run *b = &c->b.values.runs[0], *a = odd_one(&c->a.values, b);
    if (!a)
        a = odd_one(&c->b.values, b);
    if (!a)
        return 0;
    if (!same(a->workload_id, b->workload_id)) {
        comparison_obstacle(c,
                            "different workloads: run %lld is %s, run %lld is %s; name a run of "
                            "the same with --run",
                            (long long)a->id, a->workload_id, (long long)b->id, b->workload_id);
        return 0;
    }
    if (!same(a->environment_hash, b->environment_hash) && c->obstacle_count)
        return 0;
    return tell_jobs_apart(db, c, a, b, e);
}

int comparison_check(struct db *db, const struct plan *plan, struct comparison *c, struct err *e)
{
    check_runs(c, &c->a.values);
    check_runs(c, &c->b.values);
    int ret = of_both(db, plan, c, read_fields, e);
    size_t before = c->obstacle_count;
    ret = ret ? ret : of_both(db, plan, c, read_steered, e);
    if (ret || c->paired || c->obstacle_count > before)
        return ret; /* a steered run has a history key of its own, which was told now */
    return check_jobs(db, c, e);
}
