/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/dryrun.h"

#include <stdarg.h>

#include "app/app.h"
#include "base/err.h"
#include "run/check.h"
#include "run/exits.h"

void dryrun_row(int code, const char *name, const char *format, ...)
{
    va_list args;
    printf("  %-7s  %-12s  ", code ? "problem" : "ok", name);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

/* A job that contradicts itself has no plan. */
static int refused(const struct err *e)
{
    puts("checks");
    dryrun_row(e->exit_code, "job", "%s", e->message);
    puts("no plan: the job is refused before anything else is looked at");
    return e->exit_code;
}

static void print_head(const struct job *job)
{
    printf("%s%s%s\n", job->workload_id, *job->description ? ": " : "", job->description);
    if (*job->overrides)
        printf("  overridden by %s\n", job->overrides);
}

static int dryrun_one(struct job *job)
{
    struct err e = {0};
    struct need need;
    print_head(job);
    if (check_job(job, &e))
        return refused(&e);
    const struct app_proto *proto = app_proto_find(job->protocol);
    need_of(job, proto, &need);
    dryrun_plan(job, proto);
    need_print(job, proto, &need);
    puts("checks");
    dryrun_row(EXIT_WELL, "job", "keys, values, contradictions, rules and faults are well");
    int code = dryrun_check(job, &need);
    puts(code ? "dry run: this job could not run here as it is" : "dry run: nothing was sent");
    return code;
}

int dryrun_all(const struct series *s)
{
    int worst = EXIT_WELL;
    for (uint32_t i = 0; i < s->jobs.count && !*s->signal; i++) {
        struct job job;
        struct err e = {0};
        printf("%s%s\n", i ? "\n" : "", s->jobs.all[i].path);
        int code = job_load(&job, s->jobs.all[i].path, &s->args, &e) ? refused(&e)
                                                                     : dryrun_one(&job);
        job_fini(&job);
        worst = exit_worse(worst, code);
    }
    return *s->signal ? 128 + *s->signal : worst;
}
