/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/query_trend.h"

#include <errno.h>

#include "base/err.h"

/* One row with one number, called n. 1: it is there. */
static int one_number(struct db_stmt *s, int64_t *out, struct err *e)
{
    int ret = db_step(s, e);
    if (ret == 1)
        *out = db_col_i64(s, "n");
    db_finish(s);
    return ret;
}

int query_workload_last(struct db *db, const char *workload_id, int64_t *run_id, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = db_prepare(db, "find the workload's last run",
                         "SELECT id AS n FROM run WHERE workload_id = :workload_id "
                         "ORDER BY started_ns DESC, id DESC LIMIT 1",
                         &s, e);
    if (ret)
        return ret;
    db_bind_text(s, ":workload_id", workload_id);
    ret = one_number(s, run_id, e);
    if (ret == 0)
        return err_set(e, EXIT_USAGE, -ENOENT,
                       "%s: no run of workload \"%.100s\": --list shows what there is", db_path(db),
                       workload_id);
    return ret == 1 ? 0 : ret;
}

/* Goes from key to key by the index, so that a million runs of one key are one step. */
int query_workload_keys(struct db *db, const char *workload_id, int64_t *keys, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret =
        db_prepare(db, "count the histories",
                   "WITH RECURSIVE k (key) AS (SELECT min(history_key) FROM run UNION ALL "
                   "SELECT (SELECT min(history_key) FROM run WHERE history_key > k.key) FROM k "
                   "WHERE k.key IS NOT NULL) SELECT count(*) AS n FROM k WHERE key IS NOT NULL AND "
                   "(SELECT workload_id FROM run WHERE history_key = k.key LIMIT 1) = :workload_id",
                   &s, e);
    if (ret)
        return ret;
    db_bind_text(s, ":workload_id", workload_id);
    ret = one_number(s, keys, e);
    return ret == 1 ? 0 : ret;
}

int query_history_count(struct db *db, const char *history_key, int64_t limit, int64_t *runs,
                        struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = db_prepare(db, "count the runs",
                         "SELECT count(*) AS n FROM (SELECT 1 FROM run WHERE history_key = :key "
                         "AND state = 'done' LIMIT :limit)",
                         &s, e);
    if (ret)
        return ret;
    db_bind_text(s, ":key", history_key);
    db_bind_i64(s, ":limit", limit);
    ret = one_number(s, runs, e);
    return ret == 1 ? 0 : ret;
}

int query_history_baseline(struct db *db, const char *history_key, struct db_stmt **out,
                           struct err *e)
{
    int ret = db_prepare(db, "read the baseline",
                         "SELECT b.name, b.run_id FROM baseline b JOIN run r ON r.id = b.run_id "
                         "WHERE r.history_key = :key AND b.name = (SELECT b2.name FROM baseline b2 "
                         "JOIN run r2 ON r2.id = b2.run_id WHERE r2.history_key = :key "
                         "ORDER BY b2.name = 'baseline' DESC, b2.set_ns DESC, b2.name LIMIT 1) "
                         "ORDER BY b.run_id DESC",
                         out, e);
    if (ret == 0)
        db_bind_text(*out, ":key", history_key);
    return ret;
}
