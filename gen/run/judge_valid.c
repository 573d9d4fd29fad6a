/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Validity is about the generator, in an open loop: whether it sent when the schedule said. Each
 * phase with a rate is judged on its own, against bounds that are keys of the job. Figures of the
 * peer have no part in it: lateness begins when a connection is free, a missed start is one that
 * the loop did not look at.
 */
#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "run/judge.h"

static const struct {
    const char *figure, *is, *so;
} bounds[] = {
    {"lateness_p99", "lateness p99 is", "the generator sent late"},
    {"missed_starts", "starts that were looked at more than 1 ms too late are",
     "the generator was away"},
    {"loop_busy", "the generator's loop was busy", "it had no time left"},
    {"tx_full", "rounds with a full transmit ring are", "frames waited in the generator"},
};

static double bound_of(const struct job *job, size_t i)
{
    const double bound[] = {(double)job->valid_lateness_p99_ns / 1e3, job->valid_missed_percent,
                            job->valid_busy_percent, job->valid_tx_full_percent};
    return bound[i];
}

static void judge_bound(struct run *r, const struct judge_scope *s, size_t i, struct judged *out)
{
    struct figure_name f;
    if (!figure_find(bounds[i].figure, &f))
        return;
    double actual = figure_read(&s->rows, &f, 0), bound = bound_of(r->job, i);
    if (!(actual > bound)) /* what was not measured breaks nothing */
        return;
    const char *unit = figure_unit_text(f.unit), *of = s->phase->name;
    bool several = r->job->phases_count > 1;
    snprintf(out->invalid_reason, sizeof out->invalid_reason,
             "%s%s%s%s %.4g %s, beyond its bound of %.4g %s: %s", several ? "phase " : "",
             several ? of : "", several ? ": " : "", bounds[i].is, actual, unit, bound, unit,
             bounds[i].so);
}

void judge_validity(struct run *r, struct judged *out)
{
    for (uint32_t p = 0; p < r->job->phases_count; p++) {
        const struct job_phase *phase = &r->job->phases[p];
        struct judge_scope s;
        if (phase->rate_max || !(phase->rate_per_s > 0))
            continue;
        judge_scope_of(r, phase, &s);
        for (size_t i = 0; i < sizeof bounds / sizeof *bounds && s.ran && !out->invalid_reason[0];
             i++)
            judge_bound(r, &s, i, out);
    }
    out->valid = !out->invalid_reason[0];
}
