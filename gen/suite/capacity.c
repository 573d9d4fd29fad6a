/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * capacity: how many users the peer carries. A user is a connection that makes user_rate requests.
 * Levels are `users` times each growth, and times peak, from the lowest up. A level that holds at
 * once is carried; one that does not is tried again until two trials agree. The first that is not
 * carried ends the search.
 */
#include <math.h>
#include <stdio.h>

#include "suite/suites.h"

#define RECOMMENDED 0.7
#define AGREE       2

static const char *capacity_rules(const struct job *job)
{
    return job->search.capacity_sla;
}

static void capacity_judge(const struct search *s, struct trial *t)
{
    (void)s;
    if (!judge_achieved(t))
        judge_objective(t);
}

/* --- levels ----------------------------------------------------------------------------------- */

static uint32_t users_at(const struct job *job, double factor)
{
    return (uint32_t)llround(job->search.users * factor);
}

/* The smallest level above `users`; 0: there is none. */
static uint32_t level_after(const struct job *job, uint32_t users)
{
    const struct job_search *k = &job->search;
    uint32_t next = users_at(job, k->peak);
    next = next > users ? next : 0;
    for (uint32_t i = 0; i < k->growth.count; i++) {
        uint32_t level = users_at(job, k->growth.values[i]);
        if (level > users && (!next || level < next))
            next = level;
    }
    return next;
}

/* Every user has the rate of its own; how many a trial had follows from its rate. */
static uint32_t users_of(const struct search *s, const struct trial *t)
{
    return (uint32_t)llround(t->result.requested_per_s / s->job->search.user_rate_per_s);
}

/* CARRIED at once by the first trial, otherwise by two of them; LATE, OPEN: nothing can be said. */
enum level { LEVEL_AGAIN, LEVEL_CARRIED, LEVEL_BROKEN, LEVEL_UNKNOWN };

static enum level level_of(const struct search *s, uint32_t users)
{
    uint32_t passed = 0, failed = 0, open = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct trial *t = &s->trials[i];
        if (users_of(s, t) != users)
            continue;
        passed += t->passed == TRIAL_PASSED;
        failed += t->passed == TRIAL_FAILED;
        open += t->passed == TRIAL_OPEN;
    }
    if (passed >= AGREE || (passed && !failed))
        return LEVEL_CARRIED;
    if (failed >= AGREE)
        return LEVEL_BROKEN;
    return open >= AGREE ? LEVEL_UNKNOWN : LEVEL_AGAIN;
}

/* --- the next trial --------------------------------------------------------------------------- */

static enum suite_next capacity_next(const struct search *s, struct job_phase *out)
{
    uint32_t users = s->count ? users_of(s, &s->trials[s->count - 1]) : 0;
    enum level level = s->count ? level_of(s, users) : LEVEL_CARRIED;
    if (level == LEVEL_BROKEN || level == LEVEL_UNKNOWN)
        return level == LEVEL_BROKEN ? SUITE_FINISHED : SUITE_UNDECIDED;
    if (level == LEVEL_CARRIED)
        users = level_after(s->job, users);
    if (!users)
        return SUITE_FINISHED;
    double rate = users * s->job->search.user_rate_per_s;
    phase_rate(out, rate);
    out->connections = users;
    out->duration_ns = phase_time_ns(s->job, rate);
    return SUITE_MORE;
}

/* --- what they come to ------------------------------------------------------------------------ */

static void add_figure(const struct search *s, struct suite_findings *f, const struct trial *t,
                       const char *name, const char *unit, double value, const char *missing)
{
    struct suite_finding *row = finding_add(f, unit, "%s", name);
    row->value = value;
    row->trial = trial_index(s, t);
    finding_say(row, "%s", isnan(value) ? missing : "measured at the largest level that was carried");
}

static void add_resources(const struct search *s, struct suite_findings *f, const struct trial *t)
{
    static const char few[] = "not sampled: the trial was too short, or no local process";
    const struct trial_result *r = &t->result;
    add_figure(s, f, t, "achieved_per_s", "1/s", r->achieved_per_s, few);
    add_figure(s, f, t, "connections", "1", r->open, few);
    add_figure(s, f, t, "cpu_gen_percent", "%", r->cpu_gen_percent, few);
    add_figure(s, f, t, "cpu_peer_percent", "%", r->cpu_peer_percent, few);
    add_figure(s, f, t, "memory_gen_mib", "MiB", r->rss_gen_bytes / 1048576, few);
    add_figure(s, f, t, "memory_peer_mib", "MiB", r->rss_peer_bytes / 1048576, few);
}

static const struct trial *largest_carried(const struct search *s)
{
    const struct trial *best = NULL;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct trial *t = &s->trials[i];
        if (t->passed == TRIAL_PASSED && level_of(s, users_of(s, t)) == LEVEL_CARRIED)
            best = t;
    }
    return best;
}

static void capacity_findings(const struct search *s, struct suite_findings *out)
{
    const struct trial *best = largest_carried(s);
    const struct trial *last = s->count ? &s->trials[s->count - 1] : NULL;
    bool all = best && !level_after(s->job, users_of(s, best));
    const struct trial *stop = !all && last && last->passed != TRIAL_PASSED ? last : NULL;
    struct suite_finding *row = finding_add(out, "1", "users");
    if (best) {
        row->value = row->low = users_of(s, best);
        row->trial = trial_index(s, best);
    }
    if (stop && stop->passed == TRIAL_FAILED)
        row->high = users_of(s, stop);
    if (!s->count)
        finding_say(row, "no level was finished");
    else if (!best)
        finding_say(row, "not even %u users were carried: %s", users_of(s, &s->trials[0]),
                    s->trials[s->count - 1].reason);
    else if (all)
        finding_say(row, "at least: the highest level was carried");
    else
        finding_say(row, "carried; %u users: %s", last ? users_of(s, last) : 0,
                    stop ? stop->reason : "not tried to the end");
    row = finding_add(out, "1", "recommended_users");
    row->value = best ? floor(RECOMMENDED * users_of(s, best)) : NAN;
    finding_say(row, "%s", best ? "0.7 x the users that were carried" : "no level was carried");
    if (best)
        add_resources(s, out, best);
    finding_limit(out, s, stop);
}

const struct suite capacity_suite = {
    .name = "capacity",
    .meaning = "how many users are carried: a connection each, user_rate requests, growth and peak",
    .rules = capacity_rules,
    .rules_key = "capacity_sla",
    .fixed_rules = "achieved>=90%",
    .next = capacity_next,
    .judge = capacity_judge,
    .findings = capacity_findings,
};
