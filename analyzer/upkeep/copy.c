/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/upkeep/copy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/keep.h"
#include "analyzer/upkeep/table.h"
#include "base/err.h"
#include "db/db.h"
#include "db/run_row.h"

/* Old ids, ascending, and the new ones beside them. */
struct id_pair {
    int64_t from, to;
};
struct id_map {
    struct id_pair *pairs;
    size_t count;
};

#define TABLES_MAX 64

struct copy {
    struct db *from, *to;
    int64_t run_from, run_to;
    struct id_map runs, phases, intervals; /* of the current run */
    struct id_map names;
    struct table tables[TABLES_MAX]; /* run, phase, interval, and what they own */
    size_t count;
};

static int no_memory(struct err *e)
{
    return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory copying a run");
}

/* --- ids ------------------------------------------------------------------------------- */

static int map_add(struct id_map *m, int64_t from, int64_t to, struct err *e)
{
    struct id_pair *pair = list_grow((void **)&m->pairs, &m->count, sizeof *pair);
    if (!pair)
        return no_memory(e);
    *pair = (struct id_pair){from, to};
    return 0;
}

static int by_from(const void *a, const void *b)
{
    const struct id_pair *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

static const struct id_pair *map_find(const struct id_map *m, int64_t from)
{
    struct id_pair key = {.from = from};
    return m->count ? bsearch(&key, m->pairs, m->count, sizeof key, by_from) : NULL;
}

static const struct id_map *map_of(const struct copy *c, enum part part)
{
    switch (part) {
    case AS_IT_STANDS:
    case NEW_ID:
        return NULL;
    case OF_RUN:
        return &c->runs;
    case OF_PHASE:
        return &c->phases;
    case OF_INTERVAL:
        return &c->intervals;
    case OF_NAME:
        return &c->names;
    }
    return NULL;
}

/* --- rows ------------------------------------------------------------------------------ */

/* A reference in the current row, as the other side numbers it. */
static int bind_reference(const struct copy *c, struct table *t, size_t i, struct err *e)
{
    if (db_col_is_null(t->rows, t->columns[i])) {
        db_bind_null(t->place, t->parameters[i]);
        return 0;
    }
    int64_t from = db_col_i64(t->rows, t->columns[i]);
    const struct id_pair *pair = map_find(map_of(c, t->part[i]), from);
    if (!pair)
        return err_set(e, EXIT_USAGE, -EBADMSG,
                       "%s: run %lld: %s.%s is %lld, which is not there: --db-check names all that "
                       "is damaged",
                       db_path(c->from), (long long)c->run_from, t->name, t->columns[i],
                       (long long)from);
    db_bind_i64(t->place, t->parameters[i], pair->to);
    return 0;
}

static int copy_row(const struct copy *c, struct table *t, struct err *e)
{
    int ret = 0;
    for (size_t i = 0; i < t->count && ret == 0; i++)
        if (t->part[i] == NEW_ID)
            db_bind_null(t->place, t->parameters[i]);
        else if (t->part[i] == AS_IT_STANDS)
            db_bind_column(t->place, t->parameters[i], t->rows, t->columns[i]);
        else
            ret = bind_reference(c, t, i, e);
    return ret ? ret : db_run(t->place, e);
}

/* The rows of the current run; `ids`: where to note their new ids, or NULL. */
static int copy_table(const struct copy *c, struct table *t, struct id_map *ids, struct err *e)
{
    int ret = 0;
    db_bind_i64(t->rows, ":run", c->run_from);
    while (ret == 0 && (ret = db_step(t->rows, e)) == 1) {
        int64_t id = ids ? db_col_i64(t->rows, "id") : 0;
        ret = copy_row(c, t, e);
        if (ret == 0 && ids)
            ret = map_add(ids, id, db_last_id(c->to), e);
    }
    db_reset(t->rows);
    return ret;
}

/* --- the run --------------------------------------------------------------------------- */

/* Names are shared by all runs: those that are there already keep their id. */
static int add_name(const struct copy *c, struct db_stmt *row, struct db_stmt *add,
                    struct db_stmt *find, struct id_map *names, struct err *e)
{
    static const struct {
        const char *parameter, *column;
    } binds[] = {
        {":kind", "kind"}, {":name", "name"}, {":rollup", "rollup"}, {":meaning", "meaning"}};
    for (size_t i = 0; i < sizeof binds / sizeof *binds; i++)
        db_bind_column(add, binds[i].parameter, row, binds[i].column);
    db_bind_column(find, ":kind", row, "kind");
    db_bind_column(find, ":name", row, "name");
    int ret = db_run(add, e);
    if (ret == 0 && (ret = db_step(find, e)) == 1)
        ret = map_add(names, db_col_i64(row, "id"), db_col_i64(find, "id"), e);
    else if (ret == 0)
        ret = err_set(e, EXIT_USAGE, -EBADMSG, "%s: a counter's name cannot be copied",
                      db_path(c->from));
    db_reset(find);
    return ret;
}

static int copy_names(struct copy *c, struct err *e)
{
    struct db_stmt *rows = NULL, *add = NULL, *find = NULL;
    int ret = db_prepare(c->from, "read the names of counters",
                         "SELECT id, kind, name, rollup, meaning FROM counter_name "
                         "ORDER BY id",
                         &rows, e);
    ret = ret ? ret
              : db_prepare(
                    c->to, "copy the names of counters",
                    "INSERT INTO counter_name (kind, name, rollup, meaning) "
                    "VALUES (:kind, :name, :rollup, :meaning) ON CONFLICT (kind, name) DO NOTHING",
                    &add, e);
    ret = ret ? ret
              : db_prepare(c->to, "copy the names of counters",
                           "SELECT id FROM counter_name WHERE kind = :kind AND name = :name", &find,
                           e);
    while (ret == 0 && (ret = db_step(rows, e)) == 1)
        ret = add_name(c, rows, add, find, &c->names, e);
    db_finish(rows);
    db_finish(add);
    db_finish(find);
    return ret;
}

static int add_table(struct copy *c, const char *name, struct err *e)
{
    if (c->count == TABLES_MAX)
        return err_set(e, EXIT_USAGE, -E2BIG, "%s has more than %d tables", db_path(c->to),
                       TABLES_MAX);
    struct table *t = &c->tables[c->count++];
    *t = (struct table){.name = strdup(name)};
    return t->name ? table_open(t, c->from, c->to, e) : no_memory(e);
}

/* A run before its phases, these before its intervals, then every other table that one of them
 * owns. */
static int open_tables(struct copy *c, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = db_prepare(c->to, "read the schema",
                         "SELECT m.name, CASE m.name WHEN 'run' THEN 0 WHEN 'phase' THEN 1 WHEN "
                         "'interval' THEN 2 ELSE 3 END AS place FROM sqlite_master m WHERE m.type = "
                         "'table' AND m.name <> 'baseline' AND (m.name = 'run' OR EXISTS (SELECT 1 "
                         "FROM pragma_table_info(m.name) c WHERE c.name IN ('run_id', "
                         "'interval_id'))) ORDER BY place, m.name",
                         &s, e);
    while (ret == 0 && (ret = db_step(s, e)) == 1)
        ret = add_table(c, db_col_text(s, "name"), e);
    db_finish(s);
    return ret;
}

/* What a run that did not end says of itself in the copy. */
static int describe_end(const struct copy *c, enum run_state state, char *buf, size_t size,
                        struct err *e)
{
    char kept[RUN_KEPT_MAX];
    if (state != RUN_RUNNING)
        return db_run_died(c->from, c->run_from, buf, size, e);
    int ret = db_run_kept(c->from, c->run_from, kept, sizeof kept, e);
    if (ret == 0)
        snprintf(buf, size, "this copy was made while the run was going on; kept: %s", kept);
    return ret;
}

static int close_copy(const struct copy *c, enum run_state state, struct err *e)
{
    char reason[RUN_DIED_MAX];
    struct db_stmt *s = NULL;
    int ret = describe_end(c, state, reason, sizeof reason, e);
    ret = ret ? ret
              : db_prepare(c->to, "copy a run",
                           "UPDATE run SET state = 'interrupted', state_reason = :reason, ended_ns "
                           "= (SELECT ifnull(max(ended_ns), run.started_ns) FROM interval WHERE "
                           "run_id = :run) WHERE id = :run AND state = 'running'",
                           &s, e);
    if (ret)
        return ret;
    db_bind_i64(s, ":run", c->run_to);
    db_bind_text(s, ":reason", reason);
    ret = db_run(s, e);
    db_finish(s);
    return ret;
}

static struct id_map *ids_of(struct copy *c, size_t table)
{
    struct id_map *const maps[] = {&c->runs, &c->phases, &c->intervals};
    return table < sizeof maps / sizeof *maps ? maps[table] : NULL;
}

static int copy_tables(struct copy *c, struct err *e)
{
    int ret = 0;
    for (size_t i = 0; i < c->count && ret == 0; i++) {
        ret = copy_table(c, &c->tables[i], ids_of(c, i), e);
        if (ret == 0 && i == 0 && c->runs.count != 1)
            ret = err_set(e, EXIT_USAGE, -EBADMSG, "%s: run %lld cannot be read", db_path(c->from),
                          (long long)c->run_from);
        if (ret == 0 && i == 0)
            c->run_to = c->runs.pairs[0].to;
    }
    return ret;
}

int copy_run(struct copy *c, int64_t run_from, int64_t *run_to, struct err *e)
{
    enum run_state state;
    c->run_from = run_from;
    c->runs.count = c->phases.count = c->intervals.count = 0;
    int ret = db_run_state(c->from, run_from, &state, e);
    ret = ret ? ret : copy_tables(c, e);
    *run_to = c->run_to;
    return ret || (state != RUN_RUNNING && state != RUN_INTERRUPTED) ? ret
                                                                     : close_copy(c, state, e);
}

int copy_open(struct db *from, struct db *to, struct copy **out, struct err *e)
{
    struct copy *c = *out = calloc(1, sizeof *c);
    if (!c)
        return no_memory(e);
    c->from = from;
    c->to = to;
    int ret = copy_names(c, e);
    return ret ? ret : open_tables(c, e);
}

void copy_close(struct copy *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->count; i++) {
        table_close(&c->tables[i]);
        free((char *)(uintptr_t)c->tables[i].name);
    }
    free(c->runs.pairs);
    free(c->phases.pairs);
    free(c->intervals.pairs);
    free(c->names.pairs);
    free(c);
}
