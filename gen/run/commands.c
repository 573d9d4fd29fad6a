/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "job/job.h"
#include "run/check.h"
#include "run/dryrun.h"
#include "run/interleave.h"
#include "run/list.h"
#include "run/responder.h"
#include "run/run.h"
#include "run/series.h"

/* --- run ------------------------------------------------------------------------------------- */

/* Options that are the command's own; all others are keys of the jobs. */
struct asked {
    bool dry_run, stop_on_failure;
    char *find_max; /* "--find-max=RULES", made of two arguments (malloc); NULL */
};

static bool flag_take(const char *arg, struct asked *asked)
{
    if (!strcmp(arg, "--dry-run"))
        return asked->dry_run = true;
    if (!strcmp(arg, "--stop-on-failure"))
        return asked->stop_on_failure = true;
    return false;
}

/* The one key whose value may stand apart: --find-max RULES. NULL: another one, or no memory. */
static char *find_max_join(const char *arg, const char *next)
{
    char *joined;
    if (!next || (strcmp(arg, "--find-max") && strcmp(arg, "--find_max")))
        return NULL;
    return asprintf(&joined, "%s=%s", arg, next) > 0 ? joined : NULL;
}

/* Splits the arguments into options and names, each in a list as long as all of them. */
static void split(const struct command_args *a, struct series *s, char **names, int *names_count,
                  struct asked *asked)
{
    for (int i = 0; i < a->argc; i++) {
        char *arg = a->argv[i];
        char *joined = asked->find_max ? NULL : find_max_join(arg, i + 1 < a->argc ? a->argv[i + 1] : NULL);
        if (joined) {
            s->args.argv[s->args.argc++] = asked->find_max = joined;
            i++;
        } else if (arg[0] != '-') {
            names[(*names_count)++] = arg;
        } else if (!flag_take(arg, asked)) {
            s->args.argv[s->args.argc++] = arg;
        }
    }
}

static int run_named(struct series *s, char **names, int count, const struct asked *asked,
                     struct err *e)
{
    if (!count)
        return err_set(e, EXIT_USAGE, EXIT_USAGE,
                       "no job: expected gen run JOB.conf|FOLDER ... [--key=value ...]");
    if (listed_jobs_make(&s->jobs, names, count, e))
        return e->exit_code;
    s->stop_on_failure = asked->stop_on_failure;
    return asked->dry_run ? dryrun_all(s) : series_run(s, e);
}

int command_run(const struct command_args *a, struct err *e)
{
    if (interleave_asked(a))
        return interleave_run(a, e);
    char **options = calloc((size_t)a->argc + 1, sizeof *options);
    char **names = calloc((size_t)a->argc + 1, sizeof *names);
    struct series s = {.args = {0, options, a->environ}, .signal = a->signal, .crash = a->crash};
    struct asked asked = {0};
    int count = 0, code = EXIT_RUN;
    if (options && names) {
        split(a, &s, names, &count, &asked);
        code = run_named(&s, names, count, &asked, e);
    } else {
        err_set(e, EXIT_RUN, -ENOMEM, "no memory");
    }
    listed_jobs_free(&s.jobs);
    free(asked.find_max);
    free(options);
    free(names);
    return code;
}

/* --- respond ---------------------------------------------------------------------------------- */

#define RESPOND_CONNECTIONS 100000u /* at once, unless the option says otherwise */

static void print_ready(void *ctx)
{
    (void)ctx;
    puts("ready");
    fflush(stdout);
}

static void print_totals(const struct responder_totals *t)
{
    printf("accepted=%llu requests=%llu replies=%llu bytes_in=%llu bytes_out=%llu retransmits=%llu "
           "closes=%llu aborts=%llu",
           (unsigned long long)t->counters[COUNTER_ACCEPTS], (unsigned long long)t->server.requests,
           (unsigned long long)t->server.replies, (unsigned long long)t->server.bytes_in,
           (unsigned long long)t->server.bytes_out,
           (unsigned long long)t->counters[COUNTER_RETRANSMITS],
           (unsigned long long)t->counters[COUNTER_CLOSES],
           (unsigned long long)t->counters[COUNTER_ABORTS]);
    for (int i = 1; i < DROP_COUNT; i++)
        if (t->drops[i])
            printf(" drop.%s=%llu", drop_name((enum drop)i), (unsigned long long)t->drops[i]);
    putchar('\n');
}

static int respond(const struct job *job, struct err *e)
{
    struct clock clock;
    struct responder_totals totals = {0};
    sigset_t set;
    const struct wire_kind *wire;
    int rc = check_device(job, &wire, e);
    if (rc)
        return rc;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    rc = check_protocol(job, e);
    if (!rc)
        rc = clock_init(&clock, clock_source_parse(job->clock), e);
    struct responder_process p = {
        .job = job, .clock = &clock, .wire = wire->device, .device = strchr(job->wire, ':') + 1,
        .ready = print_ready, .totals = &totals,
    };
    if (!rc)
        rc = responder_process_run(&p, e);
    if (totals.valid)
        print_totals(&totals);
    return rc;
}

int command_respond(const struct command_args *a, struct err *e)
{
    struct job job;
    struct job_args args = {a->argc, a->argv, a->environ};
    int rc = job_defaults(&job, &args, e);
    if (!rc) {
        identity_seed(&job);
        if (!strstr(job.overrides, "connections=")) /* a responder does not know who will come */
            job.connections = RESPOND_CONNECTIONS;
        rc = respond(&job, e);
        job_fini(&job);
    }
    return rc ? e->exit_code : EXIT_WELL;
}

/* --- list ------------------------------------------------------------------------------------- */

int command_list(const struct command_args *a, struct err *e)
{
    if (a->argc > 1)
        return err_set(e, EXIT_USAGE, EXIT_USAGE, "list: expected at most one folder");
    const char *dir = a->argc ? a->argv[0] : "conf";
    if (list_print(stdout, dir))
        return err_set(e, EXIT_USAGE, EXIT_USAGE,
                       "list: %s/workloads cannot be read: expected a folder of job files", dir);
    return EXIT_WELL;
}
