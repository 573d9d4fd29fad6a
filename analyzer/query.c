/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/query.h"

#include <errno.h>
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
