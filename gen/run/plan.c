/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * connect -> for each phase: warm-up -> measure -> drain -> close.
 *
 * Main only says what comes next and from when; each worker changes over by its own clock. Warm-up
 * and measure are given together, so that nothing depends on when main wakes up.
 */
#include <errno.h>

#include "base/units.h"
#include "run/step.h"

#define LEAD_NS 20000000ull /* from giving a command to its start */

/* Warm-up and measure run without a seam; each has its own schedule and its own interval. */
static int measure_phase(struct run *r, const struct job_phase *p, struct err *e)
{
    uint64_t start = clock_now_ns(&r->clock) + LEAD_NS, measure = start + p->warmup_ns;
    uint64_t end = measure + p->duration_ns;
    int warmup = -1;
    if (p->warmup_ns) {
        warmup = step_begin(r, p, PHASE_WARMUP, start, p->warmup_ns, e);
        if (warmup < 0)
            return warmup;
        step_command(r, (struct worker_command){.mode = CLIENT_LOAD, .start_ns = start,
                                               .end_ns = measure, .phase = (uint32_t)warmup},
                    p, false);
    }
    int phase = step_begin(r, p, PHASE_MEASURE, measure, p->duration_ns, e);
    if (phase < 0)
        return phase;
    step_command(r, (struct worker_command){.mode = CLIENT_LOAD, .start_ns = measure,
                                           .end_ns = end, .phase = (uint32_t)phase},
                p, true);
    if (warmup >= 0)
        rec_phase_end(r->rec, (uint32_t)warmup, measure);
    bool done = step_await(r, r->commands, p->name, end);
    uint64_t ended = clock_now_ns(&r->clock);
    rec_phase_end(r->rec, (uint32_t)phase, ended < end ? ended : end);
    return done ? 0 : -EINTR;
}

/* drain and close: bounded, and counted like everything else. */
static int closing_phase(struct run *r, const struct job_phase *p, enum phase_kind kind,
                         enum client_mode mode, uint64_t limit_ns, struct err *e)
{
    uint64_t start = clock_now_ns(&r->clock), end = start + limit_ns;
    int phase = step_begin(r, p, kind, start, limit_ns, e);
    if (phase < 0)
        return phase;
    struct worker_command cmd = {.mode = mode, .start_ns = start, .end_ns = end,
                                 .phase = (uint32_t)phase};
    step_command(r, cmd, p, false);
    /* A first signal ends the load, not the order of ending; the limit holds in any case. */
    for (uint64_t now; !step_done(r, r->commands) && (now = clock_now_ns(&r->clock)) < end + NS_PER_S;) {
        live_tick(r, phase_kind_name(kind), end > now ? end - now : 0);
        step_pause(STEP_POLL_NS);
    }
    rec_phase_end(r->rec, (uint32_t)phase, clock_now_ns(&r->clock));
    return 0;
}

int plan_execute(struct run *r, struct err *e)
{
    const struct job *job = r->job;
    int rc = 0, closed;
    const struct job_phase *last = &job->phases[0];
    for (uint32_t i = 0; !rc && i < job->phases_count; i++) {
        last = &job->phases[i];
        if (connect_needed(r, last))
            rc = connect_phase(r, last, e);
        if (rc == -EINTR)
            break;
        if (rc)
            return rc;
        rc = measure_phase(r, last, e);
        closed = closing_phase(r, last, PHASE_DRAIN, CLIENT_DRAIN, job->drain_ns, e);
        rc = rc ? rc : closed;
    }
    closed = closing_phase(r, last, PHASE_CLOSE, CLIENT_CLOSE, job->close_ns, e);
    return rc ? rc : closed;
}
