/* SPDX-License-Identifier: BSD-3-Clause */
/* --db-merge: the runs of another file, known by their uuid, in one transaction. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/command.h"
#include "analyzer/options.h"
#include "analyzer/query.h"
#include "analyzer/upkeep/copy.h"
#include "base/err.h"

struct merge {
    struct db *from, *to;
    struct copy *copy;
    struct db_stmt *known_run; /* of the target, by uuid */
    int64_t merged, known, running;
};

/* The target's run of the same uuid: 1 and its row, 0 when there is none, -errno. */
static int find_known(struct merge *m, struct db_stmt *run, int64_t *id, bool *interrupted,
                      struct err *e)
{
    struct db_stmt *s = m->known_run;
    db_bind_column(s, ":uuid", run, "uuid");
    int ret = db_step(s, e);
    if (ret == 1) {
        *id = db_col_i64(s, "id");
        *interrupted = db_col_i64(s, "interrupted") != 0;
    }
    db_reset(s);
    return ret;
}

static int run_with_id(struct db *db, const char *purpose, const char *sql, int64_t id, int64_t to,
                       struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = db_prepare(db, purpose, sql, &s, e);
    if (ret)
        return ret;
    db_bind_i64(s, ":id", id);
    if (to)
        db_bind_i64(s, ":to", to);
    ret = db_run(s, e);
    db_finish(s);
    return ret;
}

/* A copy that was made while the run went on gives way to the whole run, which takes over what
 * `analyze` has written about it. */
static int replace_run(struct merge *m, int64_t from_id, int64_t known_id, struct err *e)
{
    static const char purpose[] = "replace a copy made while the run went on";
    int64_t id;
    int ret = run_with_id(m->to, purpose, "UPDATE run SET uuid = uuid || ' replaced' WHERE id = :id",
                          known_id, 0, e);
    ret = ret ? ret : copy_run(m->copy, from_id, &id, e);
    ret = ret ? ret : run_with_id(m->to, purpose, "UPDATE analysis SET run_id = :to WHERE run_id = :id",
                                  known_id, id, e);
    ret = ret ? ret : run_with_id(m->to, purpose, "UPDATE baseline SET run_id = :to WHERE run_id = :id",
                                  known_id, id, e);
    return ret ? ret : run_with_id(m->to, purpose, "DELETE FROM run WHERE id = :id", known_id, 0, e);
}

/* A run comes once. */
static int merge_run(struct merge *m, struct db_stmt *run, struct err *e)
{
    enum run_state state = RUN_INTERRUPTED; /* or another that ended */
    bool interrupted = false;
    int64_t id = db_col_i64(run, "id"), known_id, copied;
    int ret = db_col_i64(run, "running") ? db_run_state(m->from, id, &state, e) : 0;
    int known = ret ? ret : find_known(m, run, &known_id, &interrupted, e);
    if (known < 0)
        return known;
    if (known && !(interrupted && db_col_i64(run, "done"))) {
        m->known++;
        return 0;
    }
    if (state == RUN_RUNNING) {
        m->running++;
        return 0;
    }
    m->merged++;
    return known ? replace_run(m, id, known_id, e) : copy_run(m->copy, id, &copied, e);
}

static int merge_runs(struct merge *m, struct err *e)
{
    struct db_stmt *runs = NULL;
    int ret = copy_open(m->from, m->to, &m->copy, e);
    ret = ret ? ret
              : db_prepare(m->to, "look for a run",
                           "SELECT id, state = 'interrupted' AS interrupted FROM run "
                           "WHERE uuid = :uuid",
                           &m->known_run, e);
    ret = ret ? ret
              : db_prepare(m->from, "read the runs to merge",
                           "SELECT id, uuid, state = 'running' AS running, state = 'done' AS done "
                           "FROM run ORDER BY id",
                           &runs, e);
    while (ret == 0 && (ret = db_step(runs, e)) == 1)
        ret = merge_run(m, runs, e);
    db_finish(runs);
    db_finish(m->known_run);
    copy_close(m->copy);
    return ret;
}

/* What was found about runs that are here, and is not here yet: a run's own came with the run. */
static int merge_analyses(struct merge *m, struct err *e)
{
    struct db_stmt *rows = NULL, *add = NULL;
    static const char *const columns[] = {"at_ns", "kind", "baseline", "inputs_hash", "seed",
                                          "parameters", "tool_version", "verdict", "result", "uuid"};
    char name[32];
    int ret = db_prepare(m->from, "read the analyses to merge",
                         "SELECT a.*, r.uuid FROM analysis a LEFT JOIN run r ON r.id = a.run_id "
                         "ORDER BY a.id",
                         &rows, e);
    ret = ret ? ret
              : db_prepare(
                    m->to, "merge the analyses",
                    "INSERT INTO analysis (at_ns, kind, run_id, baseline, inputs_hash, seed, "
                    "parameters, tool_version, verdict, result) SELECT :at_ns, :kind, (SELECT id "
                    "FROM run WHERE uuid = :uuid), :baseline, :inputs_hash, :seed, :parameters, "
                    ":tool_version, :verdict, :result WHERE NOT EXISTS (SELECT 1 FROM analysis WHERE "
                    "at_ns = :at_ns AND kind = :kind AND inputs_hash = :inputs_hash AND parameters = "
                    ":parameters AND result = :result) AND (:uuid IS NULL OR EXISTS (SELECT 1 FROM "
                    "run WHERE uuid = :uuid))",
                    &add, e);
    while (ret == 0 && (ret = db_step(rows, e)) == 1) {
        for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
            snprintf(name, sizeof name, ":%s", columns[i]);
            db_bind_column(add, name, rows, columns[i]);
        }
        ret = db_run(add, e);
    }
    db_finish(rows);
    db_finish(add);
    return ret;
}

/* A baseline comes along whole or not at all: a name that the target has keeps its own runs. */
static int merge_baselines(struct merge *m, struct err *e)
{
    struct db_stmt *rows = NULL, *add = NULL;
    int ret = db_exec(m->to, "merge the baselines",
                      "CREATE TEMP TABLE taken AS SELECT DISTINCT name FROM baseline", e);
    ret = ret ? ret
              : db_prepare(
                    m->from, "read the baselines to merge",
                    "SELECT b.name, b.set_ns, r.uuid FROM baseline b JOIN run r ON r.id = b.run_id",
                    &rows, e);
    ret = ret ? ret
              : db_prepare(
                    m->to, "merge the baselines",
                    "INSERT OR IGNORE INTO baseline (name, run_id, set_ns) SELECT :name, id, "
                    ":set_ns FROM run WHERE uuid = :uuid AND :name NOT IN (SELECT name FROM taken)",
                    &add, e);
    while (ret == 0 && (ret = db_step(rows, e)) == 1) {
        db_bind_column(add, ":name", rows, "name");
        db_bind_column(add, ":set_ns", rows, "set_ns");
        db_bind_column(add, ":uuid", rows, "uuid");
        ret = db_run(add, e);
    }
    db_finish(rows);
    db_finish(add);
    return ret;
}

/* A file merged into itself would wait for itself. */
static int check_other(const struct options *o, struct err *e)
{
    struct stat mine, other;
    if (stat(o->db, &mine) || stat(o->words[0], &other) || mine.st_ino != other.st_ino ||
        mine.st_dev != other.st_dev)
        return 0;
    return err_set(e, EXIT_USAGE, -EINVAL, "--db-merge %s: that is %s itself: expected another file",
                   o->words[0], o->db);
}

static int merge_all(struct merge *m, struct err *e)
{
    int ret = query_begin(m->from, e);
    if (ret)
        return ret;
    ret = db_exec(m->to, "merge a file", "PRAGMA cache_size = -24576", e); /* KiB: for the indexes */
    ret = ret ? ret : db_begin(m->to, "merge a file", e);
    ret = ret ? ret : merge_runs(m, e);
    ret = ret ? ret : merge_analyses(m, e);
    ret = ret ? ret : merge_baselines(m, e);
    ret = ret ? ret : db_commit(m->to, "merge a file", e);
    db_rollback(m->to);
    query_end(m->from);
    return ret;
}

/* A file that this merge made and could not fill: it is as if nothing had been asked. */
static void remove_new_file(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    char name[4096];
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (snprintf(name, sizeof name, "%s%s", path, suffixes[i]) < (int)sizeof name)
            unlink(name);
}

int upkeep_merge(const struct options *o, int *code, struct err *e)
{
    struct merge m = {0};
    (void)code;
    int ret = check_other(o, e);
    ret = ret ? ret : db_open(o->words[0], DB_READ, &m.from, e);
    bool made = access(o->db, F_OK) != 0;
    ret = ret ? ret : db_open(o->db, DB_CREATE, &m.to, e);
    ret = ret ? ret : merge_all(&m, e);
    made &= m.to != NULL;
    db_close(m.to);
    if (ret && made)
        remove_new_file(o->db);
    db_close(m.from);
    if (ret && e->exit_code == EXIT_RUN) /* a row that the schema does not allow */
        e->exit_code = EXIT_USAGE;
    if (ret)
        return ret;
    printf("%s: %lld runs copied from %s, %lld were here already", o->db, (long long)m.merged,
           o->words[0], (long long)m.known);
    if (m.running)
        printf(", %lld left out that still go on (merge again when they have ended)",
               (long long)m.running);
    printf("\n");
    return 0;
}
