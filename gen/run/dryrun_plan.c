/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "base/units.h"
#include "run/dryrun.h"
#include "run/foresee.h"
#include "run/setup.h"
#include "run/step.h"

#define TIME_MAX 32

static void print_world(const struct job *job)
{
    char seed[32] = "chosen at the start";
    if (job->seed)
        snprintf(seed, sizeof seed, "%llu", (unsigned long long)job->seed);
    printf("  protocol %s on wire %s, %u worker%s, seed %s\n", job->protocol, job->wire,
           job->workers, job->workers > 1 ? "s" : "", seed);
    printf("  target");
    for (uint32_t i = 0; i < job->targets_count; i++)
        fputs(i ? ", " : " ", stdout), job_target_print(&job->targets[i], stdout);
    switch (job->peer) {
    case PEER_RESPOND:
        puts(", answered by our responder");
        return;
    case PEER_EXEC:
        printf(", answered by: %s\n", job->peer_exec);
        return;
    case PEER_NONE:
        puts(", not ours");
        return;
    }
}

static void step_print(const char *phase, const char *step, bool at_most, uint64_t ns,
                       const char *what)
{
    char name[96], time[TIME_MAX], text[TIME_MAX + 4];
    snprintf(name, sizeof name, "%s%s%s", phase, *phase ? " " : "", step);
    snprintf(text, sizeof text, "%s%s", at_most ? "<= " : "",
             units_format_ns(time, sizeof time, ns));
    printf("  %-26s %-12s %s\n", name, text, what);
}

static void connect_print(const struct job *job, const struct job_phase *p)
{
    char what[128], rate[64] = "as fast as connect_parallel allows";
    if (p->connect_rate_per_s > 0)
        snprintf(rate, sizeof rate, "%.12g/s", p->connect_rate_per_s);
    if (connect_beforehand(p))
        snprintf(what, sizeof what, "%u connections, %s", p->connections, rate);
    else
        snprintf(what, sizeof what, "neighbours only: %s opens under load",
                 job_pattern_name(p->pattern));
    step_print(p->name, "connect", true, connect_limit_ns(job, p), what);
}

static void load_print(const struct job_phase *p, const struct app_proto *proto)
{
    struct phase_texts texts;
    char what[1800];
    phase_texts_make(&texts, p, proto);
    bool none = proto->server->answer == APP_ANSWER_NONE;
    snprintf(what, sizeof what, "%s; %s B out, %s%s back; %u connections %s, depth %u%s%s",
             texts.load, texts.payload, none ? "nothing" : texts.reply[0] ? texts.reply : "as many",
             none || !texts.reply[0] ? "" : " B", p->connections, job_pattern_name(p->pattern),
             p->depth, *p->sla ? "; rules " : "", p->sla);
    if (p->warmup_ns)
        step_print(p->name, "warm-up", false, p->warmup_ns,
                   p->ramps_up ? "from nothing to that load, not measured" : "the same load, not measured");
    step_print(p->name, "measure", p->transactions != 0, p->duration_ns, what);
    if (p->transactions)
        printf("  %-26s %-12s or %llu transactions\n", "", "",
               (unsigned long long)p->transactions);
}

#define TRIALS_SHOWN 18

static void trial_print(void *ctx, uint32_t number, const struct job_phase *p)
{
    struct job_phase alike = *p;
    if (number > 1)
        alike.warmup_ns = 0; /* each has one; told once */
    if (number <= TRIALS_SHOWN)
        load_print(&alike, ctx);
    else if (number == TRIALS_SHOWN + 1)
        puts("  ... and so on");
}

/* What a search will ask for depends on what it is given. */
static void search_print(const struct job *job, const struct app_proto *proto)
{
    const struct job_search *s = &job->search;
    printf("  suite %s: trials, each connected before and drained after; if every one holds:\n",
           s->suite);
    foresee(job, trial_print, (void *)(uintptr_t)proto);
    if (*s->find_max)
        printf("  otherwise the rates between, %u trials or %llu s at most\n", s->find_trials,
               (unsigned long long)(s->find_ns / NS_PER_S));
}

static void phases_print(const struct job *job, const struct app_proto *proto)
{
    for (uint32_t i = 0; i < job->phases_count; i++) {
        connect_print(job, &job->phases[i]);
        load_print(&job->phases[i], proto);
        step_print(job->phases[i].name, "drain", true, job->drain_ns, "replies under way");
    }
}

void dryrun_plan(const struct job *job, const struct app_proto *proto)
{
    puts("plan");
    print_world(job);
    if (job_searches(job))
        search_print(job, proto);
    else
        phases_print(job, proto);
    step_print("", "close", true, job->close_ns, "all connections");
}
