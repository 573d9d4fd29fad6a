/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules whose figure cannot be given: too few samples lie behind it, it has no meaning there, or
 * nothing was measured. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/app.h"
#include "base/hist.h"
#include "run/judge.h"
#include "run/sla_few.h"

enum sla_state judge_few(const struct judge_scope *s, const struct sla_rule *rule, char *reason,
                         size_t size)
{
    static const enum sla_state states[] = {[RULING_SUPPORTED] = SLA_PASS,
                                            [RULING_REFUTED] = SLA_FAIL,
                                            [RULING_OPEN] = SLA_NOT_MEASURED};
    struct sla_few few;
    struct hist_sum *h = malloc(sizeof *h);
    snprintf(reason, size, "its samples cannot be read");
    if (!h || figure_hist(&s->rows, rule->metric.time, h)) {
        free(h);
        return SLA_NOT_MEASURED;
    }
    sla_few_judge(rule, rule->metric.num, rule->metric.den, h, &few);
    sla_few_reason(&few, reason, size);
    free(h);
    return states[few.ruling];
}

/* --- no meaning ------------------------------------------------------------------------------ */

/* Whether all phases of a scope are so. */
static bool all_phases(const struct run *r, const struct judge_scope *s,
                       bool (*so)(const struct job_phase *p))
{
    if (s->phase)
        return so(s->phase);
    for (uint32_t p = 0; p < r->job->phases_count; p++)
        if (!so(&r->job->phases[p]))
            return false;
    return true;
}

static bool nothing_starts(const struct job_phase *p)
{
    return !p->rate_max && !(p->rate_per_s > 0);
}

static bool nothing_queues(const struct job_phase *p)
{
    return p->rate_max || nothing_starts(p);
}

const char *judge_inapplicable(struct run *r, const struct judge_scope *s,
                               const struct figure_name *f, double value)
{
    switch (f->of) {
    case OF_RUN:
        return NULL;
    case OF_PEER:
        return r->wires.peer_pid ? NULL : "the peer is no process of this machine that gen knows";
    case OF_CONNECTS:
        return isnan(value) && !(figure_samples(&s->rows, f) > 0) ? "nothing connected in it"
                                                                  : NULL;
    case OF_QUEUE:
        if (all_phases(r, s, nothing_queues))
            return "without a rate no arrival waits";
        return NULL;
    case OF_REPLIES:
        if (r->proto->server->answer == APP_ANSWER_NONE)
            return "the protocol is one way: there is no reply";
        break;
    case OF_TRANSACTIONS:
        break;
    }
    return all_phases(r, s, nothing_starts) ? "with rate = 0 nothing starts" : NULL;
}

const char *judge_missing(const struct figure_name *f)
{
    if (!f->sql)
        return "no sample";
    if (f->windowed)
        return "the measured time is shorter than the window, or fewer than two samples lie in it";
    switch (f->unit) {
    case UNIT_BYTES:
        return "the memory of a connection was not measured: measure_memory, or the note of the run that says why";
    case UNIT_MIB:
    case UNIT_CPU:
        return "the process was not sampled often enough in the measured time";
    case UNIT_SHARE:
        return f->of == OF_RUN ? "nothing was counted" : "none of them ended";
    case UNIT_PER_S:
    case UNIT_US:
    case UNIT_MIB_PER_S:
    case UNIT_GBIT_PER_S:
    case UNIT_COUNT:
        break;
    }
    return "no interval was measured";
}
