/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/query_compare.h"

#include "analyzer/query.h"

#define OF_RUNS " IN (SELECT value FROM json_each(:runs)) "

static int prepare(struct db *db, const char *purpose, const char *sql, const char *name,
                   const char *text, struct db_stmt **out, struct err *e)
{
    int ret = db_prepare(db, purpose, sql, out, e);
    if (ret == 0)
        db_bind_text(*out, name, text);
    return ret;
}

int query_baseline_runs(struct db *db, const char *name, struct db_stmt **out, struct err *e)
{
    return prepare(db, "read the baseline",
                   "SELECT b.run_id, r.id IS NOT NULL AS there FROM baseline b "
                   "LEFT JOIN run r ON r.id = b.run_id WHERE b.name = :name ORDER BY b.run_id",
                   ":name", name, out, e);
}

int query_interleaved(struct db *db, const char *set, struct db_stmt **out, struct err *e)
{
    return prepare(db, "read the interleaved set",
                   "SELECT id, interleave_round AS round, interleave_side AS side FROM run "
                   "WHERE interleave_uuid = coalesce(:set, (SELECT interleave_uuid FROM "
                   "run WHERE interleave_uuid IS NOT NULL ORDER BY id DESC LIMIT 1)) "
                   "ORDER BY interleave_round, interleave_side, id",
                   ":set", set, out, e);
}

int query_interleaved_of(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e)
{
    int ret = db_prepare(db, "read the interleaved set",
                         "SELECT interleave_uuid AS uuid FROM run WHERE id = :id", out, e);
    if (ret == 0)
        db_bind_i64(*out, ":id", run_id);
    return ret;
}

int query_environments(struct db *db, const char *runs, struct db_stmt **out, struct err *e)
{
    return prepare(db, "read the environments",
                   "SELECT name, class, run_id, value FROM environment WHERE run_id" OF_RUNS
                   "ORDER BY name, run_id",
                   ":runs", runs, out, e);
}

int query_steered(struct db *db, const char *runs, struct db_stmt **out, struct err *e)
{
    return prepare(db, "read what the runs were asked",
                   "SELECT run_id, name, argument FROM command c WHERE run_id" OF_RUNS
                   "AND result = 'done' AND name <> 'stop' AND id = (SELECT min(id) FROM command d "
                   "WHERE d.run_id = c.run_id AND result = 'done' AND name <> 'stop') ORDER BY run_id",
                   ":runs", runs, out, e);
}

int query_job(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e)
{
    int ret = db_prepare(db, "read the job", "SELECT job FROM run WHERE id = :id", out, e);
    if (ret == 0)
        db_bind_i64(*out, ":id", run_id);
    return ret;
}

int query_latencies(struct db *db, const char *runs, struct db_stmt **out, struct err *e)
{
    return prepare(db, "read the latency histograms",
                   "SELECT run_id, count, overflow, min_ns, max_ns, mean_ns, blob FROM summary "
                   "WHERE run_id" OF_RUNS
                   "AND ifnull(phase_id, 0) = 0 AND time = 'latency' AND count > 0",
                   ":runs", runs, out, e);
}
