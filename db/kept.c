/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

#include "db/db_internal.h"
#include "db/run_row.h"

static void describe(struct db_stmt *s, char *buf, size_t size)
{
    long long intervals = db_col_i64(s, "intervals"), samples = db_col_i64(s, "samples");
    if (!intervals && !samples)
        snprintf(buf, size, "no interval");
    else
        snprintf(buf, size, "%lld interval%s up to second %.1f, %lld raw sample%s", intervals,
                 intervals == 1 ? "" : "s", intervals ? db_col_f64(s, "until_s") : 0.0, samples,
                 samples == 1 ? "" : "s");
}

int db_run_kept(struct db *db, int64_t run_id, char *buf, size_t size, struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(db, "read what is kept of a run",
                         "SELECT (SELECT count(*) FROM interval WHERE run_id = r.id) AS intervals, "
                         "((SELECT max(ended_ns) FROM interval WHERE run_id = r.id) * 1.0 - "
                         "r.started_ns) / 1e9 AS until_s, (SELECT ifnull(sum(count), 0) FROM "
                         "sample_block WHERE run_id = r.id) AS samples FROM run r WHERE r.id = :id",
                         &s, e);
    if (ret)
        return ret;
    db_bind_i64(s, ":id", run_id);
    ret = db_step(s, e);
    if (ret == 1)
        describe(s, buf, size);
    else if (!ret)
        snprintf(buf, size, "nothing");
    db_finish(s);
    return ret < 0 ? ret : 0;
}

static const char *how_it_died(struct db_stmt *s)
{
    struct process_id p = {.pid = db_col_i64(s, "pid"), .start_ticks = db_col_i64(s, "pid_start")};
    snprintf(p.boot_id, sizeof p.boot_id, "%s", db_col_text(s, "boot_id"));
    snprintf(p.host, sizeof p.host, "%s", db_col_text(s, "host"));
    return process_alive(&p) ? "this file is a copy, made while the run was going on"
                             : "its process ended without closing the run";
}

/* Whoever reads a file whose log is gone cannot see that from its pages: an older state is whole. */
int db_run_died(struct db *db, int64_t run_id, char *buf, size_t size, struct err *e)
{
    char kept[RUN_KEPT_MAX];
    struct db_stmt *s;
    int ret = db_run_kept(db, run_id, kept, sizeof kept, e);
    ret = ret ? ret : db_prepare(db, "read whose run it is",
                                 "SELECT pid, pid_start, boot_id, host FROM run WHERE id = :id", &s, e);
    if (ret)
        return ret;
    db_bind_i64(s, ":id", run_id);
    ret = db_step(s, e);
    if (ret == 1)
        snprintf(buf, size, "%s; kept: %s%s", how_it_died(s), kept,
                 db->log_empty ? "; it has no log (-wal) beside it: if it was copied without, what "
                                 "the log held is missing"
                               : "");
    db_finish(s);
    return ret < 0 ? ret : 0;
}
