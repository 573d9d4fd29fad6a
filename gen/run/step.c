/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/step.h"

#include <time.h>

#include "base/units.h"
#include "run/faults.h"
#include "run/setup.h"
#include "run/until.h"

void step_pause(uint64_t ns)
{
    struct timespec t = {(time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S)};
    nanosleep(&t, NULL);
}

int step_begin(struct run *r, const struct job_phase *p, enum phase_kind kind,
               uint64_t start_ns, uint64_t requested_ns, struct err *e)
{
    struct phase_texts texts;
    bool loaded = kind == PHASE_WARMUP || kind == PHASE_MEASURE;
    phase_texts_make(&texts, p, r->proto);
    struct phase_row row = {
        .name = p->name, .kind = kind, .measured = kind == PHASE_MEASURE,
        .load = texts.load, .payload = texts.payload, .reply = texts.reply[0] ? texts.reply : NULL,
        .sla = p->sla[0] ? p->sla : NULL,
        .offered_rate_per_s = setup_offered_per_s(r->job, p, loaded ? requested_ns : 0),
        .requested_ns = (int64_t)requested_ns, .connections = p->connections,
        .depth = p->depth,
    };
    int phase = rec_phase_begin(r->rec, &row, start_ns);
    if (phase < 0)
        return err_set(e, EXIT_RUN, phase, "no room for another phase");
    r->phase = (uint32_t)phase;
    int rc = faults_begin(r, p, r->phase, e);
    return rc ? rc : phase;
}

void step_command(struct run *r, struct worker_command cmd, const struct job_phase *p,
                  bool measured)
{
    r->commands++;
    if (cmd.mode == CLIENT_LOAD)
        r->loaded = (struct run_loaded){p, cmd.phase, cmd.end_ns};
    for (uint32_t w = 0; w < r->workers_count; w++) {
        cmd.has_load = true;
        setup_load(r->job, p, w, &cmd.load);
        cmd.load.measured = measured;
        if (cmd.end_ns)
            cmd.load.spec.duration_ns = cmd.load.churn.duration_ns = cmd.end_ns - cmd.start_ns;
        while (!worker_command(&r->workers[w], &cmd))
            step_pause(STEP_POLL_NS);
    }
}

bool step_done(const struct run *r, uint64_t commands)
{
    for (uint32_t w = 0; w < r->workers_count; w++)
        if (atomic_load_explicit(&r->workers[w].status.commands_done, memory_order_acquire) <
            commands)
            return false;
    return true;
}

static enum phase_exit look(struct run *r, uint64_t commands, struct watch *watch)
{
    bool done = step_done(r, commands);
    enum phase_exit why = done ? PHASE_EXIT_TIME : PHASE_EXIT_NONE;
    if (watch)
        why = watch_look(watch, r, done);
    if (why)
        return why;
    return *r->signal ? PHASE_EXIT_SIGNAL : r->asked ? PHASE_EXIT_COMMAND : PHASE_EXIT_NONE;
}

enum phase_exit step_await(struct run *r, uint64_t commands, const char *what, uint64_t end_ns,
                           struct watch *watch)
{
    enum phase_exit why;
    while (!(why = look(r, commands, watch))) {
        uint64_t now = clock_now_ns(&r->clock);
        peer_tell_edge(r, now);
        flights_tick(r);
        live_tick(r, what, end_ns > now ? end_ns - now : 0);
        step_pause(STEP_POLL_NS);
    }
    r->asked = r->asked == ASKED_NEXT ? ASKED_NOTHING : r->asked;
    return why;
}

uint64_t step_status(const struct run *r, size_t offset)
{
    uint64_t sum = 0;
    for (uint32_t w = 0; w < r->workers_count; w++) {
        const char *status = (const char *)&r->workers[w].status;
        sum += atomic_load_explicit((const _Atomic uint64_t *)(const void *)(status + offset),
                                    memory_order_relaxed);
    }
    return sum;
}
