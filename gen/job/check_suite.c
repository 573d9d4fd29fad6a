/* SPDX-License-Identifier: BSD-3-Clause */
/* Contradictions between the keys of suites, and what they make of the job. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "job/load.h"
#include "job/value.h"

#define CONNECTIONS_MAX 20000000 /* as for the key connections */

bool job_searches(const struct job *job)
{
    return strcmp(job->search.suite, "none") != 0;
}

static bool is_suite(const struct job *job, const char *name)
{
    return !strcmp(job->search.suite, name);
}

/* --- which keys go together ------------------------------------------------------------------- */

static const struct {
    const char *key, *suite; /* "": any */
    const char *also;        /* another that it is for; NULL: none */
} owners[] = {
    {"step_time", ""},
    {"step_completions", ""},
    {"step_rates", "limits"},
    {"step_high", "limits"},
    {"find_low", "find_max"},
    {"find_high", "find_max"},
    {"find_resolution", "find_max", "rfc9411"},
    {"find_trials", "find_max"},
    {"find_time", "find_max"},
    {"users", "capacity"},
    {"user_rate", "capacity", "rfc9411"},
    {"growth", "capacity"},
    {"peak", "capacity"},
    {"capacity_sla", "capacity"},
    {"scale_connections", "scale_steps"},
};

static int check_owners(const struct loader *l)
{
    const struct job *job = l->job;
    for (size_t i = 0; i < sizeof owners / sizeof *owners; i++) {
        const char *suite = owners[i].suite;
        bool also = owners[i].also && is_suite(job, owners[i].also);
        bool fits = also || (*suite ? is_suite(job, suite) : job_searches(job));
        if (fits || option_is_default(option_find(owners[i].key), job))
            continue;
        if (!strcmp(suite, "find_max"))
            return job_refuse(l->e, job, 0, owners[i].key, "expected find_max = RULES as well");
        return job_refuse(l->e, job, 0, owners[i].key, "expected suite = %s as well",
                          *suite ? suite : "NAME");
    }
    return 0;
}

/* find_max = RULES is enough: it names its suite itself. */
static int settle_find_max(const struct loader *l)
{
    struct job *job = l->job;
    bool rules = job->search.find_max[0] != '\0';
    if (rules && !job_searches(job))
        strcpy(job->search.suite, "find_max");
    if (rules && !is_suite(job, "find_max"))
        return job_refuse(l->e, job, 0, "find_max",
                          "suite = %s looks for something else: expected one of them",
                          job->search.suite);
    if (!rules && is_suite(job, "find_max"))
        return job_refuse(l->e, job, 0, "suite", "expected find_max = RULES as well");
    return 0;
}

/* A search compares what it asks for with what was achieved: the rate must not move. */
static int check_steady_shape(const struct loader *l)
{
    const char *shape = l->job->phases[0].shape;
    if (!job_searches(l->job) || !strcmp(shape, "constant") || !strcmp(shape, "poisson") ||
        !strcmp(shape, "max"))
        return 0;
    return job_refuse(l->e, l->job, 0, "shape",
                      "a suite needs a rate that does not move: expected constant or poisson");
}

/* --- each suite ------------------------------------------------------------------------------- */

static int check_limits(const struct loader *l)
{
    const struct job_search *s = &l->job->search;
    if (s->step_high < s->step_rates.values[0])
        return job_refuse(l->e, l->job, 0, "step_high",
                          "below the first of step_rates, %.12g: expected at least that",
                          s->step_rates.values[0]);
    return 0;
}

static int check_find_max(const struct loader *l)
{
    const struct job_search *s = &l->job->search;
    if (!(s->find_low > 0))
        return job_refuse(l->e, l->job, 0, "find_low", "expected a rate above 0");
    if (!(s->find_high > s->find_low))
        return job_refuse(l->e, l->job, 0, "find_high", "expected more than find_low = %.12g",
                          s->find_low);
    return 0;
}

/* Users keep their connections, and make requests. */
static int check_users(const struct loader *l)
{
    const struct job *job = l->job;
    enum job_pattern pattern = job->phases[0].pattern;
    if (!(job->search.user_rate_per_s > 0))
        return job_refuse(l->e, job, 0, "user_rate", "expected a rate above 0");
    if (pattern == PATTERN_SHORT_LIVED || pattern == PATTERN_POOLED)
        return job_refuse(l->e, job, 0, "pattern",
                          "a user of suite = %s keeps its connection: expected long_lived, "
                          "reconnect or churn", job->search.suite);
    return 0;
}

static int check_capacity(const struct loader *l)
{
    struct job *job = l->job;
    const struct job_search *s = &job->search;
    double most = fmax(s->peak, s->growth.values[s->growth.count - 1]) * s->users;
    int rc = check_users(l);
    if (rc)
        return rc;
    if (most > CONNECTIONS_MAX)
        return job_refuse(l->e, job, 0, "users",
                          "the highest level is %.12g connections: expected at most %d", most,
                          CONNECTIONS_MAX);
    if (job->workers > s->users)
        return job_refuse(l->e, job, 0, "workers", "more than users = %u: expected at most as many",
                          s->users);
    job->connections = (uint32_t)llround(most);
    return 0;
}

static int check_scale_steps(const struct loader *l)
{
    struct job *job = l->job;
    const struct job_list *steps = &job->search.scale_connections;
    if (!job->phases[0].rate_max)
        return job_refuse(l->e, job, 0, "rate",
                          "suite = scale_steps measures at max: expected that");
    if (job->workers > steps->values[0])
        return job_refuse(l->e, job, 0, "workers",
                          "more than the first of scale_connections, %.12g: expected at most that",
                          steps->values[0]);
    job->connections = (uint32_t)steps->values[steps->count - 1];
    return 0;
}

/* Its trials last the job's own duration. With rate = max the connections are the objective. */
static int check_rfc9411(const struct loader *l)
{
    static const char *const of_steps[] = {"step_time", "step_completions"};
    const struct job *job = l->job;
    const struct job_phase *p = &job->phases[0];
    for (size_t i = 0; i < sizeof of_steps / sizeof *of_steps; i++)
        if (!option_is_default(option_find(of_steps[i]), job))
            return job_refuse(l->e, job, 0, of_steps[i],
                              "a trial of suite = rfc9411 lasts its warmup and its duration: expected those");
    if (!p->rate_max && !(p->rate_per_s > 0))
        return job_refuse(l->e, job, 0, "rate", "suite = rfc9411: expected the objective, or max");
    if (p->rate_max && job->workers * 10ull > p->connections)
        return job_refuse(l->e, job, 0, "workers",
                          "more than a tenth of connections = %u: expected at most so many", p->connections);
    return p->rate_max ? check_users(l) : 0;
}

static const struct {
    const char *suite;
    int (*check)(const struct loader *l);
} checks[] = {
    {"limits", check_limits},
    {"find_max", check_find_max},
    {"capacity", check_capacity},
    {"scale_steps", check_scale_steps},
    {"rfc9411", check_rfc9411},
};

int loader_settle_suite(struct loader *l)
{
    int ret = settle_find_max(l);
    if (ret == 0)
        ret = check_owners(l);
    if (ret == 0)
        ret = check_steady_shape(l);
    if (ret == 0 && job_searches(l->job) && l->job->phases_count > 1)
        ret = job_refuse(l->e, l->job, 0, "suite",
                         "a suite makes its own phases, and the job has %u: expected one",
                         l->job->phases_count);
    for (size_t i = 0; i < sizeof checks / sizeof *checks && ret == 0; i++)
        if (is_suite(l->job, checks[i].suite))
            ret = checks[i].check(l);
    return ret;
}
