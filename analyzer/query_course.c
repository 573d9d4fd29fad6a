/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/query_course.h"

int query_course(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e)
{
    return query_for_run(
        db, "read the course of the run",
        "SELECT min(started_ns) AS started_ns, max(ended_ns) AS ended_ns, count(*) AS workers, "
        "sum(open_connections) AS open_connections, sum(completed) AS completed, "
        "sum(connects_completed) AS connects_completed, sum(connects_failed) AS connects_failed "
        "FROM interval WHERE run_id = :run_id GROUP BY seq ORDER BY started_ns, seq",
        run_id, out, e);
}

int query_course_next(struct db_stmt *s, struct course_row *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret == 1)
        *out = (struct course_row){
            .started_ns = db_col_i64(s, "started_ns"),
            .ended_ns = db_col_i64(s, "ended_ns"),
            .workers = db_col_i64(s, "workers"),
            .open_connections = db_col_i64(s, "open_connections"),
            .completed = db_col_i64(s, "completed"),
            .connects_completed = db_col_i64(s, "connects_completed"),
            .connects_failed = db_col_i64(s, "connects_failed"),
        };
    return ret;
}

int query_rule_counts(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e)
{
    return query_for_run(
        db, "read the verdicts",
        "SELECT phase_id, state, count(*) AS n FROM verdict WHERE run_id = :run_id "
        "GROUP BY phase_id, state ORDER BY min(id)",
        run_id, out, e);
}

int query_rule_counts_next(struct db_stmt *s, struct rule_count *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret == 1)
        *out = (struct rule_count){
            .phase_id = query_int(s, "phase_id"),
            .count = db_col_i64(s, "n"),
            .state = db_col_text(s, "state"),
        };
    return ret;
}

int query_marks(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e)
{
    return query_for_run(
        db, "read the commands",
        "SELECT injected_ns AS at_ns, name, detail, 0 AS refused, 1 AS fault FROM fault_event f "
        "WHERE run_id = :run_id AND NOT EXISTS (SELECT 1 FROM command c WHERE "
        "c.run_id = f.run_id AND c.at_ns = f.injected_ns AND c.name = 'fault') UNION ALL "
        "SELECT at_ns, name, argument, result <> 'done', name = 'fault' FROM command "
        "WHERE run_id = :run_id ORDER BY at_ns",
        run_id, out, e);
}

int query_marks_next(struct db_stmt *s, struct mark_row *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret == 1)
        *out = (struct mark_row){
            .at_ns = db_col_i64(s, "at_ns"),
            .refused = db_col_i64(s, "refused") != 0,
            .fault = db_col_i64(s, "fault") != 0,
            .name = db_col_text(s, "name"),
            .detail = db_col_text(s, "detail"),
        };
    return ret;
}

int query_rss(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e)
{
    return query_for_run(
        db, "read the memory",
        "SELECT at_ns, rss_bytes + coalesce(hugetlb_bytes, 0) AS bytes, role = 'peer' AS peer "
        "FROM resource WHERE run_id = :run_id AND rss_bytes IS NOT NULL ORDER BY at_ns",
        run_id, out, e);
}

int query_rss_next(struct db_stmt *s, struct rss_row *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret == 1)
        *out = (struct rss_row){db_col_i64(s, "at_ns"), db_col_i64(s, "bytes"),
                                db_col_i64(s, "peer") != 0};
    return ret;
}
