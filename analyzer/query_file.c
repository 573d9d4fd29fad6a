/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/query_file.h"

int query_periods(struct db *db, int64_t run_id, int64_t after, bool all, struct db_stmt **out,
                  struct err *e)
{
    int ret =
        db_prepare(db, "read the intervals",
                   "SELECT * FROM interval_summary WHERE run_id = :run_id AND seq > :after "
                   "AND (:every OR seq <= (SELECT min(last) FROM (SELECT max(seq + merged) AS "
                   "last FROM interval WHERE run_id = :run_id AND seq > :after GROUP BY "
                   "worker) HAVING count(*) = (SELECT workers FROM run WHERE id = :run_id))) "
                   "ORDER BY seq, started_ns",
                   out, e);
    if (ret)
        return ret;
    db_bind_i64(*out, ":run_id", run_id);
    db_bind_i64(*out, ":after", after);
    db_bind_i64(*out, ":every", all);
    return 0;
}

int query_periods_next(struct db_stmt *s, struct period_info *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret == 1)
        *out = (struct period_info){
            .seq = db_col_i64(s, "seq"),
            .started_ns = db_col_i64(s, "started_ns"),
            .length_ns = db_col_i64(s, "length_ns"),
            .open_connections = db_col_i64(s, "open_connections"),
            .phase = db_col_text(s, "phase"),
            .transactions_per_s = db_col_f64(s, "transactions_per_s"),
            .msg_per_s = db_col_f64(s, "msg_per_s"),
            .failed = db_col_i64(s, "failed"),
            .retransmits = db_col_i64(s, "retransmits"),
        };
    return ret;
}

int query_period_hists(struct db *db, int64_t run_id, int64_t seq, struct db_stmt **out,
                       struct err *e)
{
    int ret =
        db_prepare(db, "read the histograms",
                   "SELECT i.started_ns, i.ended_ns, h.count, h.overflow, h.min_ns, h.max_ns, "
                   "h.mean_ns, h.blob FROM interval i JOIN hist h ON h.interval_id = i.id "
                   "WHERE i.run_id = :run_id AND i.seq = :seq AND h.time = 'latency' "
                   "AND i.worker < (SELECT workers FROM run WHERE id = :run_id)",
                   out, e);
    if (ret)
        return ret;
    db_bind_i64(*out, ":run_id", run_id);
    db_bind_i64(*out, ":seq", seq);
    return 0;
}

int query_last_running(struct db *db, int64_t *id, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = db_prepare(db, "look for a run that goes on",
                         "SELECT max(id) AS id FROM run WHERE state = 'running'", &s, e);
    if (ret == 0 && (ret = db_step(s, e)) == 1) {
        *id = db_col_i64(s, "id");
        ret = !db_col_is_null(s, "id");
    }
    db_finish(s);
    return ret;
}

int query_baselines(struct db *db, struct db_stmt **out, struct err *e)
{
    return db_prepare(
        db, "list the baselines",
        "SELECT b.name, max(b.set_ns) AS set_ns, group_concat(b.run_id, ', ') AS runs, "
        "group_concat(DISTINCT r.workload_id) AS workloads FROM baseline b "
        "LEFT JOIN run r ON r.id = b.run_id GROUP BY b.name ORDER BY b.name",
        out, e);
}

int query_baselines_next(struct db_stmt *s, struct baseline_info *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret == 1)
        *out = (struct baseline_info){
            .name = db_col_text(s, "name"),
            .runs = db_col_text(s, "runs"),
            .workloads = db_col_text(s, "workloads"),
            .set_ns = db_col_i64(s, "set_ns"),
        };
    return ret;
}
