/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * connect -> for each phase: warm-up -> measure -> drain -> close.
 *
 * Main only says what comes next and from when; each worker changes over by its own clock. Warm-up
 * and measure are given together, so that nothing depends on when main wakes up.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/units.h"
#include "db/run_row.h"
#include "run/run.h"
#include "run/setup.h"

#define POLL_NS        5000000ull
#define LEAD_NS        20000000ull /* from giving a command to its start */
#define CONNECT_MIN_NS 15000000000ull

static uint64_t now_ns(const struct run *r)
{
    return clock_now_ns(&r->clock);
}

static void pause_ns(uint64_t ns)
{
    struct timespec t = {(time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S)};
    nanosleep(&t, NULL);
}

static int begin_phase(struct run *r, const struct job_phase *p, enum phase_kind kind,
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
    return phase < 0 ? err_set(e, EXIT_RUN, phase, "no room for another phase") : phase;
}

static void command_all(struct run *r, struct worker_command cmd, const struct job_phase *p,
                        bool measured)
{
    r->commands++;
    for (uint32_t w = 0; w < r->workers_count; w++) {
        cmd.has_load = true;
        setup_load(r->job, p, w, &cmd.load);
        cmd.load.measured = measured;
        if (cmd.end_ns)
            cmd.load.spec.duration_ns = cmd.load.churn.duration_ns = cmd.end_ns - cmd.start_ns;
        while (!worker_command(&r->workers[w], &cmd))
            pause_ns(POLL_NS);
    }
}

static bool all_done(const struct run *r, uint64_t commands)
{
    for (uint32_t w = 0; w < r->workers_count; w++)
        if (atomic_load_explicit(&r->workers[w].status.commands_done, memory_order_acquire) <
            commands)
            return false;
    return true;
}

/* Until the workers have done `commands`, or a signal came. True: done. */
static bool await(struct run *r, uint64_t commands, const char *what, uint64_t end_ns)
{
    while (!all_done(r, commands)) {
        if (*r->signal)
            return false;
        uint64_t now = now_ns(r);
        live_tick(r, what, end_ns > now ? end_ns - now : 0);
        pause_ns(POLL_NS);
    }
    return true;
}

static uint64_t sum_status(const struct run *r, size_t offset)
{
    uint64_t sum = 0;
    for (uint32_t w = 0; w < r->workers_count; w++) {
        const char *status = (const char *)&r->workers[w].status;
        sum += atomic_load_explicit((const _Atomic uint64_t *)(const void *)(status + offset),
                                    memory_order_relaxed);
    }
    return sum;
}

static bool any_unresolved(const struct run *r)
{
    for (uint32_t w = 0; w < r->workers_count; w++)
        if (atomic_load(&r->workers[w].status.resolved) == NEIGH_FAILED)
            return true;
    return false;
}

/* The reason that most opens failed for. */
static enum result main_reason(const struct run *r, uint64_t *count)
{
    uint64_t sums[RESULT_COUNT] = {0};
    enum result most = RESULT_OK;
    for (uint32_t w = 0; w < r->workers_count; w++)
        for (int k = 0; k < RESULT_COUNT; k++)
            sums[k] += r->workers[w].client.connects_failed[k];
    for (int k = 0; k < RESULT_COUNT; k++)
        if (sums[k] > sums[most])
            most = (enum result)k;
    *count = sums[most];
    return most;
}

static int why_not_connected(struct run *r, const struct job_phase *p, struct err *e)
{
    char target[64];
    uint64_t count;
    ip_format(target, sizeof target, r->job->targets[0].addr);
    enum result why = main_reason(r, &count);
    if (why == RESULT_NO_ROUTE || any_unresolved(r))
        return err_set(e, EXIT_RUN, -EHOSTUNREACH,
                       "no_route: nobody answers ARP for %s on %s: expected a host that is up there",
                       target, r->job->wire);
    return err_set(e, EXIT_RUN, -ECONNREFUSED,
                   "%s: none of %u connections to %s:%u opened (%llu failed so): expected a server "
                   "that listens there", result_name(why), p->connections, target,
                   r->job->targets[0].port, (unsigned long long)count);
}

static uint64_t connect_limit_ns(const struct run *r, const struct job_phase *p)
{
    uint64_t limit = r->job->connect_ns ? r->job->connect_ns : p->connect_timeout_ns * 2;
    if (!r->job->connect_ns && p->connect_rate_per_s > 0)
        limit += (uint64_t)((double)p->connections / p->connect_rate_per_s * 1e9);
    return limit < CONNECT_MIN_NS ? CONNECT_MIN_NS : limit;
}

static bool opens_beforehand(const struct job_phase *p)
{
    return p->pattern != PATTERN_SHORT_LIVED && p->pattern != PATTERN_POOLED;
}

/* Whether connections must be opened or closed before this phase can begin. */
static bool needs_connect(const struct run *r, const struct job_phase *p)
{
    uint64_t open = sum_status(r, offsetof(struct worker_status, open));
    uint64_t wanted = p->pattern == PATTERN_SHORT_LIVED ? 0 : p->connections;
    return !r->commands || open > wanted || (opens_beforehand(p) && open < wanted);
}

/* Brings the connections to what the phase wants. */
static int connect_phase(struct run *r, const struct job_phase *p, struct err *e)
{
    uint64_t limit = connect_limit_ns(r, p), start = now_ns(r), end = start + limit;
    int phase = begin_phase(r, p, PHASE_CONNECT, start, limit, e);
    if (phase < 0)
        return phase;
    struct worker_command cmd = {.mode = CLIENT_CONNECT, .start_ns = start, .end_ns = end,
                                 .phase = (uint32_t)phase};
    command_all(r, cmd, p, false);
    bool done = await(r, r->commands, "connect", end);
    rec_phase_end(r->rec, (uint32_t)phase, now_ns(r));
    uint64_t open = sum_status(r, offsetof(struct worker_status, open));
    if (open > r->connections_opened)
        r->connections_opened = open;
    if (!done)
        return -EINTR;
    if (any_unresolved(r) || (opens_beforehand(p) && !open))
        return why_not_connected(r, p, e);
    return 0;
}

/* Warm-up and measure run without a seam; each has its own schedule and its own interval. */
static int measure_phase(struct run *r, const struct job_phase *p, struct err *e)
{
    uint64_t start = now_ns(r) + LEAD_NS, measure = start + p->warmup_ns;
    uint64_t end = measure + p->duration_ns;
    int warmup = -1;
    if (p->warmup_ns) {
        warmup = begin_phase(r, p, PHASE_WARMUP, start, p->warmup_ns, e);
        if (warmup < 0)
            return warmup;
        command_all(r, (struct worker_command){.mode = CLIENT_LOAD, .start_ns = start,
                                               .end_ns = measure, .phase = (uint32_t)warmup},
                    p, false);
    }
    int phase = begin_phase(r, p, PHASE_MEASURE, measure, p->duration_ns, e);
    if (phase < 0)
        return phase;
    command_all(r, (struct worker_command){.mode = CLIENT_LOAD, .start_ns = measure,
                                           .end_ns = end, .phase = (uint32_t)phase},
                p, true);
    if (warmup >= 0)
        rec_phase_end(r->rec, (uint32_t)warmup, measure);
    bool done = await(r, r->commands, p->name, end);
    uint64_t ended = now_ns(r);
    rec_phase_end(r->rec, (uint32_t)phase, ended < end ? ended : end);
    return done ? 0 : -EINTR;
}

/* drain and close: bounded, and counted like everything else. */
static int closing_phase(struct run *r, const struct job_phase *p, enum phase_kind kind,
                         enum client_mode mode, uint64_t limit_ns, struct err *e)
{
    uint64_t start = now_ns(r), end = start + limit_ns;
    int phase = begin_phase(r, p, kind, start, limit_ns, e);
    if (phase < 0)
        return phase;
    struct worker_command cmd = {.mode = mode, .start_ns = start, .end_ns = end,
                                 .phase = (uint32_t)phase};
    command_all(r, cmd, p, false);
    /* A first signal ends the load, not the order of ending; the limit holds in any case. */
    while (!all_done(r, r->commands) && now_ns(r) < end + NS_PER_S)
        pause_ns(POLL_NS);
    rec_phase_end(r->rec, (uint32_t)phase, now_ns(r));
    return 0;
}

int plan_execute(struct run *r, struct err *e)
{
    const struct job *job = r->job;
    int rc = 0, closed;
    const struct job_phase *last = &job->phases[0];
    for (uint32_t i = 0; !rc && i < job->phases_count; i++) {
        last = &job->phases[i];
        if (needs_connect(r, last))
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
