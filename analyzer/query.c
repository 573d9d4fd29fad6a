/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

int query_begin(struct db *db, struct err *e)
{
    return db_exec(db, "begin to read", "BEGIN", e);
}

void query_end(struct db *db)
{
    struct err ignored = {0}; /* a snapshot that cannot be released ends with the file anyway */
    db_exec(db, "end reading", "COMMIT", &ignored);
}

int64_t query_int(struct db_stmt *s, const char *name)
{
    return db_col_is_null(s, name) ? QUERY_NONE : db_col_i64(s, name);
}

/* --- runs ------------------------------------------------------------------------------ */

static bool is_id(const char *which)
{
    return strlen(which) <= 18 && which[strspn(which, "0123456789")] == '\0';
}

/* Prepares the query that finds candidates, at most two of them. */
static int find_prepare(struct db *db, const char *which, struct db_stmt **out, struct err *e)
{
    const char *sql = "SELECT id FROM run ORDER BY id DESC LIMIT 1";
    if (which && is_id(which))
        sql = "SELECT id FROM run WHERE id = :which OR uuid = :which";
    else if (which)
        sql = "SELECT id FROM run WHERE substr(uuid, 1, length(:which)) = lower(:which) LIMIT 2";
    int ret = db_prepare(db, "find the run", sql, out, e);
    if (ret == 0 && which)
        db_bind_text(*out, ":which", which);
    return ret;
}

static int find_none(struct db *db, const char *which, struct err *e)
{
    if (!which)
        return err_set(e, EXIT_USAGE, -ENOENT, "%s: holds no run yet; `gen run JOB` writes one",
                       db_path(db));
    return err_set(e, EXIT_USAGE, -ENOENT,
                   "%s: no run \"%.60s\": expected an id or a uuid that --list shows", db_path(db),
                   which);
}

int query_run_find(struct db *db, const char *which, int64_t *run_id, struct err *e)
{
    if (which && !is_id(which) && strlen(which) < 4)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "--run \"%s\": expected an id, or at least four letters of a uuid", which);
    struct db_stmt *s = NULL;
    int ret = find_prepare(db, which, &s, e);
    if (ret == 0 && (ret = db_step(s, e)) == 1) {
        *run_id = db_col_i64(s, "id");
        ret = db_step(s, e);
        if (ret == 1)
            ret = err_set(e, EXIT_USAGE, -EINVAL,
                          "%s: several runs begin with \"%.60s\": give more letters of the uuid",
                          db_path(db), which);
    } else if (ret == 0) {
        ret = find_none(db, which, e);
    }
    db_finish(s);
    return ret;
}

/* Where each text and integer column of `run` goes; the SELECT names them all. */
/* clang-format off */
#define RUN_TEXTS_PROMISED(X)                                                                      \
    X(uuid) X(workload_id) X(history_key) X(tool_version) X(host) X(wire) X(timestamp_source)      \
    X(protocol) X(transport) X(pattern) X(load)
#define RUN_TEXTS(X)                                                                               \
    X(uuid) X(workload_id) X(job) X(overrides) X(history_key) X(tool_version) X(tool_commit)       \
    X(subject_commit) X(host) X(state_reason) X(invalid_reason) X(limited_by)                      \
    X(limited_by_evidence) X(wire) X(wire_detail) X(timestamp_source) X(protocol) X(transport)     \
    X(pattern) X(load) X(payload) X(reply) X(sla) X(environment_hash) X(margins)                   \
    X(interleave_uuid) X(interleave_side)
#define RUN_INTS(X)                                                                                \
    X(id) X(seed) X(started_ns) X(ended_ns) X(valid) X(clock_error_ns) X(depth) X(workers)         \
    X(connections_requested) X(connections_opened) X(duration_requested_ns) X(interval_ns)         \
    X(lost_intervals) X(interleave_round) X(control_timer_wake_p50_ns) X(control_timer_wake_p99_ns)
#define RUN_REALS(X)                                                                               \
    X(clock_ppm) X(control_memory_copy_mib_per_s) X(control_cpu_per_transaction_ns)
#define TARGET_INTS(X)                                                                             \
    X(port) X(connections_opened) X(connections_failed) X(started) X(completed) X(failed)          \
    X(messages_sent) X(messages_received) X(latency_p50_ns) X(latency_p99_ns) X(latency_max_ns)
/* clang-format on */

static int copy_text(struct db_stmt *s, const char *name, char **to)
{
    const char *text = db_col_text(s, name);
    if (!text)
        return 0;
    *to = strdup(text);
    return *to ? 0 : -ENOMEM;
}

static int run_copy(struct db_stmt *s, struct run_info *out, struct err *e)
{
    int ret = 0;
#define X(column) ret = ret ? ret : copy_text(s, #column, &out->column);
    RUN_TEXTS(X)
#undef X
#define X(column)                                                                                  \
    if (ret == 0 && !out->column)                                                                  \
        ret = (out->column = strdup("?")) ? 0 : -ENOMEM;
    RUN_TEXTS_PROMISED(X) /* NOT NULL by the schema; a foreign file may differ */
#undef X
#define X(column) out->column = query_int(s, #column);
    RUN_INTS(X)
#undef X
#define X(column) out->column = db_col_f64(s, #column);
    RUN_REALS(X)
#undef X
    return ret ? err_set(e, EXIT_ENVIRONMENT, ret, "out of memory reading a run") : 0;
}

/* The next `gen` will write this reason into the row of a run whose process is gone. */
static int explain_death(struct db *db, struct run_info *run, struct err *e)
{
    if (run->state != RUN_INTERRUPTED || run->state_reason)
        return 0;
    run->died = true;
    run->state_reason = malloc(RUN_DIED_MAX);
    if (!run->state_reason)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory reading a run");
    return db_run_died(db, run->id, run->state_reason, RUN_DIED_MAX, e);
}

int query_run_load(struct db *db, int64_t run_id, struct run_info *out, struct err *e)
{
    *out = (struct run_info){0};
    struct db_stmt *s = NULL;
    int ret = db_prepare(db, "read the run", "SELECT * FROM run WHERE id = :run_id", &s, e);
    if (ret)
        return ret;
    db_bind_i64(s, ":run_id", run_id);
    ret = db_step(s, e);
    if (ret == 1)
        ret = run_copy(s, out, e);
    else if (ret == 0)
        ret = err_set(e, EXIT_USAGE, -ENOENT, "%s: no run %lld", db_path(db), (long long)run_id);
    db_finish(s);
    if (ret == 0)
        ret = db_run_state(db, run_id, &out->state, e);
    if (ret == 0)
        ret = explain_death(db, out, e);
    if (ret)
        run_info_fini(out);
    return ret;
}

void run_info_fini(struct run_info *run)
{
#define X(column) free(run->column);
    RUN_TEXTS(X)
#undef X
    *run = (struct run_info){0};
}

/* The newest run that is left out when `most` are shown; 0: none is. */
static int newest_left_out(struct db *db, uint64_t most, int64_t *id, int64_t *count, struct err *e)
{
    struct db_stmt *s = NULL;
    *id = *count = 0;
    int ret = db_prepare(db, "list the runs",
                         "SELECT id, (SELECT count(*) FROM run) AS count FROM run "
                         "ORDER BY id DESC LIMIT 1 OFFSET :most",
                         &s, e);
    if (ret)
        return ret;
    db_bind_u64(s, ":most", most);
    if ((ret = db_step(s, e)) == 1) {
        *id = db_col_i64(s, "id");
        *count = db_col_i64(s, "count");
    }
    db_finish(s);
    return ret < 0 ? ret : 0;
}

int query_runs(struct db *db, uint64_t most, int64_t *left_out, struct db_stmt **out, struct err *e)
{
    int64_t id = 0;
    *left_out = 0;
    int ret = most ? newest_left_out(db, most, &id, left_out, e) : 0;
    if (*left_out)
        *left_out -= (int64_t)most;
    ret =
        ret ? ret
            : db_prepare(db, "list the runs",
                         "SELECT run_id, uuid, workload_id, started_ns, valid, verdict, msg_per_s, "
                         "latency_p50_us, latency_p99_us, latency_count, errors_percent "
                         "FROM run_summary WHERE run_id > :id ORDER BY run_id DESC",
                         out, e);
    if (ret == 0)
        db_bind_i64(*out, ":id", id);
    return ret;
}

int query_runs_next(struct db *db, struct db_stmt *s, struct run_line *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret != 1)
        return ret;
    *out = (struct run_line){
        .id = db_col_i64(s, "run_id"),
        .started_ns = db_col_i64(s, "started_ns"),
        .valid = query_int(s, "valid"),
        .latency_count = query_int(s, "latency_count"),
        .uuid = db_col_text(s, "uuid"),
        .workload_id = db_col_text(s, "workload_id"),
        .verdict = db_col_text(s, "verdict"),
        .msg_per_s = db_col_f64(s, "msg_per_s"),
        .latency_p50_us = db_col_f64(s, "latency_p50_us"),
        .latency_p99_us = db_col_f64(s, "latency_p99_us"),
        .errors_percent = db_col_f64(s, "errors_percent"),
    };
    ret = db_run_state(db, out->id, &out->state, e);
    return ret ? ret : 1;
}

/* --- what belongs to one run ----------------------------------------------------------- */

int query_for_run(struct db *db, const char *purpose, const char *sql, int64_t run_id,
                  struct db_stmt **out, struct err *e)
{
    int ret = db_prepare(db, purpose, sql, out, e);
    if (ret == 0)
        db_bind_i64(*out, ":run_id", run_id);
    return ret;
}

#define IN_SCOPE                                                                                   \
    " (:scope = 'all' OR (:scope IN ('measured', 'outcome') AND p.measured) "                      \
    "  OR (:scope = 'outcome' AND p.kind = 'drain') "                                              \
    "  OR (:scope = 'connect' AND p.kind = 'connect')) "

static const char *scope_name(enum query_scope scope)
{
    switch (scope) {
    case SCOPE_MEASURED:
        return "measured";
    case SCOPE_OUTCOME:
        return "outcome";
    case SCOPE_CONNECT:
        return "connect";
    case SCOPE_ALL:
        return "all";
    }
    return "";
}

static int prepare_in_scope(struct db *db, const char *purpose, const char *sql, int64_t run_id,
                            enum query_scope scope, struct db_stmt **out, struct err *e)
{
    int ret = query_for_run(db, purpose, sql, run_id, out, e);
    if (ret == 0)
        db_bind_text(*out, ":scope", scope_name(scope));
    return ret;
}

int query_phases(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e)
{
    return query_for_run(db, "read the phases",
                         "SELECT p.*, coalesce(p.ended_ns, (SELECT max(i.ended_ns) FROM interval i "
                         "  WHERE i.phase_id = p.id), p.started_ns) AS last_ns "
                         "FROM phase p WHERE p.run_id = :run_id ORDER BY p.seq",
                         run_id, out, e);
}

int query_phases_next(struct db_stmt *s, struct phase_info *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret != 1)
        return ret;
    const char *load = db_col_text(s, "load");
    *out = (struct phase_info){
        .id = db_col_i64(s, "id"),
        .seq = db_col_i64(s, "seq"),
        .started_ns = db_col_i64(s, "started_ns"),
        .ended_ns = db_col_i64(s, "last_ns"),
        .requested_ns = query_int(s, "requested_ns"),
        .measured = db_col_i64(s, "measured") != 0,
        .rate_max = load && strcmp(load, "max") == 0,
        .offered_rate_per_s = db_col_f64(s, "offered_rate_per_s"),
        .name = db_col_text(s, "name"),
        .kind = db_col_text(s, "kind"),
    };
    return 1;
}

int query_counters(struct db *db, int64_t run_id, enum query_scope scope, struct db_stmt **out,
                   struct err *e)
{
    return prepare_in_scope(db, "read the counters",
                            "SELECT n.kind, n.name, n.meaning, CASE n.rollup WHEN 'max' "
                            "  THEN max(c.value) ELSE sum(c.value) END AS value "
                            "FROM interval i JOIN phase p ON p.id = i.phase_id "
                            "JOIN counter c ON c.interval_id = i.id "
                            "JOIN counter_name n ON n.id = c.name_id "
                            "WHERE i.run_id = :run_id AND" IN_SCOPE "GROUP BY n.id ORDER BY n.id",
                            run_id, scope, out, e);
}

int query_counters_next(struct db_stmt *s, struct counter_info *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret == 1)
        *out = (struct counter_info){
            .kind = db_col_text(s, "kind"),
            .name = db_col_text(s, "name"),
            .meaning = db_col_text(s, "meaning"),
            .value = db_col_i64(s, "value"),
        };
    return ret;
}

int query_intervals(struct db *db, int64_t run_id, enum query_scope scope, struct db_stmt **out,
                    struct err *e)
{
    return prepare_in_scope(db, "read the intervals",
                            "SELECT i.*, p.measured FROM interval i "
                            "JOIN phase p ON p.id = i.phase_id "
                            "WHERE i.run_id = :run_id AND" IN_SCOPE
                            "ORDER BY i.started_ns + (i.ended_ns - i.started_ns) / 2, i.worker",
                            run_id, scope, out, e);
}

int query_intervals_next(struct db_stmt *s, struct interval_info *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret == 1)
        *out = (struct interval_info){
            .worker = db_col_i64(s, "worker"),
            .started_ns = db_col_i64(s, "started_ns"),
            .ended_ns = db_col_i64(s, "ended_ns"),
            .started = db_col_i64(s, "started"),
            .completed = db_col_i64(s, "completed"),
            .failed = db_col_i64(s, "failed"),
            .messages_sent = db_col_i64(s, "messages_sent"),
            .measured = db_col_i64(s, "measured") != 0,
        };
    return ret;
}

int query_hists(struct db *db, int64_t run_id, enum query_scope scope, enum time_kind time,
                struct db_stmt **out, struct err *e)
{
    int ret = prepare_in_scope(db, "read the histograms",
                               "SELECT i.started_ns, i.ended_ns, h.count, h.overflow, h.min_ns, "
                               "  h.max_ns, h.mean_ns, h.blob FROM interval i "
                               "JOIN phase p ON p.id = i.phase_id "
                               "JOIN hist h ON h.interval_id = i.id AND h.time = :time "
                               "WHERE i.run_id = :run_id AND" IN_SCOPE
                               "ORDER BY i.started_ns + (i.ended_ns - i.started_ns) / 2, i.worker",
                               run_id, scope, out, e);
    if (ret == 0)
        db_bind_text(*out, ":time", time_name(time));
    return ret;
}

int query_hists_next(struct db_stmt *s, struct hist_info *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret != 1)
        return ret;
    *out = (struct hist_info){
        .started_ns = db_col_i64(s, "started_ns"),
        .ended_ns = db_col_i64(s, "ended_ns"),
        .count = (uint64_t)db_col_i64(s, "count"),
        .overflow = (uint64_t)db_col_i64(s, "overflow"),
        .min_ns = (uint64_t)db_col_i64(s, "min_ns"),
        .max_ns = (uint64_t)db_col_i64(s, "max_ns"),
        .mean_ns = db_col_f64(s, "mean_ns"),
    };
    out->blob = db_col_blob(s, "blob", &out->blob_len);
    return 1;
}

int query_verdicts(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e)
{
    return query_for_run(db, "read the verdicts",
                         "SELECT v.*, p.name AS phase FROM verdict v "
                         "LEFT JOIN phase p ON p.id = v.phase_id "
                         "WHERE v.run_id = :run_id ORDER BY v.id",
                         run_id, out, e);
}

int query_verdicts_next(struct db_stmt *s, struct verdict_info *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret == 1)
        *out = (struct verdict_info){
            .phase = db_col_text(s, "phase"),
            .rule = db_col_text(s, "rule"),
            .metric = db_col_text(s, "metric"),
            .op = db_col_text(s, "op"),
            .unit = db_col_text(s, "unit"),
            .state = db_col_text(s, "state"),
            .reason = db_col_text(s, "reason"),
            .target = db_col_f64(s, "target"),
            .actual = db_col_f64(s, "actual"),
            .samples = query_int(s, "samples"),
        };
    return ret;
}

int query_resource(struct db *db, int64_t run_id, const char *role, int64_t from_ns, int64_t to_ns,
                   struct resource_info *out, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = query_for_run(db, "read the resource samples",
                            "SELECT count(*) AS samples, min(at_ns) AS first_ns, "
                            "  max(at_ns) AS last_ns, min(cpu_ns) AS cpu_first_ns, "
                            "  max(cpu_ns) AS cpu_last_ns, "
                            "  min(voluntary_switches + involuntary_switches) AS switches_first, "
                            "  max(voluntary_switches + involuntary_switches) AS switches_last, "
                            "  max(rss_bytes + coalesce(hugetlb_bytes, 0)) AS rss_peak_bytes "
                            "FROM resource WHERE run_id = :run_id AND role = :role "
                            "AND at_ns BETWEEN :from_ns AND :to_ns",
                            run_id, &s, e);
    if (ret)
        return ret;
    db_bind_text(s, ":role", role);
    db_bind_i64(s, ":from_ns", from_ns);
    db_bind_i64(s, ":to_ns", to_ns);
    ret = db_step(s, e);
    if (ret == 1) {
        *out = (struct resource_info){
            .samples = db_col_i64(s, "samples"),
            .first_ns = query_int(s, "first_ns"),
            .last_ns = query_int(s, "last_ns"),
            .cpu_first_ns = query_int(s, "cpu_first_ns"),
            .cpu_last_ns = query_int(s, "cpu_last_ns"),
            .rss_peak_bytes = query_int(s, "rss_peak_bytes"),
            .switches_first = query_int(s, "switches_first"),
            .switches_last = query_int(s, "switches_last"),
        };
        ret = 0;
    }
    db_finish(s);
    return ret;
}

int query_memory(struct db *db, int64_t run_id, const char *side, struct memory_info *out,
                 struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = query_for_run(db, "read the memory of connections",
                            "SELECT connections, base_bytes, bytes_per_conn FROM conn_memory "
                            "WHERE run_id = :run_id AND side = :side AND pool = 'process'",
                            run_id, &s, e);
    if (ret)
        return ret;
    db_bind_text(s, ":side", side);
    ret = db_step(s, e);
    if (ret == 1) {
        *out = (struct memory_info){
            .connections = db_col_i64(s, "connections"),
            .base_bytes = query_int(s, "base_bytes"),
            .bytes_per_conn = db_col_f64(s, "bytes_per_conn"),
        };
        ret = 0;
    } else if (ret == 0) {
        ret = -ENOENT;
    }
    db_finish(s);
    return ret;
}

int query_pools(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e)
{
    return query_for_run(db, "read the pools of connections",
                         "SELECT side, pool, item_bytes, items_reserved, bytes_per_conn, "
                         "bytes_per_conn * connections AS bytes, "
                         "pool NOT IN ('sample_rings', 'interval_blocks', 'recorder', "
                         "'flight_recorder', 'servers') AS held "
                         "FROM conn_memory WHERE run_id = :run_id AND pool <> 'process' "
                         "AND bytes_per_conn IS NOT NULL ORDER BY side, pool",
                         run_id, out, e);
}

int query_pools_next(struct db_stmt *s, struct pool_info *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret != 1)
        return ret;
    *out = (struct pool_info){
        .side = db_col_text(s, "side"),
        .pool = db_col_text(s, "pool"),
        .item_bytes = query_int(s, "item_bytes"),
        .items_reserved = query_int(s, "items_reserved"),
        .bytes = db_col_f64(s, "bytes"),
        .bytes_per_conn = db_col_f64(s, "bytes_per_conn"),
        .held_by_conns = db_col_i64(s, "held"),
    };
    return 1;
}

int query_environment(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e)
{
    return query_for_run(db, "read the environment",
                         "SELECT name, value, class FROM environment WHERE run_id = :run_id "
                         "ORDER BY name",
                         run_id, out, e);
}

int query_environment_next(struct db_stmt *s, struct environment_info *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret == 1)
        *out = (struct environment_info){
            .name = db_col_text(s, "name"),
            .value = db_col_text(s, "value"),
            .class = db_col_text(s, "class"),
        };
    return ret;
}

int query_targets(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e)
{
    return query_for_run(db, "read the targets",
                         "SELECT * FROM target WHERE run_id = :run_id ORDER BY seq", run_id, out,
                         e);
}

int query_targets_next(struct db_stmt *s, struct target_info *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret != 1)
        return ret;
    out->address = db_col_text(s, "address");
#define X(column) out->column = query_int(s, #column);
    TARGET_INTS(X)
#undef X
    return 1;
}
