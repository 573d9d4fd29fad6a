/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * connect -> for each phase: warm-up -> measure (measure.c) -> drain -> close. Phases are those of
 * the job, or the trials of a suite (seek.c), each of which depends on what the ones before gave.
 */
#include <errno.h>

#include "base/units.h"
#include "run/seek.h"
#include "run/step.h"

/* drain and close: bounded, and counted like everything else. */
static int closing_phase(struct run *r, const struct job_phase *p, enum phase_kind kind,
                         enum client_mode mode, uint64_t limit_ns, struct err *e)
{
    uint64_t start = clock_now_ns(&r->clock), end = start + limit_ns;
    uint64_t began = kind == PHASE_DRAIN && r->loaded.end_ns < start ? r->loaded.end_ns : start;
    int phase = step_begin(r, p, kind, began, limit_ns, e);
    if (phase < 0)
        return phase;
    struct worker_command cmd = {.mode = mode, .start_ns = start, .end_ns = end,
                                 .phase = (uint32_t)phase};
    step_command(r, cmd, p, false);
    /* A first signal ends the load, not the order of ending; the limit holds in any case. */
    for (uint64_t now; !step_done(r, r->commands) && (now = clock_now_ns(&r->clock)) < end + NS_PER_S;) {
        flights_tick(r);
        live_tick(r, phase_kind_name(kind), end > now ? end - now : 0);
        step_pause(STEP_POLL_NS);
    }
    uint64_t ended = clock_now_ns(&r->clock);
    enum phase_exit all = kind == PHASE_DRAIN ? PHASE_EXIT_COMPLETIONS : PHASE_EXIT_CONNECTIONS;
    rec_phase_end(r->rec, (uint32_t)phase, ended, ended < end ? all : PHASE_EXIT_TIME);
    return 0;
}

/* Connect where that is needed, warm-up, measure, drain. */
static int whole_phase(struct run *r, const struct job_phase *p, struct err *e)
{
    int rc = connect_needed(r, p) ? connect_phase(r, p, e) : 0;
    if (!rc)
        rc = connect_suffices(r, p);
    if (rc)
        return rc;
    rc = measure_phase(r, p, e);
    int closed = closing_phase(r, p, PHASE_DRAIN, CLIENT_DRAIN, r->job->drain_ns, e);
    return rc ? rc : closed;
}

/* The phase after the `done` first; NULL: there is none. */
static const struct job_phase *next_phase(struct run *r, uint32_t done)
{
    if (r->seek)
        return seek_next(r);
    return done < r->job->phases_count ? &r->job->phases[done] : NULL;
}

int plan_execute(struct run *r, struct err *e)
{
    int rc = 0;
    const struct job_phase *p, *last = &r->job->phases[0];
    for (uint32_t done = 0; !rc && (p = next_phase(r, done)); done++) {
        last = p;
        rc = whole_phase(r, p, e);
        int took = r->seek && (!rc || rc == -EINTR || rc == -ECANCELED) ? seek_took(r, rc != 0, e) : 0;
        rc = rc ? rc : took;
    }
    if (rc && rc != -EINTR && rc != -ECANCELED)
        return rc;
    int closed = closing_phase(r, last, PHASE_CLOSE, CLIENT_CLOSE, r->job->close_ns, e);
    return rc ? rc : closed;
}
