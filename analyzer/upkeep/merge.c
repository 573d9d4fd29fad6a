/* SPDX-License-Identifier: BSD-3-Clause */
/* --db-merge: the runs of another file, known by their uuid, in one transaction. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "analyzer/command.h"
#include "analyzer/options.h"
#include "analyzer/query.h"
#include "analyzer/upkeep/copy.h"
#include "base/err.h"

struct merge {
    struct db *from, *to;
    int64_t merged, known, running;
};

/* Whether the target holds a run of that uuid: 1, 0 or -errno. */
static int is_known(struct db *to, struct db_stmt *run, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = db_prepare(to, "look for a run", "SELECT 1 FROM run WHERE uuid = :uuid", &s, e);
    if (ret)
        return ret;
    db_bind_column(s, ":uuid", run, "uuid");
    ret = db_step(s, e);
    db_finish(s);
    return ret;
}

static int merge_run(struct merge *m, struct db_stmt *run, struct err *e)
{
    enum run_state state;
    int64_t id = db_col_i64(run, "id"), copied;
    int known = is_known(m->to, run, e);
    if (known) {
        m->known += known > 0;
        return known < 0 ? known : 0;
    }
    int ret = db_run_state(m->from, id, &state, e);
    if (ret || state == RUN_RUNNING) {
        m->running += !ret;
        return ret;
    }
    m->merged++;
    return copy_run(m->from, id, m->to, &copied, e);
}

static int merge_runs(struct merge *m, struct err *e)
{
    struct db_stmt *runs = NULL;
    int ret = db_prepare(m->from, "read the runs to merge", "SELECT id, uuid FROM run ORDER BY id",
                         &runs, e);
    while (ret == 0 && (ret = db_step(runs, e)) == 1)
        ret = merge_run(m, runs, e);
    db_finish(runs);
    return ret;
}

/* A baseline comes along whole or not at all: a name that the target has keeps its own runs. */
static int merge_baselines(struct merge *m, struct err *e)
{
    struct db_stmt *rows = NULL, *add = NULL;
    int ret = db_exec(m->to, "merge the baselines",
                      "CREATE TEMP TABLE taken AS SELECT DISTINCT name FROM baseline", e);
    ret = ret ? ret : db_prepare(m->from, "read the baselines to merge",
                     "SELECT b.name, b.set_ns, r.uuid FROM baseline b JOIN run r ON r.id = b.run_id",
                     &rows, e);
    ret = ret ? ret : db_prepare(m->to, "merge the baselines",
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

static int merge_all(struct merge *m, struct err *e)
{
    int ret = query_begin(m->from, e);
    if (ret)
        return ret;
    ret = db_begin(m->to, "merge a file", e);
    ret = ret ? ret : merge_runs(m, e);
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
    int ret = db_open(o->words[0], DB_READ, &m.from, e);
    bool made = access(o->db, F_OK) != 0;
    ret = ret ? ret : db_open(o->db, DB_CREATE, &m.to, e);
    ret = ret ? ret : merge_all(&m, e);
    made &= m.to != NULL;
    db_close(m.to);
    if (ret && made)
        remove_new_file(o->db);
    db_close(m.from);
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
