/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/rng.h"
#include "job/job.h"
#include "run/check.h"
#include "run/interleave.h"
#include "run/list.h"
#include "run/responder.h"
#include "run/run.h"

/* Options ("--key...") for the job, everything else for the command. */
struct split {
    char **options, **names;
    int options_count, names_count;
};

static int split_args(const struct command_args *a, struct split *s, struct err *e)
{
    *s = (struct split){.options = calloc((size_t)a->argc + 1, sizeof(char *)),
                        .names = calloc((size_t)a->argc + 1, sizeof(char *))};
    if (!s->options || !s->names)
        return err_set(e, EXIT_RUN, -ENOMEM, "no memory");
    for (int i = 0; i < a->argc; i++) {
        if (a->argv[i][0] == '-')
            s->options[s->options_count++] = a->argv[i];
        else
            s->names[s->names_count++] = a->argv[i];
    }
    return 0;
}

static void split_free(struct split *s)
{
    free(s->options);
    free(s->names);
}

/* The seed is chosen here when the job leaves it open: it is then stored like a given one. */
static void choose_seed(struct job *job)
{
    while (!job->seed)
        job->seed = rng_entropy() >> 1; /* fits SQLite's signed integers as it is */
}

/* --- run ------------------------------------------------------------------------------------- */

static int run_one(const char *path, const struct split *s, const struct command_args *a,
                   struct run_result *out, struct err *e)
{
    struct job job;
    struct job_args args = {s->options_count, s->options, a->environ};
    int rc = job_load(&job, path, &args, e);
    if (rc)
        return rc;
    choose_seed(&job);
    rc = run_job(&job, NULL, a->signal, out, e);
    job_fini(&job);
    return rc;
}

/* A mistake in the last job must not show after the first has run for an hour. */
static int check_all(const struct split *s, const struct command_args *a, struct err *e)
{
    for (int i = 0; i < s->names_count; i++) {
        struct job job;
        struct job_args args = {s->options_count, s->options, a->environ};
        int rc = job_load(&job, s->names[i], &args, e);
        if (rc)
            return rc;
        rc = check_job(&job, e);
        job_fini(&job);
        if (rc)
            return rc;
    }
    return 0;
}

int command_run(const struct command_args *a, struct err *e)
{
    if (interleave_asked(a))
        return interleave_run(a, e);
    struct split s;
    int worst = EXIT_WELL, rc = split_args(a, &s, e);
    if (!rc && !s.names_count)
        rc = err_set(e, EXIT_USAGE, -EINVAL,
                     "no job: expected gen run JOB.conf ... [--key=value ...]");
    if (!rc)
        rc = check_all(&s, a, e);
    for (int i = 0; !rc && i < s.names_count && !*a->signal; i++) {
        struct run_result out = {0};
        rc = run_one(s.names[i], &s, a, &out, e);
        FILE *table = out.to_stderr ? stderr : stdout;
        if (i == 0 && out.id)
            fprintf(table, "%s\n", run_table_head);
        if (out.id)
            fprintf(table, "%s\n", out.line);
        fflush(table);
        if (out.exit_code > worst)
            worst = out.exit_code;
    }
    split_free(&s);
    if (*a->signal)
        return 128 + *a->signal;
    return rc ? e->exit_code : worst;
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
    if (strncmp(job->wire, "xdp:", 4))
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "respond: wire = \"%s\": expected xdp:IFACE[:QUEUE]", job->wire);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int rc = check_protocol(job, e);
    if (!rc)
        rc = clock_init(&clock, clock_source_parse(job->clock), e);
    struct responder_process p = {
        .job = job, .clock = &clock, .device = job->wire + 4, .listen = job->targets[0],
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
        choose_seed(&job);
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
