/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Baselines: names for sets of runs that later runs are compared with. They are the analyzer's only
 * rows in a file, written under the writer's lock, so never while a run goes on.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "analyzer/command.h"
#include "analyzer/options.h"
#include "analyzer/out/format.h"
#include "analyzer/query_file.h"
#include "base/err.h"
#include "base/units.h"

#define NAME_MAX_BYTES 100

static int check_name(const char *name, struct err *e)
{
    bool good = strlen(name) <= NAME_MAX_BYTES && name[0] != '-';
    for (const char *p = name; *p; p++)
        good &= (unsigned char)*p >= 0x20 && *p != 0x7f;
    if (good)
        return 0;
    return err_set(e, EXIT_USAGE, -EINVAL,
                   "a baseline's name has 1 to %d bytes, no control characters and no leading '-'",
                   NAME_MAX_BYTES);
}

/* --- setting --------------------------------------------------------------------------- */

/* A baseline is a promise: only runs that ended in order and can be trusted hold it. */
static int check_run(const struct run_info *run, struct err *e)
{
    if (run->state != RUN_DONE)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "run %lld is %s: a baseline is made of runs that are done",
                       (long long)run->id, run_state_name(run->state));
    if (run->valid == 0)
        return err_set(e, EXIT_INVALID, -EINVAL,
                       "run %lld is invalid (%s): a baseline is made of valid runs",
                       (long long)run->id, format_or(run->invalid_reason, "no reason is given"));
    return 0;
}

static int add_run(struct db *db, const char *name, const char *which, int64_t now_ns,
                   struct err *e)
{
    struct run_info run = {0};
    struct db_stmt *s = NULL;
    int64_t id;
    int ret = query_run_find(db, which, &id, e);
    ret = ret ? ret : query_run_load(db, id, &run, e);
    ret = ret ? ret : check_run(&run, e);
    run_info_fini(&run);
    ret = ret ? ret
              : db_prepare(db, "set the baseline",
                           "INSERT OR IGNORE INTO baseline (name, run_id, set_ns) "
                           "VALUES (:name, :run_id, :set_ns)",
                           &s, e);
    if (ret)
        return ret;
    db_bind_text(s, ":name", name);
    db_bind_i64(s, ":run_id", id);
    db_bind_i64(s, ":set_ns", now_ns);
    ret = db_run(s, e);
    db_finish(s);
    return ret;
}

/* Deletes its rows; how many there were, or -errno. */
static int forget(struct db *db, const char *name, struct err *e)
{
    struct db_stmt *s = NULL;
    int rows = 0;
    int ret = db_prepare(db, "drop the baseline",
                         "DELETE FROM baseline WHERE name = :name RETURNING run_id", &s, e);
    if (ret)
        return ret;
    db_bind_text(s, ":name", name);
    while ((ret = db_step(s, e)) == 1)
        rows++;
    db_finish(s);
    return ret ? ret : rows;
}

static int replace(struct db *db, const struct options *o, struct err *e)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t now_ns = (int64_t)now.tv_sec * (int64_t)NS_PER_S + now.tv_nsec;
    int ret = forget(db, o->words[0], e);
    ret = ret < 0 ? ret : 0;
    for (int i = 1; i < o->words_count && ret == 0; i++)
        ret = add_run(db, o->words[0], o->words[i], now_ns, e);
    if (ret == 0 && o->words_count == 1)
        ret = add_run(db, o->words[0], NULL, now_ns, e);
    return ret;
}

/* Opens for writing and does one thing in a transaction. */
static int write_baseline(const struct options *o, const char *purpose,
                          int (*change)(struct db *db, const struct options *o, struct err *e),
                          struct err *e)
{
    struct db *db = NULL;
    int ret = check_name(o->words[0], e);
    ret = ret ? ret : db_open(o->db, DB_APPEND, &db, e);
    if (ret)
        return ret;
    ret = db_begin(db, purpose, e);
    ret = ret ? ret : change(db, o, e);
    ret = ret ? ret : db_commit(db, purpose, e);
    db_rollback(db);
    db_close(db);
    return ret;
}

int baseline_set(const struct options *o, int *code, struct err *e)
{
    (void)code;
    return write_baseline(o, "set the baseline", replace, e);
}

/* --- dropping and listing -------------------------------------------------------------- */

static int none_of_that_name(struct db *db, const char *name, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct baseline_info b;
    char known[300] = "";
    size_t at = 0;
    int ret = query_baselines(db, &rows, e);
    while (ret == 0 && (ret = query_baselines_next(rows, &b, e)) == 1) {
        at += (size_t)snprintf(known + at, sizeof known - at, "%s%s", at ? ", " : "",
                               format_or(b.name, "?"));
        ret = at < sizeof known ? 0 : 1;
        if (ret)
            break;
    }
    db_finish(rows);
    if (ret < 0)
        return ret;
    return err_set(e, EXIT_USAGE, -ENOENT, "%s: no baseline \"%.100s\": %s%s", db_path(db), name,
                   *known ? "there are " : "there are none, --set-baseline NAME makes one", known);
}

static int drop(struct db *db, const struct options *o, struct err *e)
{
    int rows = forget(db, o->words[0], e);
    if (rows < 0)
        return rows;
    return rows ? 0 : none_of_that_name(db, o->words[0], e);
}

int baseline_drop(const struct options *o, int *code, struct err *e)
{
    (void)code;
    return write_baseline(o, "drop the baseline", drop, e);
}

static int write_list(struct db *db, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct baseline_info b;
    char when[40];
    int ret = query_baselines(db, &rows, e);
    if (ret == 0)
        format_line(stdout, "%-24s %-20s %-24s %s", "name", "set (UTC)", "workload", "runs");
    while (ret == 0 && (ret = query_baselines_next(rows, &b, e)) == 1) {
        format_line(stdout, "%-24s %-20s %-24s %s", format_or(b.name, "?"),
                    format_time(when, sizeof when, b.set_ns), format_or(b.workloads, "?"),
                    format_or(b.runs, "?"));
        ret = 0;
    }
    db_finish(rows);
    return ret;
}

int baseline_list(const struct options *o, int *code, struct err *e)
{
    struct db *db = NULL;
    (void)code;
    int ret = db_open(o->db, DB_READ, &db, e);
    ret = ret ? ret : write_list(db, e);
    db_close(db);
    return ret;
}
