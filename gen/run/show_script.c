/* SPDX-License-Identifier: BSD-3-Clause */
/* gen replay FILE.pkt: a script played on our engine, in virtual time. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/app.h"
#include "base/err.h"
#include "job/job.h"
#include "run/setup.h"
#include "run/show.h"
#include "run/worker.h"
#include "script/engine.h"

#define START_NS 1000000000ull /* of the virtual clock */

/* Frames of a script are what the script is about, and no key of a job. */
static int check_frames(const struct job *job, struct err *e)
{
    return job->vlan ? job_refuse(e, job, 0, "vlan", "a script's frames have no tag: expected vlan = 0")
                     : 0;
}

/* As a client's stack of a job with these keys. */
static int config_of(const struct show_ask *ask, struct stack_config *out, struct err *e)
{
    struct job *job = malloc(sizeof *job);
    struct worker_config *worker = calloc(1, sizeof *worker);
    int rc = job && worker ? job_defaults(job, &(struct job_args){ask->argc, ask->argv, NULL}, e)
                           : err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "no memory for a job");
    bool made = !rc;
    if (made)
        rc = check_frames(job, e);
    if (!rc) {
        setup_client(job, app_proto_find("echo"), 0, worker);
        *out = worker->stack;
    }
    if (made)
        job_fini(job);
    free(job);
    free(worker);
    return rc;
}

static void show_row(void *ctx, const struct script_row *row, const struct segment *sent,
                     uint64_t at_ns)
{
    const struct show_ask *ask = ctx;
    char text[SEGMENT_TEXT + 40], segment[SEGMENT_TEXT];
    if (sent)
        snprintf(text, sizeof text, "%u, > %s", row->line, segment_text(segment, sent, 0, 0));
    else
        script_row_text(text, sizeof text, row);
    printf(ask->json ? "{\"s\":%.6f,\"line\":\"%s\"}\n" : "%12.6f  line %s\n", (double)at_ns / 1e9,
           text);
}

static int play(const struct script *s, const struct show_ask *ask, struct script_engine *g)
{
    char why[SCRIPT_WHY];
    struct script_side side = script_engine_side(g);
    struct script_play how = {.peer_iss = 1000, .show = show_row, .ctx = (void *)(uintptr_t)ask};
    int rc = script_run(s, &side, &how, why);
    if (ask->json)
        printf("{\"verdict\":\"%s\",\"why\":\"%s\"}\n", rc ? "differs" : "passes", why);
    else
        printf("%s%s%s\n", rc ? "differs: " : "passes", rc ? ask->path : "", rc ? ":" : "");
    if (rc && !ask->json)
        printf("%s\n", why);
    return rc ? EXIT_VERDICT : EXIT_WELL;
}

int show_script(const struct show_ask *ask, struct err *e)
{
    struct script s;
    struct stack_config cfg;
    int rc = config_of(ask, &cfg, e);
    if (!rc)
        rc = script_load(&s, ask->path, e);
    if (rc)
        return e->exit_code;
    struct script_engine *g = script_engine_open(&cfg, START_NS, e);
    int code = g ? play(&s, ask, g) : e->exit_code;
    script_engine_close(g);
    script_free(&s);
    return code;
}
