/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/upkeep/table.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "db/db.h"

static const struct {
    const char *column;
    enum part part;
} parts[] = {
    {"id", NEW_ID},       {"run_id", OF_RUN}, {"phase_id", OF_PHASE}, {"interval_id", OF_INTERVAL},
    {"name_id", OF_NAME},
};

static int no_memory(struct err *e)
{
    return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory copying a run");
}

static enum part part_of(const char *column)
{
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strcmp(parts[i].column, column) == 0)
            return parts[i].part;
    return AS_IT_STANDS;
}

static bool has(const struct table *t, enum part part)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->part[i] == part)
            return true;
    return false;
}

static int add_column(struct table *t, const char *name, struct err *e)
{
    size_t i = t->count;
    if (i == COLUMNS_MAX)
        return err_set(e, EXIT_USAGE, -E2BIG, "table %s has more than %d columns", t->name,
                       COLUMNS_MAX);
    t->columns[i] = strdup(name);
    t->parameters[i] = sqlite3_mprintf(":%s", name);
    t->part[i] = part_of(name);
    t->count++;
    return t->columns[i] && t->parameters[i] ? 0 : no_memory(e);
}

static int read_columns(struct db *to, struct table *t, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = db_prepare(to, "read the schema",
                         "SELECT name FROM pragma_table_info(:table) ORDER BY cid", &s, e);
    if (ret)
        return ret;
    db_bind_text(s, ":table", t->name);
    while ((ret = db_step(s, e)) == 1 && !(ret = add_column(t, db_col_text(s, "name"), e)))
        ;
    db_finish(s);
    return ret;
}

/* Which rows belong to the run. */
static const char *condition(const struct table *t)
{
    if (strcmp(t->name, "run") == 0)
        return "id = :run ORDER BY id";
    if (!has(t, OF_RUN))
        return "interval_id IN (SELECT id FROM interval WHERE run_id = :run)";
    return has(t, NEW_ID) ? "run_id = :run ORDER BY id" : "run_id = :run";
}

static int write_sql(struct table *t, struct err *e)
{
    sqlite3_str *select = sqlite3_str_new(NULL), *insert = sqlite3_str_new(NULL);
    sqlite3_str_appendall(select, "SELECT ");
    sqlite3_str_appendf(insert, "INSERT INTO \"%w\" (", t->name);
    for (size_t i = 0; i < t->count; i++) {
        /* qualified: a column that a damaged file lacks is an error, not a text */
        sqlite3_str_appendf(select, "%sx.\"%w\" AS \"%w\"", i ? ", " : "", t->columns[i],
                            t->columns[i]);
        sqlite3_str_appendf(insert, "%s\"%w\"", i ? ", " : "", t->columns[i]);
    }
    sqlite3_str_appendf(select, " FROM \"%w\" x WHERE %s", t->name, condition(t));
    sqlite3_str_appendall(insert, ") VALUES (");
    for (size_t i = 0; i < t->count; i++)
        sqlite3_str_appendf(insert, "%s%s", i ? ", " : "", t->parameters[i]);
    sqlite3_str_appendall(insert, ")");
    t->select = sqlite3_str_finish(select);
    t->insert = sqlite3_str_finish(insert);
    return t->select && t->insert ? 0 : no_memory(e);
}

int table_open(struct table *t, struct db *from, struct db *to, struct err *e)
{
    int ret = read_columns(to, t, e);
    ret = ret ? ret : write_sql(t, e);
    ret = ret ? ret : db_prepare(from, "read a run to copy it", t->select, &t->rows, e);
    return ret ? ret : db_prepare(to, "copy a run", t->insert, &t->place, e);
}

void table_close(struct table *t)
{
    db_finish(t->rows);
    db_finish(t->place);
    for (size_t i = 0; i < t->count; i++) {
        free(t->columns[i]);
        sqlite3_free(t->parameters[i]);
    }
    sqlite3_free(t->select);
    sqlite3_free(t->insert);
}
