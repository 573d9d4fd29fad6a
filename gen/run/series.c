/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/series.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "run/check.h"
#include "run/exits.h"
#include "run/run.h"

enum fate { WAITING, RUN, SKIPPED };

/* What became of one job. */
struct outcome {
    enum fate fate;
    bool quiet;
    char workload[96];
    struct run_result result;
    struct err err; /* why it was skipped, or failed */
};

/* ---- before ---- */

static int check_one(const struct series *s, const char *path, struct outcome *o, struct err *e)
{
    struct job job;
    int rc = job_load(&job, path, &s->args, e);
    if (rc)
        return rc;
    rc = check_job(&job, e);
    snprintf(o->workload, sizeof o->workload, "%s", job.workload_id);
    o->quiet = job.quiet;
    job_fini(&job);
    return rc;
}

/* The name that a job would have, when it could not be read whole. */
static void name_of(const char *path, char *buf, size_t size)
{
    const char *slash = strrchr(path, '/');
    snprintf(buf, size, "%s", slash ? slash + 1 : path);
    size_t len = strlen(buf);
    if (len > 5 && !strcmp(buf + len - 5, ".conf"))
        buf[len - 5] = '\0';
}

/* A mistake in the last job must not show after the first has run for an hour. */
static int check_all(const struct series *s, struct outcome *outcomes, struct err *e)
{
    uint32_t left = s->jobs.count;
    for (uint32_t i = 0; i < s->jobs.count; i++) {
        const struct listed_job *listed = &s->jobs.all[i];
        struct outcome *o = &outcomes[i];
        name_of(listed->path, o->workload, sizeof o->workload);
        int rc = check_one(s, listed->path, o, &o->err);
        if (rc && (rc != -EOPNOTSUPP || !listed->of_folder)) {
            *e = o->err;
            return rc;
        }
        if (!rc)
            continue;
        o->fate = SKIPPED;
        o->result.exit_code = EXIT_INCONCLUSIVE;
        if (--left == 0) {
            *e = o->err; /* nothing is left to run: the last one says why */
            return rc;
        }
    }
    return 0;
}

/* ---- one after the other ---- */

static void run_one(const struct series *s, uint32_t i, struct outcome *o)
{
    struct job job;
    o->fate = RUN;
    int rc = job_load(&job, s->jobs.all[i].path, &s->args, &o->err);
    if (rc) {
        o->result.exit_code = o->err.exit_code;
        return;
    }
    identity_seed(&job);
    rc = run_job(&job, NULL, s->signal, s->crash, &o->result, &o->err);
    job_fini(&job);
    if (rc)
        o->result.exit_code = o->err.exit_code;
}

static void announce(const struct series *s, uint32_t i, const struct outcome *o)
{
    if (s->jobs.count > 1 && !o->quiet)
        fprintf(stderr, "%u of %u: %s\n", i + 1, s->jobs.count, s->jobs.all[i].path);
}

static void run_all(const struct series *s, struct outcome *outcomes)
{
    bool stop = false;
    for (uint32_t i = 0; i < s->jobs.count && !stop && !*s->signal; i++) {
        struct outcome *o = &outcomes[i];
        if (o->fate == SKIPPED)
            continue;
        announce(s, i, o);
        run_one(s, i, o);
        if (s->jobs.count > 1 && o->err.exit_code)
            fprintf(stderr, "gen: %s: %s\n", s->jobs.all[i].path, o->err.message);
        stop = s->stop_on_failure && o->result.exit_code != EXIT_WELL;
    }
}

/* ---- the table ---- */

/* A row without figures: the job has none. */
static void print_bare(FILE *table, const struct outcome *o, const char *state,
                       const char *verdict, const char *why)
{
    fprintf(table, "%4s  %-28s %-11s %-7s %s\n", "-", o->workload, state, verdict, why);
}

static void print_outcome(FILE *table, const struct outcome *o)
{
    switch (o->fate) {
    case RUN:
        if (o->result.id)
            fprintf(table, "%s\n", o->result.line);
        else
            print_bare(table, o, "failed", "-", o->err.message);
        return;
    case SKIPPED:
        print_bare(table, o, "skipped", "SKIP", o->err.message);
        return;
    case WAITING:
        print_bare(table, o, "not run", "-", "the series ended before its turn");
        return;
    }
}

/* Standard output has the JSON stream of one of them. */
static bool any_to_stderr(const struct series *s, const struct outcome *outcomes)
{
    bool any = false;
    for (uint32_t i = 0; i < s->jobs.count; i++)
        any |= outcomes[i].result.to_stderr;
    return any;
}

/* Of one job there is a table only when it has a row; its message is the caller's to print. */
static int print_table(const struct series *s, const struct outcome *outcomes, struct err *e)
{
    int worst = EXIT_WELL;
    bool one = s->jobs.count == 1;
    FILE *table = any_to_stderr(s, outcomes) ? stderr : stdout;
    if (!one || outcomes->result.id)
        fprintf(table, "%s\n", run_table_head);
    for (uint32_t i = 0; i < s->jobs.count; i++) {
        if (!one || outcomes->result.id)
            print_outcome(table, &outcomes[i]);
        worst = exit_worse(worst, outcomes[i].result.exit_code);
    }
    fflush(table);
    if (one)
        *e = outcomes->err;
    return worst;
}

int series_run(const struct series *s, struct err *e)
{
    struct outcome *outcomes = calloc(s->jobs.count, sizeof *outcomes);
    if (!outcomes)
        return err_set(e, EXIT_RUN, EXIT_RUN, "no memory for the results of %u jobs", s->jobs.count);
    int code = check_all(s, outcomes, e) ? e->exit_code : EXIT_WELL;
    if (!code) {
        run_all(s, outcomes);
        code = print_table(s, outcomes, e);
    }
    free(outcomes);
    return *s->signal ? 128 + *s->signal : code;
}
