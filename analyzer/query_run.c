/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows of runs: found, loaded, listed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/query.h"
#include "base/err.h"

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
