/* SPDX-License-Identifier: BSD-3-Clause */
#include "db/schema.h"

#include <errno.h>
#include <stdio.h>

#include "base/err.h"
#include "db/db.h"

static int read_number(struct db *db, const char *sql, int64_t *out, struct err *e)
{
    struct db_stmt *s;
    int ret = db_prepare(db, "read the schema", sql, &s, e);
    if (ret)
        return ret;
    ret = db_step(s, e);
    if (ret == 1)
        *out = db_col_i64(s, "n");
    db_finish(s);
    return ret < 0 ? ret : 0;
}

int schema_check(struct db *db, int *version, struct err *e)
{
    int64_t tables = 0, app = 0, schema = 0;
    int ret = read_number(db, "SELECT count(*) AS n FROM sqlite_master", &tables, e);
    if (!ret)
        ret = read_number(db, "SELECT application_id AS n FROM pragma_application_id", &app, e);
    if (!ret)
        ret = read_number(db, "SELECT user_version AS n FROM pragma_user_version", &schema, e);
    if (ret)
        return ret;
    if (app != DB_APPLICATION_ID && (tables || app || schema))
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "%s: a database of another program (application id 0x%08llx): expected a "
                       "results file (0x%08x)",
                       db_path(db), (unsigned long long)(uint32_t)app, DB_APPLICATION_ID);
    if (schema > db_migration_count)
        return err_set(e, EXIT_USAGE, -EINVAL,
                       "%s: written by a newer version: schema %lld, this program knows %d",
                       db_path(db), (long long)schema, db_migration_count);
    *version = (int)schema;
    return 0;
}

/* One step, whole or not at all: the version moves in the same transaction. */
static int migrate_to(struct db *db, int version, struct err *e)
{
    char stamp[100];
    snprintf(stamp, sizeof stamp, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
             DB_APPLICATION_ID, version);
    int ret = db_begin(db, "migrate the schema", e);
    if (!ret)
        ret = db_exec(db, "migrate the schema", db_migrations[version - 1], e);
    if (!ret)
        ret = db_exec(db, "migrate the schema", stamp, e);
    if (!ret)
        return db_commit(db, "migrate the schema", e);
    db_rollback(db);
    return ret;
}

static int rebuild_views(struct db *db, struct err *e)
{
    int ret = db_begin(db, "rebuild the views", e);
    if (!ret)
        ret = db_exec(db, "rebuild the views", db_views_sql, e);
    if (!ret)
        return db_commit(db, "rebuild the views", e);
    db_rollback(db);
    return ret;
}

int schema_migrate(struct db *db, int version, struct err *e)
{
    while (version < db_migration_count) {
        int ret = migrate_to(db, ++version, e);
        if (ret)
            return ret;
    }
    return rebuild_views(db, e);
}
