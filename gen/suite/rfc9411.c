/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rfc9411: the procedure of RFC 9411 7.2.4, 7.3.4 and 7.5.4. A tenth of the objective first, which
 * qualifies the set-up and ends the test where it does not hold; then the objective; where that does
 * not hold, bisection between what held and what broke, until they lie find_resolution apart. The
 * objective is the job's rate, or with rate = max its connections, each of which makes user_rate
 * requests. Each trial has the RFC's phases (4.3.4): ramp up (the warm-up, its rate rising from 0),
 * sustain (the measured time), ramp down (drain: nothing new begins). The criteria are the job's sla.
 */
#include <math.h>
#include <stdio.h>

#include "suite/suites.h"

#define INITIAL  0.1  /* of the objective: 7.2.3.2 */
#define REACHED  0.95 /* of the rate asked for: no farther below it than rates may deviate (7.2.3.3 c) */
#define OPEN_MAX 3    /* trials in a row that decided nothing */
#define LATE_MAX 3    /* trials of one load at which the generator was late, before it is believed */

static const char *rfc9411_rules(const struct job *job)
{
    return job->phases[0].sla;
}

/* --- loads ------------------------------------------------------------------------------------ */

static bool of_connections(const struct job *job)
{
    return job->phases[0].rate_max;
}

static double objective(const struct job *job)
{
    const struct job_phase *p = &job->phases[0];
    return of_connections(job) ? p->connections : p->rate_per_s * p->rate_scale;
}

static double initial(const struct job *job)
{
    double load = INITIAL * objective(job);
    return of_connections(job) ? fmax(1, ceil(load)) : load;
}

static double load_of(const struct search *s, const struct trial *t)
{
    return of_connections(s->job) ? t->result.connections : t->result.requested_per_s;
}

static const struct trial *highest_held(const struct search *s)
{
    const struct trial *best = NULL;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct trial *t = &s->trials[i];
        if (t->passed == TRIAL_PASSED && (!best || load_of(s, t) > load_of(s, best)))
            best = t;
    }
    return best;
}

static uint32_t times_late(const struct search *s, double load)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->count; i++)
        n += s->trials[i].result.late && load_of(s, &s->trials[i]) == load;
    return n;
}

/* What the generator cannot offer: nothing higher can be offered either. */
static bool is_beyond(const struct search *s, const struct trial *t)
{
    return t->result.late && times_late(s, load_of(s, t)) >= LATE_MAX;
}

static const struct trial *lowest_broken(const struct search *s)
{
    const struct trial *best = NULL;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct trial *t = &s->trials[i];
        if ((t->passed == TRIAL_FAILED || is_beyond(s, t)) && (!best || load_of(s, t) < load_of(s, best)))
            best = t;
    }
    return best;
}

/* --- the next trial --------------------------------------------------------------------------- */

/* Between the two by ratio; of connections a whole number. 0: there is none. */
static double between(const struct search *s, double held, double broken)
{
    double load = sqrt(held * broken);
    if (of_connections(s->job))
        load = fmax(floor(load), held + 1);
    return load < broken ? load : 0;
}

/* 0: there is none. */
static double next_load(const struct search *s)
{
    const struct trial *held = highest_held(s), *broken = lowest_broken(s);
    if (!broken && !held)
        return initial(s->job);
    if (!broken)
        return load_of(s, held) < objective(s->job) ? objective(s->job) : 0;
    if (!held || load_of(s, broken) <= load_of(s, held) * (1 + s->job->search.find_resolution))
        return 0;
    return between(s, load_of(s, held), load_of(s, broken));
}

static bool open_for_long(const struct search *s)
{
    uint32_t n = 0;
    while (n < s->count && n < OPEN_MAX && s->trials[s->count - 1 - n].passed == TRIAL_OPEN &&
           !s->trials[s->count - 1 - n].result.late)
        n++;
    return n == OPEN_MAX;
}

static enum suite_next rfc9411_next(const struct search *s, struct job_phase *out)
{
    const struct job *job = s->job;
    double load = next_load(s);
    if (!(load > 0))
        return SUITE_FINISHED;
    if (open_for_long(s))
        return SUITE_UNDECIDED;
    out->churn_rate_per_s *= load / objective(job);
    out->ramps_up = true;
    if (of_connections(job)) {
        out->connections = (uint32_t)load;
        load *= job->search.user_rate_per_s;
    }
    phase_rate(out, load);
    return SUITE_MORE;
}

/* --- a trial ---------------------------------------------------------------------------------- */

static bool judge_reached(const struct search *s, struct trial *t)
{
    const struct trial_result *r = &t->result;
    if (of_connections(s->job) && !(r->open >= r->connections))
        snprintf(t->reason, sizeof t->reason, "%.0f of %u connections were open", r->open,
                 r->connections);
    else if (!(r->achieved_per_s >= REACHED * r->requested_per_s))
        snprintf(t->reason, sizeof t->reason, "achieved %.1f %% of the rate asked for",
                 100 * r->achieved_per_s / r->requested_per_s);
    else
        return false;
    t->passed = TRIAL_FAILED;
    return true;
}

static void rfc9411_judge(const struct search *s, struct trial *t)
{
    if (!judge_reached(s, t))
        judge_objective(t);
}

/* --- what they come to ------------------------------------------------------------------------ */

static void say_validated(const struct search *s, struct suite_finding *row, const struct trial *held,
                          const struct trial *broken)
{
    if (held && load_of(s, held) >= objective(s->job))
        finding_say(row, "the objective was validated");
    else if (held)
        finding_say(row, "below the objective; %.6g: %s", broken ? load_of(s, broken) : objective(s->job),
                    broken ? broken->reason : "not tried to the end");
    else
        finding_say(row, "not found: %s%s", s->count ? "a tenth of the objective did not hold: " : "no trial was finished",
                    broken ? broken->reason : s->count ? s->trials[s->count - 1].reason : "");
}

static void add_load(const struct search *s, struct suite_findings *f, const char *what, double load)
{
    bool connections = of_connections(s->job);
    struct suite_finding *row = finding_add(f, connections ? "1" : "1/s", "%s_%s", what,
                                            connections ? "connections" : "per_s");
    row->value = load;
}

static void add_spread(const struct search *s, struct suite_findings *f, const struct trial *t,
                       const char *name, const char *unit, struct trial_spread v, const char *what)
{
    struct suite_finding *row = finding_add(f, unit, "%s", name);
    row->value = v.mean;
    row->low = v.least;
    row->high = v.most;
    row->trial = trial_index(s, t);
    finding_say(row, "%s", isnan(v.mean) ? "not measured, or too little of it" : what);
}

/* 6.3; what it calls the time to the last byte is our latency. */
static void add_figures(const struct search *s, struct suite_findings *f, const struct trial *t)
{
    static const char spread[] = "mean, least and most of the sustain phase's intervals";
    const struct trial_result *r = &t->result;
    add_spread(s, f, t, "connections_per_s", "1/s", r->connects, spread);
    add_spread(s, f, t, "concurrent_connections", "1", r->at_once, spread);
    add_spread(s, f, t, "transactions_per_s", "1/s", r->transactions, spread);
    add_spread(s, f, t, "throughput", "Gbit/s", r->gbit, "the same, frames both ways");
    add_spread(s, f, t, "time_to_last_byte", "us", (struct trial_spread){r->mean_us, r->min_us, r->max_us},
               "mean, shortest and longest");
    add_spread(s, f, t, "time_to_last_byte_p99", "us", (struct trial_spread){r->p99_us, NAN, NAN},
               "99th percentile");
}

static void rfc9411_findings(const struct search *s, struct suite_findings *out)
{
    const struct trial *held = highest_held(s), *broken = lowest_broken(s);
    add_load(s, out, "validated", held ? load_of(s, held) : NAN);
    struct suite_finding *row = &out->rows[0];
    row->trial = held ? trial_index(s, held) : -1;
    row->low = row->value;
    row->high = broken && !broken->result.late ? load_of(s, broken) : NAN;
    say_validated(s, row, held, broken);
    add_load(s, out, "objective", objective(s->job));
    finding_say(&out->rows[1], "as the job says");
    if (held)
        add_figures(s, out, held);
    finding_limit(out, s, broken);
}

const struct suite rfc9411_suite = {
    .name = "rfc9411",
    .meaning = "RFC 9411: a tenth of the objective (rate, or connections with rate = max), the objective, then bisection",
    .rules = rfc9411_rules,
    .rules_key = "sla",
    .fixed_rules = "achieved>=95%, all connections open",
    .next = rfc9411_next,
    .judge = rfc9411_judge,
    .findings = rfc9411_findings,
};
