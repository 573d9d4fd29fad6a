/* SPDX-License-Identifier: BSD-3-Clause */
/* The life of a run's row: begun, ended, or found dead. */
#include "db/run_row.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "db/db_internal.h"
#include "db/row.h"

static const char *const state_names[] = {"running", "done", "interrupted", "aborted", "failed"};

const char *run_state_name(enum run_state s)
{
    assert((size_t)s < sizeof state_names / sizeof *state_names);
    return state_names[s];
}

static enum run_state state_of(const char *name)
{
    size_t i = 0;
    while (i < sizeof state_names / sizeof *state_names && strcmp(name, state_names[i]))
        i++;
    assert(i < sizeof state_names / sizeof *state_names); /* the schema checks it */
    return (enum run_state)i;
}

/* The process columns of the current row. */
static struct process_id process_of(struct db_stmt *s)
{
    struct process_id p = {.pid = db_col_i64(s, "pid"), .start_ticks = db_col_i64(s, "pid_start")};
    snprintf(p.boot_id, sizeof p.boot_id, "%s", db_col_text(s, "boot_id"));
    snprintf(p.host, sizeof p.host, "%s", db_col_text(s, "host"));
    return p;
}

static int mark_one(struct db *db, int64_t run_id, struct err *e)
{
    struct db_stmt *s;
    char reason[RUN_DIED_MAX];
    int ret = db_run_died(db, run_id, reason, sizeof reason, e);
    if (!ret)
        ret = db_prepare(db, "mark an interrupted run",
                         "UPDATE run SET state = 'interrupted', state_reason = :reason, ended_ns = "
                         "(SELECT ifnull(max(ended_ns), run.started_ns) FROM interval WHERE run_id "
                         "= :id) WHERE id = :id",
                         &s, e);
    if (ret)
        return ret;
    db_bind_i64(s, ":id", run_id);
    db_bind_text(s, ":reason", reason);
    return run_once(s, e);
}

/* Somebody goes on with the run in this very file: its process lives and holds the file's lock. A
 * copy of the file has the row, too. Who writes the file holds the lock alone. */
static bool goes_on(struct db *db, const struct process_id *p)
{
    if (!process_alive(p))
        return false;
    if (db->mode == DB_READ)
        return lock_is_held(db->path);
    return p->pid == getpid() && process_start_ticks(p->pid) == p->start_ticks;
}

/* The first running row after `after` whose process is gone: 1 and its id, 0: none, -errno. */
static int find_dead(struct db *db, struct db_stmt *running, int64_t after, int64_t *id,
                     struct err *e)
{
    db_bind_i64(running, ":after", after);
    int ret;
    while ((ret = db_step(running, e)) == 1) {
        struct process_id process = process_of(running);
        *id = db_col_i64(running, "id");
        if (!goes_on(db, &process))
            break;
    }
    db_reset(running);
    return ret;
}

int db_mark_interrupted(struct db *db, struct err *e)
{
    struct db_stmt *running;
    int64_t id = 0;
    int ret = db_prepare(db, "look for interrupted runs",
                         "SELECT id, pid, pid_start, boot_id, host FROM run "
                         "WHERE state = 'running' AND id > :after ORDER BY id", &running, e);
    if (ret)
        return ret;
    while ((ret = find_dead(db, running, id, &id, e)) == 1 && !(ret = mark_one(db, id, e)))
        ;
    db_finish(running);
    return ret;
}

int db_run_state(struct db *db, int64_t run_id, enum run_state *out, struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(db, "read the state of a run",
                         "SELECT state, pid, pid_start, boot_id, host FROM run WHERE id = :id", &s, e);
    if (ret)
        return ret;
    db_bind_i64(s, ":id", run_id);
    ret = db_step(s, e);
    if (ret == 1) {
        struct process_id process = process_of(s);
        *out = state_of(db_col_text(s, "state"));
        if (*out == RUN_RUNNING && !goes_on(db, &process))
            *out = RUN_INTERRUPTED;
    }
    db_finish(s);
    if (ret == 0)
        return err_set(e, EXIT_USAGE, -ENOENT, "%s: no run %lld", db_path(db), (long long)run_id);
    return ret < 0 ? ret : 0;
}

static const char insert_run[] =
    "INSERT INTO run (uuid, workload_id, job, seed, overrides, history_key, environment_hash, "
    "tool_version, tool_commit, subject_commit, host, pid, pid_start, boot_id, started_ns, wire, "
    "wire_detail, timestamp_source, clock_error_ns, clock_ppm, protocol, transport, pattern, load, "
    "payload, reply, depth, workers, connections_requested, duration_requested_ns, interval_ns, "
    "sla, margins, interleave_uuid, interleave_round, interleave_side) VALUES (:uuid, :workload_id, :job, :seed, :overrides, :history_key, :environment_hash, "
    ":tool_version, :tool_commit, :subject_commit, :host, :pid, :pid_start, :boot_id, "
    ":started_ns, :wire, :wire_detail, :timestamp_source, :clock_error_ns, :clock_ppm, :protocol, "
    ":transport, :pattern, :load, :payload, :reply, :depth, :workers, :connections_requested, "
    ":duration_requested_ns, :interval_ns, :sla, :margins, :interleave_uuid, :interleave_round, "
    ":interleave_side)";

static void bind_interleave(struct db_stmt *s, const struct run_interleave *set)
{
    bind_texts(s, {":interleave_uuid", set ? set->uuid : NULL},
               {":interleave_side", set ? set->side : NULL});
    bind_ints(s, {":interleave_round", set ? set->round : DB_NONE});
}

static void bind_run(struct db_stmt *s, const struct run_row *r)
{
    bind_texts(s, {":uuid", r->uuid}, {":workload_id", r->workload_id}, {":job", r->job},
               {":overrides", r->overrides}, {":history_key", r->history_key},
               {":environment_hash", r->environment_hash}, {":tool_version", r->tool_version},
               {":tool_commit", r->tool_commit}, {":subject_commit", r->subject_commit},
               {":host", r->process.host}, {":boot_id", r->process.boot_id}, {":wire", r->wire},
               {":wire_detail", r->wire_detail}, {":timestamp_source", r->timestamp_source},
               {":protocol", r->protocol}, {":transport", r->transport ? r->transport : "tcp"},
               {":pattern", r->pattern}, {":load", r->load}, {":payload", r->payload},
               {":reply", r->reply}, {":sla", r->sla}, {":margins", r->margins});
    bind_ints(s, {":pid", r->process.pid}, {":pid_start", r->process.start_ticks},
              {":started_ns", r->started_ns}, {":clock_error_ns", r->clock_error_ns},
              {":depth", r->depth}, {":workers", r->workers},
              {":connections_requested", r->connections_requested},
              {":duration_requested_ns", r->duration_requested_ns},
              {":interval_ns", r->interval_ns});
    db_bind_i64(s, ":seed", (int64_t)r->seed);
    db_bind_f64(s, ":clock_ppm", r->clock_ppm);
    bind_interleave(s, r->interleave);
}

int db_run_begin(struct db *db, const struct run_row *row, int64_t *run_id, struct err *e)
{
    struct db_stmt *s;
    int ret = db_mark_interrupted(db, e);
    if (!ret)
        ret = db_prepare(db, "begin a run", insert_run, &s, e);
    if (ret)
        return ret;
    bind_run(s, row);
    ret = run_once(s, e);
    if (!ret)
        *run_id = db_last_id(db);
    return ret;
}

int db_run_control(struct db *db, int64_t run_id, const struct run_control *c, struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(db, "store the negative controls",
                         "UPDATE run SET control_timer_wake_p50_ns = :p50, "
                         "control_timer_wake_p99_ns = :p99, control_memory_copy_mib_per_s = :copy, "
                         "control_cpu_per_transaction_ns = :cpu WHERE id = :id", &s, e);
    if (ret)
        return ret;
    bind_ints(s, {":id", run_id}, {":p50", c->timer_wake_p50_ns}, {":p99", c->timer_wake_p99_ns});
    db_bind_f64(s, ":copy", c->memory_copy_mib_per_s);
    db_bind_f64(s, ":cpu", c->cpu_per_transaction_ns);
    return run_once(s, e);
}

static int update_end(struct db *db, int64_t run_id, const struct run_end *end, struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(db, "end the run",
                         "UPDATE run SET state = :state, state_reason = :state_reason, "
                         "ended_ns = :ended_ns, valid = :valid, invalid_reason = :invalid_reason, "
                         "limited_by = :limited_by, limited_by_evidence = :limited_by_evidence, "
                         "connections_opened = :connections_opened, lost_intervals = "
                         "ifnull(:lost_intervals, lost_intervals) WHERE id = :id", &s, e);
    if (ret)
        return ret;
    bind_texts(s, {":state", run_state_name(end->state)}, {":state_reason", end->state_reason},
               {":invalid_reason", end->invalid_reason}, {":limited_by", end->limited_by},
               {":limited_by_evidence", end->limited_by_evidence});
    bind_ints(s, {":id", run_id}, {":ended_ns", end->ended_ns}, {":valid", end->valid},
              {":connections_opened", end->connections_opened},
              {":lost_intervals", end->lost_intervals});
    return run_once(s, e);
}

int db_run_end(struct db *db, int64_t run_id, const struct run_end *end, struct err *e)
{
    struct err why = {0};
    int ret = db_exec(db, "end the run", "PRAGMA synchronous = FULL", &why);
    if (!ret)
        ret = update_end(db, run_id, end, &why);
    if (!ret)
        ret = db_exec(db, "end the run", "PRAGMA synchronous = NORMAL", &why);
    if (ret)
        err_set(e, (enum exit_code)why.exit_code, ret,
                "%s; what was stored before is kept, the run will read as interrupted",
                why.message);
    return ret;
}
