/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * limits: steps the rate until it breaks. A step is stable when success > 95 %, p99 < 5 x mean and
 * achieved >= 90 % of what was asked for. The search ends at the failure point (success < 80 %),
 * after three steps in a row that are not stable, at the generator's own limit, or at step_high.
 */
#include <math.h>
#include <stdio.h>

#include "suite/suites.h"

#define STABLE_SUCCESS 0.95
#define FAILED_SUCCESS 0.80
#define TAIL_MOST      5.0 /* p99, in means */
#define RECOMMENDED    0.8
#define BROKEN_STEPS   3

/* --- one step --------------------------------------------------------------------------------- */

/* p99 < 5 x mean. Where too few samples lie behind p99, a percentile below it or the maximum may
 * decide it all the same: p95 <= p99 <= max. */
static enum trial_ruling tail_ruling(const struct trial_result *r)
{
    double bound = TAIL_MOST * r->mean_us;
    if (!isnan(r->p99_us) && !isnan(bound))
        return r->p99_us < bound ? TRIAL_PASSED : TRIAL_FAILED;
    if (r->max_us < bound)
        return TRIAL_PASSED;
    return r->p95_us >= bound ? TRIAL_FAILED : TRIAL_OPEN;
}

static void judge_tail(struct trial *t)
{
    const struct trial_result *r = &t->result;
    t->passed = tail_ruling(r);
    if (t->passed == TRIAL_OPEN)
        snprintf(t->reason, sizeof t->reason,
                 "too few completed for a p99: a longer step_time or "
                 "more step_completions would tell");
    else if (!isnan(r->p99_us))
        snprintf(t->reason, sizeof t->reason, "p99 is %.1f x the mean", r->p99_us / r->mean_us);
    else
        snprintf(t->reason, sizeof t->reason, "%s is %.1f x the mean",
                 t->passed == TRIAL_PASSED ? "the maximum" : "p95",
                 (t->passed == TRIAL_PASSED ? r->max_us : r->p95_us) / r->mean_us);
}

static void limits_judge(const struct search *s, struct trial *t)
{
    (void)s;
    double success = t->result.success;
    if (isnan(success)) {
        snprintf(t->reason, sizeof t->reason, "nothing ended: neither completed nor failed");
        return;
    }
    if (success <= STABLE_SUCCESS) {
        t->passed = TRIAL_FAILED;
        snprintf(t->reason, sizeof t->reason, "success %.1f %%", 100 * success);
        return;
    }
    if (!judge_achieved(t))
        judge_tail(t);
}

/* --- the next step ---------------------------------------------------------------------------- */

static bool degraded(const struct trial *t)
{
    const struct trial_result *r = &t->result;
    return !r->late && r->achieved_per_s < ACHIEVED_LEAST * r->requested_per_s;
}

static bool failed(const struct trial *t)
{
    return !t->result.late && t->result.success < FAILED_SUCCESS;
}

/* Steps at the end of the search that were not stable; those where the generator was late count
 * neither way. */
static uint32_t broken_at_end(const struct search *s)
{
    uint32_t n = 0;
    for (uint32_t i = s->count; i-- > 0 && s->trials[i].passed != TRIAL_PASSED;)
        n += s->trials[i].passed == TRIAL_FAILED;
    return n;
}

/* Late twice at the same rate: the generator's limit, not a moment of the machine. */
static bool late_twice(const struct search *s)
{
    return s->count >= 2 && s->trials[s->count - 1].result.late &&
           s->trials[s->count - 2].result.late;
}

/* The rate after `last`; 0: there is none. Rates end at step_high, which is tried itself. */
static double rate_after(const struct job *job, double last)
{
    const struct job_list *rates = &job->search.step_rates;
    double high = job->search.step_high, next = last * 2;
    for (uint32_t i = rates->count; i-- > 0;)
        if (rates->values[i] > last)
            next = rates->values[i];
    if (last >= high)
        return 0;
    return next < high ? next : high;
}

static enum suite_next limits_next(const struct search *s, struct job_phase *out)
{
    const struct trial *last = s->count ? &s->trials[s->count - 1] : NULL;
    if (last && (failed(last) || late_twice(s) || broken_at_end(s) >= BROKEN_STEPS))
        return SUITE_FINISHED;
    double rate = !last               ? rate_after(s->job, 0)
                  : last->result.late ? last->result.requested_per_s
                                      : rate_after(s->job, last->result.requested_per_s);
    if (!(rate > 0))
        return SUITE_FINISHED;
    phase_rate(out, rate);
    out->duration_ns = phase_time_ns(s->job, rate);
    return SUITE_MORE;
}

/* --- what they come to ------------------------------------------------------------------------ */

/* Of all stable steps the one that achieved most. */
static const struct trial *highest_stable(const struct search *s)
{
    const struct trial *best = NULL;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct trial *t = &s->trials[i];
        if (t->passed == TRIAL_PASSED &&
            (!best || t->result.achieved_per_s > best->result.achieved_per_s))
            best = t;
    }
    return best;
}

/* The first step above a rate of which `is` holds; NULL: none. */
static const struct trial *first_above(const struct search *s, double rate,
                                       bool (*is)(const struct trial *))
{
    for (uint32_t i = 0; i < s->count; i++)
        if (s->trials[i].result.requested_per_s > rate && is(&s->trials[i]))
            return &s->trials[i];
    return NULL;
}

static bool not_stable(const struct trial *t)
{
    return t->passed != TRIAL_PASSED;
}

static bool not_late(const struct trial *t)
{
    return !t->result.late;
}

static void add_stable(const struct search *s, struct suite_findings *f, const struct trial *best,
                       const struct trial *stop)
{
    struct suite_finding *row = finding_add(f, "1/s", "highest_stable_per_s");
    if (best) {
        row->value = row->low = best->result.achieved_per_s;
        row->trial = trial_index(s, best);
    }
    if (best && stop && !stop->result.late)
        row->high = stop->result.requested_per_s;
    if (!s->count)
        finding_say(row, "no step was finished");
    else if (!best)
        finding_say(row, "no step was stable; at the first, %.6g/s: %s",
                    s->trials[0].result.requested_per_s, s->trials[0].reason);
    else if (!stop)
        finding_say(row, "at least: stable at %.6g/s, the highest rate of the search",
                    best->result.requested_per_s);
    else
        finding_say(row, "stable at %.6g/s asked for; at %.6g/s: %s", best->result.requested_per_s,
                    stop->result.requested_per_s, stop->reason);
    row = finding_add(f, "1/s", "recommended_per_s");
    if (best) {
        row->value = RECOMMENDED * best->result.achieved_per_s;
        row->trial = trial_index(s, best);
        finding_say(row, "0.8 x the highest stable rate");
    } else {
        finding_say(row, "no step was stable");
    }
}

/* Where something begins to hold: the rate asked for, and the last one at which it did not. */
static void add_point(const struct search *s, struct suite_findings *f, const char *name,
                      bool (*is)(const struct trial *), const char *what)
{
    struct suite_finding *row = finding_add(f, "1/s", "%s", name);
    const struct trial *t = first_above(s, 0, is);
    if (!t) {
        finding_say(row, "no step had %s", what);
        return;
    }
    row->value = row->high = t->result.requested_per_s;
    row->trial = trial_index(s, t);
    for (uint32_t i = 0; i < (uint32_t)row->trial; i++)
        if (not_late(&s->trials[i]))
            row->low = s->trials[i].result.requested_per_s;
    finding_say(row, "the first rate asked for with %s: achieved %.6g/s, success %.1f %%", what,
                t->result.achieved_per_s, 100 * t->result.success);
}

/* Where the mean latency turns up against the rate that was achieved. */
static void add_knee(const struct search *s, struct suite_findings *f)
{
    struct suite_finding *row = finding_add(f, "1/s", "knee_per_s");
    struct knee_point points[SUITE_TRIALS_MAX];
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct trial_result *r = &s->trials[i].result;
        if (r->late || isnan(r->mean_us) || !(r->achieved_per_s > 0))
            continue;
        points[n++] = (struct knee_point){r->achieved_per_s, r->mean_us, (int32_t)i};
    }
    if (finding_knee(row, points, n, KNEE_RISING))
        finding_say(row, "the last rate before the mean latency turns up (Kneedle)");
}

static void limits_findings(const struct search *s, struct suite_findings *out)
{
    const struct trial *best = highest_stable(s);
    const struct trial *stop = first_above(s, best ? best->result.requested_per_s : 0, not_stable);
    add_stable(s, out, best, stop);
    add_point(s, out, "degradation_per_s", degraded, "less than 90 % of it achieved");
    add_point(s, out, "failure_per_s", failed, "success below 80 %");
    add_knee(s, out);
    finding_limit(out, s, stop);
}

const struct suite limits_suite = {
    .name = "limits",
    .meaning = "steps the rate until it breaks: highest stable rate, degradation, failure",
    .fixed_rules = "success>95%, p99<5*mean, achieved>=90%",
    .next = limits_next,
    .judge = limits_judge,
    .findings = limits_findings,
};
