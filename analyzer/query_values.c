/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/query_values.h"

#define OF_RUNS " IN (SELECT value FROM json_each(:runs)) "

static int prepare(struct db *db, const char *purpose, const char *sql, const char *runs,
                   struct db_stmt **out, struct err *e)
{
    int ret = db_prepare(db, purpose, sql, out, e);
    if (ret == 0)
        db_bind_text(*out, ":runs", runs);
    return ret;
}

int query_history_ids(struct db *db, const char *history_key, int64_t before_ns, int64_t limit,
                      struct db_stmt **out, struct err *e)
{
    int ret = db_prepare(db, "read the history",
                         "SELECT id FROM run WHERE history_key = :key AND state = 'done' "
                         "AND started_ns < :before ORDER BY started_ns DESC, id DESC LIMIT :limit",
                         out, e);
    if (ret)
        return ret;
    db_bind_text(*out, ":key", history_key);
    db_bind_i64(*out, ":before", before_ns);
    db_bind_i64(*out, ":limit", limit);
    return 0;
}

/* --- the row of a run ------------------------------------------------------------------ */

int query_value_runs(struct db *db, const char *runs, struct db_stmt **out, struct err *e)
{
    return prepare(db, "read the runs",
                   "SELECT id, uuid, workload_id, history_key, environment_hash, tool_version, "
                   "tool_commit, subject_commit, started_ns, ended_ns, state, state_reason, valid, "
                   "invalid_reason, control_timer_wake_p50_ns, control_timer_wake_p99_ns, "
                   "control_memory_copy_mib_per_s, control_cpu_per_transaction_ns, "
                   "interleave_uuid, interleave_round, interleave_side, margins FROM run "
                   "WHERE id" OF_RUNS "ORDER BY id",
                   runs, out, e);
}

/* --- figures --------------------------------------------------------------------------- */

/* An end that was never written is the end of the phase's last interval, as in query_phases(). */
#define PHASE_END                                                                                  \
    "coalesce(p.ended_ns, (SELECT max(i.ended_ns) FROM interval i WHERE i.phase_id = p.id), "      \
    "p.started_ns)"

int query_value_lengths(struct db *db, const char *runs, struct db_stmt **out, struct err *e)
{
    return prepare(db, "read the phases",
                   "SELECT p.run_id, sum((" PHASE_END " - p.started_ns) / 1e9) AS measured_s "
                   "FROM phase p WHERE p.run_id" OF_RUNS "AND p.measured GROUP BY p.run_id",
                   runs, out, e);
}

/* Grouping by the columns of phase's index needs no sorter, however many intervals there are. */
int query_value_sums(struct db *db, const char *runs, struct db_stmt **out, struct err *e)
{
    return prepare(
        db, "read the intervals",
        "SELECT p.run_id, p.measured, sum(i.completed) AS completed, sum(i.failed) AS failed, "
        "sum(i.messages_sent) AS throughput_msg_per_s, sum(i.completed) AS transactions_per_s, "
        "sum(i.frames_tx + i.frames_rx) AS frames_per_s, "
        "sum(i.payload_sent_bytes) AS bandwidth_mib_per_s, "
        "sum(i.payload_received_bytes) AS bandwidth_in_mib_per_s, "
        "sum(i.wire_tx_bytes) AS wire_gbit_per_s, sum(i.wire_rx_bytes) AS wire_in_gbit_per_s, "
        "sum(i.failed) AS error_count, sum(i.retransmits) AS retransmissions "
        "FROM phase p CROSS JOIN interval i ON i.phase_id = p.id "
        "WHERE p.run_id" OF_RUNS "AND (p.measured OR p.kind = 'drain') GROUP BY p.run_id, p.seq",
        runs, out, e);
}

/* Counters that stand still are not stored, so that a run's few lie in one short range of ids. */
int query_value_counts(struct db *db, const char *runs, struct db_stmt **out, struct err *e)
{
    return prepare(
        db, "read the counters",
        "SELECT p.run_id, "
        "sum(CASE n.kind WHEN 'drop' THEN c.value ELSE 0 END) AS dropped_frames, "
        "sum(CASE n.kind WHEN 'connect_error' THEN c.value ELSE 0 END) AS connect_error_count, "
        "sum(CASE WHEN n.kind = 'result' AND n.name = 'timeout' AND (p.measured OR "
        "  p.kind = 'drain') THEN c.value ELSE 0 END) AS censored, "
        "sum(CASE WHEN n.kind = 'result' AND n.name IN ('out_of_order', 'wrong_id') AND "
        "  (p.measured OR p.kind = 'drain') THEN c.value ELSE 0 END) AS late "
        "FROM phase p CROSS JOIN interval i ON i.phase_id = p.id "
        "LEFT JOIN counter c ON c.interval_id = i.id AND c.name_id BETWEEN "
        "  (SELECT min(id) FROM counter_name WHERE kind != 'counter') AND "
        "  (SELECT max(id) FROM counter_name WHERE kind != 'counter') "
        "LEFT JOIN counter_name n ON n.id = c.name_id "
        "WHERE p.run_id" OF_RUNS "GROUP BY p.run_id",
        runs, out, e);
}

/* The connect times of a run whose measured phases opened none are those of its connect phase. */
int query_value_times(struct db *db, const char *runs, struct db_stmt **out, struct err *e)
{
    return prepare(
        db, "read the percentiles",
        "SELECT run_id, time, p50_ns, p90_ns, p95_ns, p99_ns, p999_ns, p9999_ns, mean_ns "
        "FROM summary WHERE run_id" OF_RUNS "AND ifnull(phase_id, 0) = 0 AND count > 0 "
        "UNION ALL SELECT s.run_id, s.time, s.p50_ns, s.p90_ns, s.p95_ns, s.p99_ns, s.p999_ns, "
        "s.p9999_ns, s.mean_ns FROM phase p CROSS JOIN summary s ON s.run_id = p.run_id AND "
        "ifnull(s.phase_id, 0) = p.id AND s.time = 'connect' "
        "WHERE p.run_id" OF_RUNS "AND p.kind = 'connect' AND p.seq = 0 AND s.count > 0 "
        "AND NOT EXISTS (SELECT 1 FROM summary m WHERE m.run_id = p.run_id AND "
        "ifnull(m.phase_id, 0) = 0 AND m.time = 'connect' AND m.count > 0)",
        runs, out, e);
}

int query_value_resources(struct db *db, const char *runs, struct db_stmt **out, struct err *e)
{
    return prepare(
        db, "read the resource samples",
        "SELECT m.run_id, x.role, count(*) AS samples, min(x.at_ns) AS first_ns, "
        "max(x.at_ns) AS last_ns, min(x.cpu_ns) AS cpu_first_ns, max(x.cpu_ns) AS cpu_last_ns, "
        "max(x.rss_bytes + coalesce(x.hugetlb_bytes, 0)) AS rss_bytes "
        "FROM (SELECT p.run_id, min(p.started_ns) AS from_ns, max(" PHASE_END ") AS to_ns "
        "  FROM phase p WHERE p.run_id" OF_RUNS "AND p.measured GROUP BY p.run_id) m "
        "CROSS JOIN resource x ON x.run_id = m.run_id AND x.role IN ('gen', 'peer') "
        "AND x.at_ns BETWEEN m.from_ns AND m.to_ns GROUP BY m.run_id, x.role",
        runs, out, e);
}

int query_value_memory(struct db *db, const char *runs, struct db_stmt **out, struct err *e)
{
    return prepare(db, "read the memory of connections",
                   "SELECT run_id, side, bytes_per_conn FROM conn_memory "
                   "WHERE run_id" OF_RUNS "AND pool = 'process'",
                   runs, out, e);
}

int query_value_benchmarks(struct db *db, const char *runs, struct db_stmt **out, struct err *e)
{
    return prepare(db, "read the benchmarks",
                   "SELECT run_id, name, value FROM finding "
                   "WHERE run_id" OF_RUNS "AND seq = 1 AND name LIKE 'bench\\_%' ESCAPE '\\'",
                   runs, out, e);
}
