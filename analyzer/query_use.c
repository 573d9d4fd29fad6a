/* SPDX-License-Identifier: BSD-3-Clause */
/* What a run used and where it went: processes, memory, the machine, its targets. */
#include <errno.h>

#include "analyzer/query.h"

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

/* clang-format off */
#define TARGET_INTS(X)                                                                             \
    X(port) X(connections_opened) X(connections_failed) X(started) X(completed) X(failed)          \
    X(messages_sent) X(messages_received) X(latency_p50_ns) X(latency_p99_ns) X(latency_max_ns)
/* clang-format on */

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
