/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * scale_steps: more and more connections, each step at max for step_time. Nothing is passed or
 * failed; what is looked for is the knee, the number beyond which more connections bring little.
 */
#include <math.h>
#include <stdio.h>

#include "suite/suites.h"

static void scale_judge(const struct search *s, struct trial *t)
{
    (void)s;
    const struct trial_result *r = &t->result;
    if (r->open < r->connections)
        snprintf(t->reason, sizeof t->reason, "%.0f of %u connections were open", r->open,
                 r->connections);
    else if (!(r->achieved_per_s > 0))
        snprintf(t->reason, sizeof t->reason, "nothing was completed");
    else
        snprintf(t->reason, sizeof t->reason, "measured; there is no rule to pass");
}

static enum suite_next scale_next(const struct search *s, struct job_phase *out)
{
    const struct job_list *steps = &s->job->search.scale_connections;
    if (s->count >= steps->count)
        return SUITE_FINISHED;
    phase_rate(out, NAN);
    out->connections = (uint32_t)steps->values[s->count];
    out->duration_ns = s->job->search.step_ns;
    return SUITE_MORE;
}

/* --- what they come to ------------------------------------------------------------------------ */

/* Only steps at which all connections were open stand for their number. */
static bool whole(const struct trial *t)
{
    return t->result.achieved_per_s > 0 && t->result.open >= t->result.connections;
}

static void add_knee(const struct search *s, struct suite_findings *f)
{
    struct suite_finding *row = finding_add(f, "1", "knee_connections");
    struct knee_point points[SUITE_TRIALS_MAX];
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->count; i++)
        if (whole(&s->trials[i]))
            points[n++] = (struct knee_point){s->trials[i].result.connections,
                                              s->trials[i].result.achieved_per_s, (int32_t)i};
    const struct knee_point *knee = finding_knee(row, points, n, KNEE_LEVELLING);
    if (knee)
        finding_say(row,
                    "beyond, more connections bring little (Kneedle): %.6g transactions/s there",
                    knee->y);
}

static void add_step(const struct search *s, struct suite_findings *f, const struct trial *t)
{
    const struct trial_result *r = &t->result;
    const struct {
        const char *name, *unit;
        double value;
    } figures[] = {{"transactions_per_s", "1/s", r->achieved_per_s},
                   {"latency_p99_us", "us", r->p99_us},
                   {"bytes_per_connection", "B", r->bytes_per_connection}};
    for (unsigned i = 0; i < sizeof figures / sizeof *figures; i++) {
        struct suite_finding *row =
            finding_add(f, figures[i].unit, "%s_%u", figures[i].name, r->connections);
        row->value = figures[i].value;
        row->trial = trial_index(s, t);
        if (isnan(figures[i].value))
            finding_say(row, "not measured, or too few samples");
        else if (figures[i].unit[0] == 'B')
            finding_say(row, "of gen, reserve for %u connections included", s->job->connections);
        else
            finding_say(row, "%s", whole(t) ? "at max, under saturation" : t->reason);
    }
}

/* The step with the highest throughput. */
static const struct trial *fastest(const struct search *s)
{
    const struct trial *best = NULL;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct trial *t = &s->trials[i];
        if (whole(t) && (!best || t->result.achieved_per_s > best->result.achieved_per_s))
            best = t;
    }
    return best;
}

static void scale_findings(const struct search *s, struct suite_findings *out)
{
    const struct trial *best = fastest(s);
    struct suite_finding *row = finding_add(out, "1/s", "highest_transactions_per_s");
    if (best) {
        row->value = best->result.achieved_per_s;
        row->trial = trial_index(s, best);
        finding_say(row, "with %u connections", best->result.connections);
    } else {
        finding_say(row, "no step was measured whole");
    }
    add_knee(s, out);
    for (uint32_t i = 0; i < s->count; i++)
        add_step(s, out, &s->trials[i]);
    finding_limit(out, s, best);
}

const struct suite scale_steps_suite = {
    .name = "scale_steps",
    .meaning = "more and more connections at max: throughput, latency, memory of each, the knee",
    .next = scale_next,
    .judge = scale_judge,
    .findings = scale_findings,
};
