/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A phase under load: warm-up, then measure, until one of the phase's conditions ends it.
 *
 * Main only says what comes next and from when; each worker changes over by its own clock. Warm-up
 * and measure are given together, so that nothing depends on when main wakes up; only a warm-up
 * that is to settle is watched first. What ends before its last moment is ended by the next
 * command, the drain, whose time has come.
 */
#include <errno.h>
#include <stdio.h>

#include "base/units.h"
#include "run/step.h"
#include "run/until.h"

#define LEAD_NS 20000000ull /* from giving a command to its start */

static int begin_load(struct run *r, const struct job_phase *p, enum phase_kind kind,
                      uint64_t start_ns, uint64_t end_ns, struct err *e)
{
    bool measured = kind == PHASE_MEASURE;
    int phase = step_begin(r, p, kind, start_ns, measured ? p->duration_ns : p->warmup_ns, e);
    if (phase >= 0)
        step_command(r,
                     (struct worker_command){.mode = CLIENT_LOAD,
                                             .start_ns = start_ns,
                                             .end_ns = end_ns,
                                             .phase = (uint32_t)phase},
                     p, measured);
    return phase;
}

/* RFC 9411 4.3.4: from nothing to the rate, evenly. */
static const struct job_phase *warmup_of(struct run *r, const struct job_phase *p)
{
    if (!p->ramps_up || p->rate_max)
        return p;
    struct job_phase *up = &r->ramp_up;
    *up = *p;
    snprintf(up->shape, sizeof up->shape, "ramp");
    up->ramp_from = 0;
    up->ramp_to = 1;
    up->ramp_steps = 0;
    up->ramp_ns = p->warmup_ns;
    return up;
}

static int result_of(const struct run *r, enum phase_exit why)
{
    bool stopped = why == PHASE_EXIT_ABORT || (why == PHASE_EXIT_COMMAND && r->asked == ASKED_STOP);
    return why == PHASE_EXIT_SIGNAL ? -EINTR : stopped ? -ECANCELED : 0;
}

/* Waits until the warm-up has settled or is nearly over; *measure_ns is then when to measure. */
static int await_settled(struct run *r, const struct job_phase *p, uint32_t warmup,
                         uint64_t *measure_ns, struct err *e)
{
    struct watch w;
    struct until until = {
        .planned_ns = *measure_ns - 2 * LEAD_NS, .longest_ns = *measure_ns, .steady = true};
    int rc = watch_open(&w, r, p, warmup, &until, e);
    if (rc)
        return rc;
    w.warming = true;
    enum phase_exit why = step_await(r, r->commands, p->name, *measure_ns, &w);
    uint64_t now = clock_now_ns(&r->clock);
    if (why == PHASE_EXIT_STEADY)
        *measure_ns = now + LEAD_NS;
    rec_phase_end(r->rec, warmup, result_of(r, why) ? now : *measure_ns, why);
    return result_of(r, why);
}

static int await_measured(struct run *r, const struct job_phase *p, uint32_t first, uint32_t phase,
                          uint64_t measure_ns, struct err *e)
{
    struct watch w;
    struct until until = {
        .start_ns = measure_ns,
        .planned_ns = measure_ns + p->duration_ns,
        .longest_ns = measure_ns + job_longest_ns(p),
        .completions_min = p->completions_min,
        .steady = p->until == UNTIL_STEADY,
        .connections = p->until == UNTIL_CONNECTIONS ? p->connections : 0,
    };
    enum phase_exit why = PHASE_EXIT_NONE;
    int rc = watch_open(&w, r, p, first, &until, e);
    r->edge_ns = measure_ns;
    if (!rc)
        why = step_await(r, r->commands, p->name, until.planned_ns, &w);
    peer_tell(r);
    r->edge_ns = 0;
    uint64_t ended = clock_now_ns(&r->clock);
    ended =
        ended < measure_ns ? measure_ns : ended; /* still in the warm-up: nothing was measured */
    rec_phase_end(r->rec, phase, ended < until.longest_ns ? ended : until.longest_ns, why);
    return rc ? rc : result_of(r, why);
}

int measure_phase(struct run *r, const struct job_phase *p, struct err *e)
{
    uint64_t start = clock_now_ns(&r->clock) + LEAD_NS, measure = start + p->warmup_ns;
    int warmup = -1, rc = 0;
    if (p->warmup_ns && (warmup = begin_load(r, warmup_of(r, p), PHASE_WARMUP, start, measure, e)) < 0)
        return warmup;
    if (p->enter.steady)
        rc = await_settled(r, p, (uint32_t)warmup, &measure, e);
    else if (warmup >= 0)
        rec_phase_end(r->rec, (uint32_t)warmup, measure, PHASE_EXIT_TIME);
    if (rc)
        return rc;
    int phase = begin_load(r, p, PHASE_MEASURE, measure, measure + job_longest_ns(p), e);
    if (phase < 0)
        return phase;
    return await_measured(r, p, (uint32_t)(warmup < 0 ? phase : warmup), (uint32_t)phase, measure,
                          e);
}
