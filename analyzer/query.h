/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every SELECT of the analyzer. Nothing else speaks SQL here; what comes back is plain structs.
 *
 * The file is opened by the caller with DB_READ. query_begin() .. query_end() hold one snapshot, so
 * that all figures of a run agree even while the run is being written. Lists are read row by row:
 * open a cursor (a db_stmt), call its _next until it returns 0, then db_finish() it.
 *
 * Integers that are NULL in the file read QUERY_NONE, text NULL, doubles NAN.
 */
#ifndef ANALYZER_QUERY_H
#define ANALYZER_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/measure.h"
#include "db/db.h"
#include "db/run_row.h"

#define QUERY_NONE DB_NONE

/* Time from one moment of the file to another: exact, and defined for whatever a file holds. */
static inline int64_t ns_between(int64_t from_ns, int64_t to_ns)
{
    return (int64_t)((uint64_t)to_ns - (uint64_t)from_ns);
}

int query_begin(struct db *db, struct err *e);
void query_end(struct db *db);

/* The row of a run, its text owned by the struct. */
struct run_info {
    int64_t id;
    bool died;            /* `state` interrupted is derived: the row says running */
    enum run_state state; /* as it is now: a stored `running` of a dead process is interrupted */
    char *uuid, *workload_id, *job, *overrides, *history_key, *tool_version, *tool_commit;
    char *subject_commit, *host, *state_reason, *invalid_reason, *limited_by, *limited_by_evidence;
    char *wire, *wire_detail, *timestamp_source, *protocol, *transport, *pattern, *load, *payload;
    char *reply, *sla, *environment_hash, *margins, *interleave_uuid, *interleave_side;
    int64_t seed, started_ns, ended_ns, valid, clock_error_ns, depth, workers;
    int64_t connections_requested, connections_opened, duration_requested_ns, interval_ns;
    int64_t lost_intervals, interleave_round;
    int64_t control_timer_wake_p50_ns, control_timer_wake_p99_ns;
    double clock_ppm, control_memory_copy_mib_per_s, control_cpu_per_transaction_ns;
};

/* A column of the row that a statement stands on; QUERY_NONE: NULL. */
int64_t query_int(struct db_stmt *s, const char *name);
/* Prepares a statement about one run: binds :run_id. */
int query_for_run(struct db *db, const char *purpose, const char *sql, int64_t run_id,
                  struct db_stmt **out, struct err *e);

/* `which`: an id, a uuid or at least four of its first letters, or NULL for the run begun last.
 * EXIT_USAGE: -ENOENT no such run or none at all, -EINVAL several begin like that. */
int query_run_find(struct db *db, const char *which, int64_t *run_id, struct err *e);
int query_run_load(struct db *db, int64_t run_id, struct run_info *out, struct err *e);
void run_info_fini(struct run_info *run);

/* One line of the list of runs, newest first; text is good until the next step. */
struct run_line {
    int64_t id, started_ns, valid, latency_count;
    enum run_state state;
    const char *uuid, *workload_id, *verdict;
    double msg_per_s, latency_p50_us, latency_p99_us, errors_percent;
};
/* The newest `most` runs (0: all), newest first; `left_out`: how many older ones there are. */
int query_runs(struct db *db, uint64_t most, int64_t *left_out, struct db_stmt **out,
               struct err *e);
int query_runs_next(struct db *db, struct db_stmt *s, struct run_line *out, struct err *e);

/* Phases in order. An end that was never written is the end of the phase's last interval. */
struct phase_info {
    int64_t id, seq, started_ns, ended_ns, requested_ns;
    bool measured, rate_max;
    double offered_rate_per_s;
    const char *name, *kind;
};
int query_phases(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e);
int query_phases_next(struct db_stmt *s, struct phase_info *out, struct err *e);

/* Which phases a query covers. */
/* OUTCOME: the measured phases and their drains, where the last of their transactions end: what
 * became of them, and how long it took. MEASURED alone is for rates. */
enum query_scope { SCOPE_MEASURED, SCOPE_OUTCOME, SCOPE_CONNECT, SCOPE_ALL };

/* Totals of what was counted. kind: "counter" "result" "connect_error" "drop". */
struct counter_info {
    const char *kind, *name, *meaning;
    int64_t value;
};
int query_counters(struct db *db, int64_t run_id, enum query_scope scope, struct db_stmt **out,
                   struct err *e);
int query_counters_next(struct db_stmt *s, struct counter_info *out, struct err *e);

/* Intervals of all workers, in order of their middle. */
struct interval_info {
    int64_t worker, started_ns, ended_ns, started, completed, failed, messages_sent;
    bool measured;
};
int query_intervals(struct db *db, int64_t run_id, enum query_scope scope, struct db_stmt **out,
                    struct err *e);
int query_intervals_next(struct db_stmt *s, struct interval_info *out, struct err *e);

/* Histograms of one time, in order of their interval's middle; the blob is good until the next
 * step. */
struct hist_info {
    int64_t started_ns, ended_ns;
    uint64_t count, overflow, min_ns, max_ns;
    double mean_ns;
    const void *blob;
    size_t blob_len;
};
int query_hists(struct db *db, int64_t run_id, enum query_scope scope, enum time_kind time,
                struct db_stmt **out, struct err *e);
int query_hists_next(struct db_stmt *s, struct hist_info *out, struct err *e);

struct verdict_info {
    const char *phase, *rule, *metric, *op, *unit, *state, *reason; /* phase NULL: the run */
    double target, actual;
    int64_t samples;
};
int query_verdicts(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e);
int query_verdicts_next(struct db_stmt *s, struct verdict_info *out, struct err *e);

/* What a process used between two moments (Unix ns); QUERY_NONE where it was not sampled. */
struct resource_info {
    int64_t samples, first_ns, last_ns, cpu_first_ns, cpu_last_ns, rss_peak_bytes;
    int64_t switches_first, switches_last;
};
int query_resource(struct db *db, int64_t run_id, const char *role, int64_t from_ns, int64_t to_ns,
                   struct resource_info *out, struct err *e);

/* Memory a connection as measured for one side ("gen", "peer"); -ENOENT without a message: it was
 * not measured. */
struct memory_info {
    int64_t connections, base_bytes;
    double bytes_per_conn;
};
int query_memory(struct db *db, int64_t run_id, const char *side, struct memory_info *out,
                 struct err *e);

/* What a run reserved, by side and pool. `held_by_conns` false: a pool that is there whatever the
 * connections are (the recorder's). */
struct pool_info {
    const char *side, *pool;
    int64_t item_bytes, items_reserved; /* QUERY_NONE: not of items */
    double bytes, bytes_per_conn;
    bool held_by_conns;
};
int query_pools(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e);
int query_pools_next(struct db_stmt *s, struct pool_info *out, struct err *e);

struct environment_info {
    const char *name, *value, *class;
};
int query_environment(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e);
int query_environment_next(struct db_stmt *s, struct environment_info *out, struct err *e);

struct target_info {
    const char *address;
    int64_t port, connections_opened, connections_failed, started, completed, failed;
    int64_t messages_sent, messages_received, latency_p50_ns, latency_p99_ns, latency_max_ns;
};
int query_targets(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e);
int query_targets_next(struct db_stmt *s, struct target_info *out, struct err *e);

#endif
