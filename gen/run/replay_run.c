/* SPDX-License-Identifier: BSD-3-Clause */
/* The intended starts of an earlier run, from its raw samples. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"
#include "db/db.h"
#include "db/run_row.h"
#include "db/sample_block.h"
#include "run/replay.h"

struct source {
    struct db *db;
    int64_t run_id;
    int64_t began_ns; /* of the first measured phase, Unix */
    struct arrivals *list;
};

static int refuse(const struct source *s, struct err *e, const char *what)
{
    return err_set(e, EXIT_USAGE, -ENODATA, "%s: run %" PRId64 " %s", db_path(s->db), s->run_id,
                   what);
}

/* One row of `sql` for the run. 1: there, *stmt is the caller's to finish. */
static int look(const struct source *s, const char *sql, struct db_stmt **stmt, struct err *e)
{
    int ret = db_prepare(s->db, "read a run to replay", sql, stmt, e);
    if (ret)
        return ret;
    db_bind_i64(*stmt, ":run", s->run_id);
    return db_step(*stmt, e);
}

static int find_run(struct source *s, struct err *e)
{
    enum run_state state;
    struct db_stmt *stmt = NULL;
    int ret = db_run_state(s->db, s->run_id, &state, e);
    if (ret == -ENOENT)
        return refuse(s, e, "is not there: expected one that analyze --list shows");
    if (ret)
        return ret;
    if (state == RUN_RUNNING)
        return refuse(s, e, "is still running: expected one that has ended");
    ret = look(s, "SELECT min(started_ns) AS began FROM phase WHERE run_id = :run AND measured",
               &stmt, e);
    if (ret == 1 && db_col_is_null(stmt, "began"))
        ret = refuse(s, e, "has no measured phase: expected one that came so far");
    else if (ret == 1)
        s->began_ns = db_col_i64(stmt, "began");
    db_finish(stmt);
    return ret < 0 ? ret : 0;
}

/* A share of the transactions is no arrival process, least of all the same one. */
static int judge_kept(const struct source *s, struct db_stmt *stmt, struct err *e)
{
    char what[160];
    if (db_col_i64(stmt, "blocks") && db_col_f64(stmt, "ratio") < 1) {
        snprintf(what, sizeof what,
                 "kept only %g of its transactions at times: expected one that "
                 "kept them all (samples = all)",
                 db_col_f64(stmt, "ratio"));
        return refuse(s, e, what);
    }
    if (db_col_i64(stmt, "samples"))
        return 0;
    return refuse(s, e,
                  "holds no raw samples: expected one with samples = all that was not pruned");
}

/* Room for all: what is measured is not more than what is there. */
static int check_kept(const struct source *s, struct err *e)
{
    struct db_stmt *stmt = NULL;
    int ret = look(s,
                   "SELECT count(*) AS blocks, ifnull(sum(count), 0) AS samples, "
                   "ifnull(min(ratio), 1) AS ratio FROM sample_block WHERE run_id = :run",
                   &stmt, e);
    if (ret == 1) {
        ret = judge_kept(s, stmt, e);
        if (!ret && arrivals_reserve(s->list, (uint64_t)db_col_i64(stmt, "samples")))
            ret = refuse(s, e, "has more samples than can be replayed: expected at most 100000000");
    }
    db_finish(stmt);
    return ret < 0 ? ret : 0;
}

static int take_block(const struct source *s, struct sample_reader *reader, struct db_stmt *stmt,
                      struct err *e)
{
    size_t len;
    const char *why = NULL;
    const void *data = db_col_blob(stmt, "data", &len);
    int64_t count = db_col_i64(stmt, "count");
    int ret = sample_reader_open(reader, db_col_i64(stmt, "format"), count, db_col_i64(stmt, "crc"),
                                 data, len, &why);
    const uint64_t *starts = ret ? NULL : sample_reader_column(reader, SAMPLE_START);
    const uint64_t *kinds = ret ? NULL : sample_reader_column(reader, SAMPLE_KIND);
    if (!starts || !kinds)
        return refuse(s, e, "has damaged samples: analyze --db-check says which");
    for (int64_t i = 0; i < count && ret == 0; i++)
        if (sample_measured(kinds[i]))
            ret = starts[i] < (uint64_t)s->began_ns ||
                          starts[i] - (uint64_t)s->began_ns > ARRIVALS_END_NS
                      ? refuse(s, e, "has a start outside of its measured time")
                      : arrivals_add(s->list, starts[i] - (uint64_t)s->began_ns);
    return ret;
}

static int take_blocks(const struct source *s, struct err *e)
{
    struct db_stmt *stmt;
    struct sample_reader *reader = sample_reader_new();
    if (!reader)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "no memory for reading samples");
    int ret = look(s,
                   "SELECT format, count, crc, data FROM sample_block WHERE run_id = :run AND "
                   "count > 0 ORDER BY started_ns",
                   &stmt, e);
    while (ret == 1) {
        int taken = take_block(s, reader, stmt, e);
        ret = taken ? taken : db_step(stmt, e);
    }
    db_finish(stmt);
    sample_reader_free(reader);
    return ret;
}

int replay_read_run(const char *path, int64_t run_id, struct arrivals *out, struct err *e)
{
    struct source s = {.run_id = run_id, .list = out};
    int ret = db_open(path, DB_READ, &s.db, e);
    if (ret)
        return ret;
    ret = find_run(&s, e);
    ret = ret ? ret : check_kept(&s, e);
    ret = ret ? ret : take_blocks(&s, e);
    if (!ret && !out->count)
        ret = refuse(&s, e, "started nothing in its measured phases: expected one that did");
    db_close(s.db);
    if (!ret) { /* blocks of several workers, in the order of the ends: that is no news */
        arrivals_sort(out);
        out->was_sorted = true;
    }
    return ret;
}
