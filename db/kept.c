/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

#include "db/db.h"
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

int db_run_died(struct db *db, int64_t run_id, char *buf, size_t size, struct err *e)
{
    char kept[RUN_KEPT_MAX];
    int ret = db_run_kept(db, run_id, kept, sizeof kept, e);
    if (!ret)
        snprintf(buf, size, "its process ended without closing the run; kept: %s", kept);
    return ret;
}
