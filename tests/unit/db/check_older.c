/* SPDX-License-Identifier: BSD-3-Clause */
/* A file of every older schema, read as one of today's. */
#include "db/older.h"

#include <errno.h>
#include <sqlite3.h>

#include "base/err.h"
#include "db/schema.h"
#include "tests/lib/check_main.h"
#include "tests/unit/db/opening.h"

#define STAMP "PRAGMA journal_mode = WAL; PRAGMA application_id = 0x57697265; PRAGMA user_version = "
#define ONE_RUN                                                                                    \
    "INSERT INTO run (id, uuid, workload_id, job, seed, history_key, tool_version, host, pid, "     \
    "pid_start, boot_id, started_ns, state, wire, timestamp_source, protocol, pattern, load, "      \
    "workers, connections_requested, interval_ns) VALUES (7, 'u', 'w', '', 1, 'k', 'v', 'h', 1, "   \
    "1, 'b', 5, 'done', 'pair', 'tsc', 'echo', 'long_lived', 'constant', 1, 1, 1000)"

static void make_older(const char *path, int version, const char *sql)
{
    char stamp[200];
    sqlite3 *raw;
    snprintf(stamp, sizeof stamp, STAMP "%d", version);
    ck_assert_int_eq(sqlite3_open(path, &raw), SQLITE_OK);
    for (int i = 0; i < version; i++)
        ck_assert_int_eq(sqlite3_exec(raw, db_migrations[i], NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(raw, stamp, NULL, NULL, NULL), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(raw, sql, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(raw));
    sqlite3_close(raw);
}

/* What the file never had is NULL or empty; what it has is there; nothing can be written. */
static void check_version(int version)
{
    struct tmp_dir t = tmp_dir_make();
    make_older(t.file, version, ONE_RUN);
    struct db *db = open_well(t.file, DB_READ);
    ck_assert_int_eq(db_version(db), version);
    ck_assert_int_eq(number(db, "SELECT id AS n FROM run WHERE margins IS NULL"), 7);
    ck_assert_int_eq(number(db, "SELECT count(exit_reason) AS n FROM phase"), 0);
    ck_assert_int_eq(number(db, "SELECT count(value) AS n FROM finding"), 0);
    ck_assert_int_eq(number(db, "SELECT count(*) AS n FROM run_summary"), 1);
    struct err e = {0};
    ck_assert_int_lt(db_exec(db, "write", "DELETE FROM main.run", &e), 0);
    ck_assert_int_lt(db_exec(db, "write", "INSERT INTO finding (run_id) VALUES (7)", &e), 0);
    db_close(db);
    sqlite3 *raw;
    sqlite3_open(t.file, &raw);
    ck_assert_int_ne(sqlite3_exec(raw, "SELECT 1 FROM finding", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(raw);
    tmp_dir_remove(&t);
}

START_TEST(has_todays_columns_tables_and_views)
{
    for (int version = 1; version < db_migration_count; version++)
        check_version(version);
}
END_TEST

/* A writer migrates the file while it is read: what it writes is seen under the columns' names. */
START_TEST(sees_what_a_writer_adds_after_migrating)
{
    struct tmp_dir t = tmp_dir_make();
    make_older(t.file, 1, ONE_RUN);
    struct db *reader = open_well(t.file, DB_READ);
    ck_assert_int_eq(number(reader, "SELECT margins IS NULL AS n FROM run"), 1);
    struct db *writer = open_well(t.file, DB_CREATE);
    struct err e = {0};
    ck_assert_int_eq(db_exec(writer, "write", "UPDATE run SET margins = 42", &e), 0);
    ck_assert_int_eq(number(reader, "SELECT margins AS n FROM run"), 42);
    db_close(writer);
    db_close(reader);
    tmp_dir_remove(&t);
}
END_TEST

START_TEST(a_note_does_not_migrate)
{
    struct tmp_dir t = tmp_dir_make();
    make_older(t.file, 1, ONE_RUN);
    open_badly(t.file, DB_NOTE, -EROFS, EXIT_USAGE, "schema 1 is older than this program's");
    struct db *db = open_well(t.file, DB_READ);
    ck_assert_int_eq(db_version(db), 1);
    db_close(db);
    db_close(open_well(t.file, DB_APPEND));
    db = open_well(t.file, DB_NOTE);
    ck_assert_int_eq(db_version(db), db_migration_count);
    db_close(db);
    tmp_dir_remove(&t);
}
END_TEST

CHECK_MAIN("db/older", has_todays_columns_tables_and_views, sees_what_a_writer_adds_after_migrating,
           a_note_does_not_migrate)
