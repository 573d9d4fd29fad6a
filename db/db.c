/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Opening in an order that never touches a file that is not ours: look at the path, take the
 * writer's lock, open, ask whose database it is, and only then switch to WAL and migrate.
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "db/db_internal.h"
#include "db/extension/extension.h"
#include "db/header.h"
#include "db/older.h"
#include "db/schema.h"

#define BUSY_TIMEOUT_MS 2000 /* a reader that opens may hold off a checkpoint for a moment */

const char *db_path(const struct db *db)
{
    return db->path;
}

int db_version(const struct db *db)
{
    return db->version;
}

struct sqlite3 *db_sqlite(struct db *db)
{
    return db->sqlite;
}

int64_t db_last_id(struct db *db)
{
    return sqlite3_last_insert_rowid(db->sqlite);
}

int db_exec(struct db *db, const char *purpose, const char *sql, struct err *e)
{
    int rc = sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? 0 : db_error(db, rc, purpose, e);
}

int db_begin(struct db *db, const char *purpose, struct err *e)
{
    return db_exec(db, purpose, "BEGIN IMMEDIATE", e);
}

int db_commit(struct db *db, const char *purpose, struct err *e)
{
    int ret = db_exec(db, purpose, "COMMIT", e);
    if (ret)
        db_rollback(db);
    return ret;
}

void db_rollback(struct db *db)
{
    if (!sqlite3_get_autocommit(db->sqlite))
        sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
}

/* What stands at the path, told before anything is made there. */
static int look_at(const char *path, enum db_mode mode, struct err *e)
{
    struct stat st;
    bool there = !stat(path, &st);
    if (there && !S_ISREG(st.st_mode))
        return err_set(e, EXIT_USAGE, S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL,
                       "%s: not a regular file: expected a results file", path);
    if (!there && errno != ENOENT)
        return err_set(e, EXIT_USAGE, -errno, "%s: cannot be read: %s", path, strerror(errno));
    if (!there && mode != DB_CREATE)
        return err_set(e, EXIT_USAGE, -ENOENT,
                       "%s: no such file: expected a results file, as `gen run` writes it", path);
    if (there && access(path, mode == DB_READ ? R_OK : R_OK | W_OK))
        return err_set(e, mode == DB_READ ? EXIT_USAGE : EXIT_ENVIRONMENT, -errno,
                       "%s: cannot be %s: %s", path, mode == DB_READ ? "read" : "written",
                       strerror(errno));
    return 0;
}

static int open_sqlite(struct db *db, const char *name, int flags)
{
    int rc = sqlite3_open_v2(name, &db->sqlite, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_extended_result_codes(db->sqlite, 1);
        sqlite3_busy_timeout(db->sqlite, BUSY_TIMEOUT_MS);
        rc = extension_register(db->sqlite);
    }
    return rc;
}

/* The path as an SQLite URI that says nobody will change the file. */
static char *immutable_uri(const char *path)
{
    char *uri = malloc(strlen(path) * 3 + sizeof "file:?immutable=1"), *to = uri;
    if (!uri)
        return NULL;
    to = stpcpy(to, "file:");
    for (; *path; path++)
        to += strchr("?#%", *path) ? sprintf(to, "%%%02x", (unsigned char)*path)
                                   : sprintf(to, "%c", *path);
    strcpy(to, "?immutable=1");
    return uri;
}

static int open_immutable(struct db *db)
{
    char *uri = immutable_uri(db->path);
    if (!uri)
        return SQLITE_NOMEM;
    sqlite3_close(db->sqlite);
    int rc = open_sqlite(db, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
    free(uri);
    return rc;
}

static int first_look(struct db *db)
{
    return sqlite3_exec(db->sqlite, "SELECT 1 FROM sqlite_master", NULL, NULL, NULL);
}

/* A WAL file cannot be read where its -shm file cannot be made. On a read-only disk nobody writes
 * either, so when no -wal waits to be read in, the file alone is everything. */
static int open_reading(struct db *db, struct err *e)
{
    int rc = open_sqlite(db, db->path, SQLITE_OPEN_READONLY);
    if (rc == SQLITE_OK)
        rc = first_look(db);
    if (((rc & 0xff) == SQLITE_CANTOPEN || (rc & 0xff) == SQLITE_READONLY) && db->log_empty) {
        rc = open_immutable(db);
        if (rc == SQLITE_OK)
            rc = first_look(db);
    }
    if (rc != SQLITE_OK)
        return db_error(db, rc, "read it as a results file", e);
    sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return 0;
}

static int open_writing(struct db *db, struct err *e)
{
    struct stat st;
    int ret = lock_take(&db->lock, db->path, e);
    if (ret)
        return ret;
    db->made = stat(db->path, &st) != 0; /* asked under the lock: nobody else made it since */
    int rc = open_sqlite(db, db->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (rc == SQLITE_OK)
        rc = first_look(db);
    return rc == SQLITE_OK ? 0 : db_error(db, rc, "open it as a results file", e);
}

static int refuse_empty(const struct db *db, struct err *e)
{
    return err_set(e, EXIT_USAGE, -ENODATA,
                   "%s: holds nothing yet%s: expected a results file, as `gen run` writes it",
                   db->path,
                   db->log_empty ? " (a copy made without its log, -wal, may look so)" : "");
}

static int refuse_to_migrate(const struct db *db, struct err *e)
{
    return err_set(e, EXIT_USAGE, -EROFS,
                   "%s: schema %d is older than this program's %d, and this alone does not migrate "
                   "it: the next `gen run` into it or `analyze --set-baseline` does",
                   db->path, db->version, db_migration_count);
}

static int prepare_reading(struct db *db, struct err *e)
{
    if (!db->version)
        return refuse_empty(db, e);
    int ret = db->version < db_migration_count ? older_present(db, db->version, e) : 0;
    return ret ? ret : db_exec(db, "open it for reading", "PRAGMA query_only = 1", e);
}

static int prepare_writing(struct db *db, struct err *e)
{
    if (!db->version && db->mode != DB_CREATE)
        return refuse_empty(db, e);
    if (db->version < db_migration_count && db->mode == DB_NOTE)
        return refuse_to_migrate(db, e);
    int ret = db_exec(db, "switch to write-ahead logging",
                      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                      "PRAGMA foreign_keys = ON;", e);
    return ret ? ret : schema_migrate(db, db->version, e);
}

static int open_all(struct db *db, struct err *e)
{
    db->log_empty = !header_log_waits(db->path);
    int ret = db->mode == DB_READ ? open_reading(db, e) : open_writing(db, e);
    if (!ret)
        ret = schema_check(db, &db->version, e);
    if (ret)
        return ret;
    return db->mode == DB_READ ? prepare_reading(db, e) : prepare_writing(db, e);
}

static void close_sqlite(struct db *db)
{
    int rc = sqlite3_close(db->sqlite);
    assert(rc == SQLITE_OK && "a statement was not finished");
    (void)rc;
    db->sqlite = NULL;
}

/* A file that this call made and could not finish: a full disk leaves nothing half-written. Only
 * the holder of the lock may remove it. */
static void remove_new_file(struct db *db)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    char name[4096];
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (snprintf(name, sizeof name, "%s%s", db->path, suffixes[i]) < (int)sizeof name)
            unlink(name);
}

/* All of the log goes into the file itself, so that the file alone may be copied. SQLite does so
 * only for the last connection, and a reader may be there. What a reader still needs, or a full
 * disk keeps from moving, stays in the log: nothing is lost. */
static void empty_log(struct db *db)
{
    if (db->mode != DB_READ)
        sqlite3_wal_checkpoint_v2(db->sqlite, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

void db_close(struct db *db)
{
    if (!db)
        return;
    if (db->sqlite)
        empty_log(db);
    close_sqlite(db);
    lock_drop(&db->lock);
    free(db->path);
    free(db);
}

int db_open(const char *path, enum db_mode mode, struct db **out, struct err *e)
{
    *out = NULL;
    int ret = look_at(path, mode, e);
    if (ret)
        return ret;
    struct db *db = calloc(1, sizeof *db);
    if (!db || !(db->path = strdup(path))) {
        free(db);
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "%s: out of memory", path);
    }
    db->mode = mode;
    db->lock.fd = -1;
    ret = open_all(db, e);
    if (!ret) {
        *out = db;
        return 0;
    }
    close_sqlite(db);
    if (db->made)
        remove_new_file(db);
    db_close(db);
    return ret;
}
