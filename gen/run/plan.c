/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * connect -> for each phase: warm-up -> measure (measure.c) -> drain -> close.
 */
#include <errno.h>

#include "base/units.h"
#include "run/step.h"

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
    uint64_t ended = clock_now_ns(&r->clock);
    enum phase_exit all = kind == PHASE_DRAIN ? PHASE_EXIT_COMPLETIONS : PHASE_EXIT_CONNECTIONS;
    rec_phase_end(r->rec, (uint32_t)phase, ended, ended < end ? all : PHASE_EXIT_TIME);
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
        if (!rc)
            rc = connect_suffices(r, last);
        if (rc == -EINTR || rc == -ECANCELED)
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
