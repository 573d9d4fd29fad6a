/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The newer schema is asked, not listed: a database in memory goes through the migrations up to the
 * file's version, notes what was there, goes on to today's, and answers with the statements that
 * make up the difference. SQLite looks for a name in `temp` first, so that every query of a reader
 * finds them. A migration that moves data instead of adding columns or tables would need more.
 */
#include "db/older.h"

#include <errno.h>

#include "base/err.h"
#include "db/db_internal.h"
#include "db/schema.h"

static const char note_what_is_there[] =
    "CREATE TEMP TABLE had AS SELECT m.name AS in_table, c.name AS name "
    "FROM main.sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'";

/* "x.*" and not a list: should a writer migrate the file meanwhile, its own columns come first and
 * keep their names. */
static const char what_is_missing[] =
    "SELECT 'CREATE TEMP ' || substr(sql, length('CREATE ') + 1) FROM main.sqlite_master "
    "WHERE type = 'view' OR type = 'table' AND name NOT IN (SELECT in_table FROM had) "
    "UNION ALL "
    "SELECT 'CREATE TEMP VIEW ' || m.name || ' AS SELECT x.*, ' || "
    "group_concat(ifnull(c.dflt_value, 'NULL') || ' AS ' || c.name, ', ') || ' FROM main.' || "
    "m.name || ' x' FROM main.sqlite_master m, pragma_table_info(m.name) c "
    "WHERE m.type = 'table' AND m.name IN (SELECT in_table FROM had) "
    "AND (m.name, c.name) NOT IN (SELECT in_table, name FROM had) GROUP BY m.name";

/* From the schema in memory of one version to that of another. */
static int step_through(sqlite3 *memory, int version, int until)
{
    int rc = SQLITE_OK;
    while (rc == SQLITE_OK && version < until)
        rc = sqlite3_exec(memory, db_migrations[version++], NULL, NULL, NULL);
    return rc;
}

static int make_schemas(sqlite3 *memory, int version)
{
    int rc = step_through(memory, 0, version);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(memory, note_what_is_there, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = step_through(memory, version, db_migration_count);
    return rc == SQLITE_OK ? sqlite3_exec(memory, db_views_sql, NULL, NULL, NULL) : rc;
}

struct telling {
    struct db *db;
    struct err *e;
    int ret;
};

/* One statement of the difference, executed over the file; the first failure ends the query. */
static int execute(void *arg, int columns, char **values, char **names)
{
    struct telling *t = arg;
    (void)columns, (void)names;
    t->ret = db_exec(t->db, "read it as a file of an older version", values[0], t->e);
    return t->ret != 0;
}

int older_present(struct db *db, int version, struct err *e)
{
    struct telling t = {.db = db, .e = e};
    sqlite3 *memory = NULL;
    int rc = sqlite3_open(":memory:", &memory);
    if (rc == SQLITE_OK)
        rc = make_schemas(memory, version);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(memory, what_is_missing, execute, &t, NULL);
    int ret = t.ret                ? t.ret
              : rc == SQLITE_OK ? 0
                                : err_set(e, EXIT_ENVIRONMENT, -ENOMEM,
                                          "%s: cannot read it as a file of schema %d: %s",
                                          db_path(db), version, sqlite3_errmsg(memory));
    sqlite3_close(memory);
    return ret;
}
