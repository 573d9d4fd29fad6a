/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/privilege.h"
#include "base/rng.h"
#include "base/units.h"
#include "db/db.h"
#include "db/run_row.h"
#include "run/check.h"
#include "run/dryrun.h"
#include "run/memory.h"
#include "run/replay.h"
#include "run/room.h"
#include "run/seek.h"
#include "run/setup.h"
#include "version.h"

#define RESERVE_TOLD_BYTES (1ull << 30)

/* --- before ---------------------------------------------------------------------------------- */

static uint64_t mono_to_real(void)
{
    struct timespec real;
    clock_gettime(CLOCK_REALTIME, &real);
    return (uint64_t)real.tv_sec * NS_PER_S + (uint64_t)real.tv_nsec - clock_kernel_ns();
}

static int64_t requested_ns(const struct job *job)
{
    uint64_t sum = 0;
    if (job_searches(job))
        return DB_NONE; /* as long as it takes */
    for (uint32_t i = 0; i < job->phases_count; i++)
        sum += job->phases[i].duration_ns;
    return (int64_t)sum;
}

static int begin_row(struct run *r, struct err *e)
{
    const struct job *job = r->job;
    const struct job_phase *p = &job->phases[0];
    struct phase_texts texts;
    char suite[40];
    snprintf(suite, sizeof suite, "suite %s", job->search.suite);
    phase_texts_make(&texts, p, r->proto);
    struct run_row row = {
        .uuid = r->uuid, .workload_id = job->workload_id, .job = job->resolved,
        .overrides = job->overrides[0] ? job->overrides : NULL, .history_key = r->history_key,
        .environment_hash = r->environment_hash, .tool_version = WIREBENCH_VERSION,
        .tool_commit = WIREBENCH_COMMIT[0] ? WIREBENCH_COMMIT : NULL,
        .subject_commit = getenv("BENCH_SUBJECT_COMMIT"),
        .started_ns = (int64_t)(clock_now_ns(&r->clock) + r->mono_to_real_ns),
        .wire = job->wire, .wire_detail = r->wires.port->caps.detail,
        .timestamp_source = clock_source_name(&r->clock),
        .clock_error_ns = (int64_t)r->clock.error_ns, .clock_ppm = r->clock.error_ppm,
        .protocol = job->protocol, .transport = "tcp",
        .pattern = job_pattern_name(p->pattern),
        .load = job_searches(job) ? suite : texts.load, .payload = texts.payload, .reply = texts.reply[0] ? texts.reply : NULL,
        .sla = p->sla[0] ? p->sla : NULL, .margins = job->margins[0] ? job->margins : NULL,
        .interleave = r->place, .seed = job->seed, .depth = p->depth,
        .workers = job->workers, .connections_requested = job->connections,
        .duration_requested_ns = requested_ns(job), .interval_ns = (int64_t)job->interval_ns,
    };
    int rc = process_self(&row.process, e);
    return rc ? rc : db_run_begin(r->db, &row, &r->id, e);
}

/* What is replayed is told and kept: the file that it came from may change. */
static int note_replays(struct run *r, struct err *e)
{
    char text[500];
    int rc = 0;
    int64_t now_ns = (int64_t)(clock_now_ns(&r->clock) + r->mono_to_real_ns);
    for (uint32_t p = 0; p < r->job->phases_count && !rc; p++) {
        if (!r->job->phases[p].arrivals_ns)
            continue;
        replay_describe(&r->job->phases[p], text, sizeof text);
        log_info(&r->log, "%s", text);
        rc = db_note_add(r->db, r->id, now_ns, "info", text, e);
    }
    return rc;
}

static int measure_controls(struct run *r, struct err *e)
{
    int cpus[SETUP_CPUS_MAX];
    int rc = setup_cpus(r->job, r->job->workers, cpus, e);
    if (!rc)
        control_measure(&r->clock, cpus, r->job->workers, &r->control);
    return rc;
}

static int open_record(struct run *r, struct err *e)
{
    int cpus[SETUP_CPUS_MAX];
    environment_fingerprint(r);
    identity_make(r);
    int rc = begin_row(r, e);
    if (!rc)
        rc = environment_record(r, e);
    if (!rc)
        rc = control_store_early(r, e);
    if (!rc)
        rc = note_replays(r, e);
    if (!rc)
        rc = flights_open(r, e);
    if (!rc)
        rc = ending_targets(r, false, e);
    struct rec_config rc_cfg = {
        .db = r->db, .run_id = r->id, .lanes = r->job->workers,
        .peer_pid = r->wires.peer_pid ? r->wires.peer_pid : r->job->peer_pid,
        .peer_root = r->wires.peer_root, .watched = live_watches(r),
        .resource_ns = r->job->interval_ns, .mono_to_real_ns = r->mono_to_real_ns,
        .sample_records = setup_sample_records(r->job), .sample_ratio = r->job->samples,
        .seed = r->job->seed, .cpus = cpus,
    };
    if (!rc)
        rc = setup_cpus(r->job, r->job->workers, cpus, e);
    return rc ? rc : rec_open(&rc_cfg, &r->rec, e);
}

static int start_workers(struct run *r, struct err *e)
{
    int cpus[SETUP_CPUS_MAX];
    uint32_t n = r->job->workers;
    int rc = setup_cpus(r->job, n, cpus, e);
    r->workers = aligned_alloc(64, n * sizeof *r->workers);
    if (!r->workers)
        return -ENOMEM;
    for (; !rc && r->workers_count < n; r->workers_count++) {
        uint32_t w = r->workers_count;
        struct worker_config cfg = {.cpu = cpus[w], .clock = &r->clock, .port = r->wires.port,
                                    .lane = rec_lane(r->rec, w)};
        setup_client(r->job, r->proto, w, &cfg);
        cfg.client.app = &r->app;
        cfg.client.tuples.rss = r->wires.port->caps.rss;
        cfg.stack.known = r->wires.hops.known;
        cfg.stack.known_count = r->wires.hops.count;
        rc = worker_start(&r->workers[w], &cfg, e);
        if (rc)
            break;
    }
    for (uint32_t w = 0; !rc && w < n; w++)
        rc = worker_await(&r->workers[w], e);
    if (!rc)
        flights_arm(r);
    return rc;
}

/* What it took of the start, apart from everything that is measured. */
static int tell_reserve(struct run *r, struct err *e)
{
    struct worker_memory gen = {0};
    const struct worker_memory *peer = &r->wires.peer_live->memory;
    char text[160], ours[32], theirs[32];
    for (uint32_t w = 0; w < r->workers_count; w++)
        worker_memory_add(&gen, &r->workers[w].memory);
    if (worker_memory_bytes(&gen) + worker_memory_bytes(peer) < RESERVE_TOLD_BYTES)
        return 0;
    units_format_bytes(ours, sizeof ours, worker_memory_bytes(&gen));
    units_format_bytes(theirs, sizeof theirs, worker_memory_bytes(peer));
    int n = snprintf(text, sizeof text, "memory reserved: gen %s in %.2f s", ours,
                     (double)gen.took_ns / NS_PER_S);
    if (peer->tcp.conns)
        snprintf(text + n, sizeof text - (size_t)n, ", the responder %s in %.2f s", theirs,
                 (double)peer->took_ns / NS_PER_S);
    log_info(&r->log, "%s", text);
    return db_note_add(r->db, r->id, (int64_t)(clock_now_ns(&r->clock) + r->mono_to_real_ns), "info", text,
                       e);
}

static void stop_workers(struct run *r)
{
    for (uint32_t w = 0; w < r->workers_count; w++)
        worker_stop(&r->workers[w]);
    for (uint32_t w = 0; w < r->workers_count; w++)
        worker_end(&r->workers[w]);
    flights_disarm(r);
    flights_tick(r);
    flights_tell(r);
}

static void free_workers(struct run *r)
{
    for (uint32_t w = 0; w < r->workers_count; w++)
        worker_free(&r->workers[w]);
    free(r->workers);
    r->workers = NULL;
    r->workers_count = 0;
}

/* SIGINT and SIGTERM reach only the main thread, whatever starts from here on. */
static void mask_signals(int how)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(how, &set, NULL);
}

/* --- the run ---------------------------------------------------------------------------------- */

int run_start(struct run *r, struct err *e)
{
    int rc = seek_open(r, e);
    mask_signals(SIG_BLOCK);
    if (!rc)
        rc = start_workers(r, e);
    mask_signals(SIG_UNBLOCK);
    return rc ? rc : tell_reserve(r, e);
}

/* From the recorder on: whatever happens now is written into the row. */
static int execute(struct run *r, struct run_result *out, struct err *e)
{
    int rc = run_start(r, e);
    privilege_lower(privilege_files());
    if (!rc)
        rc = plan_execute(r, e);
    stop_workers(r);
    live_close(r);
    struct err lost = {0};
    rec_memory(r->rec, &r->rec_memory);
    int rec_rc = rec_close(r->rec, &lost);
    r->rec = NULL;
    if (rec_rc && !e->exit_code)
        *e = lost;
    wires_close(&r->wires);
    bool interrupted = rc == -EINTR, aborted = rc == -ECANCELED;
    int end_rc = ending_record(r, interrupted, e->exit_code ? e : NULL, out, e);
    free_workers(r);
    if (interrupted || aborted)
        return e->exit_code ? -EIO : end_rc;
    return rc ? rc : rec_rc ? rec_rc : end_rc;
}

static void close_all(struct run *r)
{
    live_close(r);
    flights_close(r);
    privilege_restore();
    wires_close(&r->wires);
    wires_free(&r->wires);
    seek_close(r);
    if (r->reader)
        db_close(r->reader);
    if (r->db)
        db_close(r->db);
    app_ctx_fini(&r->app);
}

int run_open(struct run *r, struct err *e)
{
    const struct job *job = r->job;
    int rc = app_ctx_init(&r->app, job->seed, job->binary, e);
    if (!rc)
        rc = wires_open(&r->wires, job, &r->clock, &r->log, e); /* forks: before any thread */
    if (!rc)
        rc = live_open(r, e);
    if (!rc)
        rc = db_open(job->db, DB_CREATE, &r->db, e);
    memory_unname(&r->memory);
    if (rc)
        return rc;
    mask_signals(SIG_BLOCK);
    rc = open_record(r, e);
    mask_signals(SIG_UNBLOCK);
    return rc;
}

static int check_room(struct run *r, struct err *e)
{
    struct need need;
    need_of(r->job, r->proto, &need);
    return room_check(&need, room_available(), e);
}

int run_job(struct job *job, const struct run_interleave *place,
            const volatile sig_atomic_t *signal, struct flight_crash *crash, struct run_result *out,
            struct err *e)
{
    struct run *r = calloc(1, sizeof *r);
    if (!r)
        return err_set(e, EXIT_RUN, -ENOMEM, "no memory for a run");
    *r = (struct run){.job = job, .place = place, .signal = signal, .crash = crash};
    out->to_stderr = !strcmp(job->json_stream, "-") || !strcmp(job->json_stream, "fd:1");
    log_level_parse(job->log_level, &r->log.level);
    int rc = check_job(job, e);
    r->proto = app_proto_find(job->protocol);
    if (!rc)
        rc = check_room(r, e);
    if (!rc)
        rc = clock_init(&r->clock, clock_source_parse(job->clock), e);
    r->mono_to_real_ns = mono_to_real();
    if (!rc)
        rc = measure_controls(r, e);
    if (!rc)
        memory_base(r, job); /* forks as well */
    if (!rc)
        rc = run_open(r, e);
    if (!rc)
        rc = execute(r, out, e);
    if (rc)
        kept_tell(r, e);
    close_all(r);
    free(r);
    return rc;
}
