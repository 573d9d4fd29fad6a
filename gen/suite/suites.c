/* SPDX-License-Identifier: BSD-3-Clause */
/* The registry, and what every suite does in the same way. */
#include "suite/suites.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"

const struct suite *const suites[] = {
#define X(name) &name##_suite,
    SUITES(X)
#undef X
};
const uint32_t suite_count = sizeof suites / sizeof *suites;

const struct suite *suite_find(const char *name)
{
    for (uint32_t i = 0; i < suite_count; i++)
        if (!strcmp(suites[i]->name, name))
            return suites[i];
    return NULL;
}

/* --- a search --------------------------------------------------------------------------------- */

void search_init(struct search *s, const struct suite *suite, const struct job *job)
{
    s->suite = suite;
    s->job = job;
    s->elapsed_ns = 0;
    s->count = 0;
}

enum suite_next search_next(const struct search *s, struct job_phase *out)
{
    if (s->count == SUITE_TRIALS_MAX)
        return SUITE_UNDECIDED;
    *out = s->job->phases[0];
    out->number = s->count;
    snprintf(out->name, sizeof out->name, "trial_%u", s->count + 1);
    out->sla[0] = '\0'; /* what the job must reach; a search goes beyond it */
    out->transactions = 0;
    return s->suite->next(s, out);
}

const struct trial *search_take(struct search *s, const struct trial_result *r)
{
    struct trial *t = &s->trials[s->count];
    *t = (struct trial){.result = *r, .passed = TRIAL_OPEN};
    if (!judge_late(t))
        s->suite->judge(s, t);
    s->count++;
    return t;
}

void search_findings(const struct search *s, struct suite_findings *out)
{
    out->count = 0;
    s->suite->findings(s, out);
}

char *search_objective(const struct search *s, char *buf, uint32_t size)
{
    const char *rules = s->suite->rules ? s->suite->rules(s->job) : NULL;
    const char *fixed = s->suite->fixed_rules;
    snprintf(buf, size, "%s%s%s", rules ? rules : "", rules && fixed ? ", " : "",
             fixed ? fixed : "");
    return buf;
}

/* --- the next trial --------------------------------------------------------------------------- */

void phase_rate(struct job_phase *p, double per_s)
{
    bool none = !strcmp(p->shape, "max") || !strcmp(p->shape, "idle");
    p->rate_max = isnan(per_s);
    p->rate_per_s = p->rate_max ? 0 : per_s;
    p->rate_scale = 1;
    if (p->rate_max || none)
        snprintf(p->shape, sizeof p->shape, "%s", p->rate_max ? "max" : "constant");
}

uint64_t phase_time_ns(const struct job *job, double per_s)
{
    double least = (double)job->search.completions / (ACHIEVED_LEAST * per_s) * 1e9;
    double most = (double)UINT64_MAX / 4;
    if (!(least > (double)job->search.step_ns))
        return job->search.step_ns;
    return (uint64_t)(least < most ? least : most);
}

/* --- judging ---------------------------------------------------------------------------------- */

bool judge_late(struct trial *t)
{
    if (!t->result.late)
        return false;
    t->passed = TRIAL_OPEN;
    char why[SUITE_TEXT];
    memcpy(why, t->result.late_why, sizeof why); /* not from one member of the trial to another */
    snprintf(t->reason, sizeof t->reason, "the generator, not the peer: %.200s", why);
    return true;
}

bool judge_achieved(struct trial *t)
{
    const struct trial_result *r = &t->result;
    if (!(r->achieved_per_s < ACHIEVED_LEAST * r->requested_per_s))
        return false;
    t->passed = TRIAL_FAILED;
    snprintf(t->reason, sizeof t->reason, "achieved %.1f %% of the rate asked for",
             100 * r->achieved_per_s / r->requested_per_s);
    return true;
}

void judge_objective(struct trial *t)
{
    t->passed = t->result.objective;
    snprintf(t->reason, sizeof t->reason, "%s", t->result.objective_why);
}

/* --- findings --------------------------------------------------------------------------------- */

struct suite_finding *finding_add(struct suite_findings *f, const char *unit, const char *name, ...)
{
    va_list args;
    f->count += f->count < SUITE_FINDINGS_MAX;
    struct suite_finding *row = &f->rows[f->count - 1];
    *row = (struct suite_finding){
        .value = NAN, .low = NAN, .high = NAN, .confidence = NAN, .unit = unit, .trial = -1};
    va_start(args, name);
    vsnprintf(row->name, sizeof row->name, name, args);
    va_end(args);
    return row;
}

void finding_say(struct suite_finding *f, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(f->reason, sizeof f->reason, format, args);
    va_end(args);
}

const struct knee_point *finding_knee(struct suite_finding *row, const struct knee_point *points,
                                      uint32_t n, enum knee_shape shape)
{
    const char *why;
    int32_t at = knee_find(points, n, shape, &why);
    if (at < 0) {
        finding_say(row, "%s", why);
        return NULL;
    }
    row->value = points[at].x;
    row->trial = points[at].trial;
    return &points[at];
}

void finding_limit(struct suite_findings *f, const struct search *s, const struct trial *t)
{
    struct suite_finding *row = finding_add(f, "part", "limited_by");
    if (!t) {
        finding_say(row, "nothing: the highest load of the search was carried");
        return;
    }
    row->trial = trial_index(s, t);
    if (t->result.late)
        finding_say(row, "generator: %.200s", t->result.late_why);
    else if (t->result.limited_by)
        finding_say(row, "%s: %.220s", t->result.limited_by, t->result.limit_evidence);
    else
        finding_say(row, "unknown: the figures of the trial do not tell");
}
