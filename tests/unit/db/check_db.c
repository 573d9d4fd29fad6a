/* SPDX-License-Identifier: BSD-3-Clause */
#include "db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/err.h"
#include "db/schema.h"
#include "tests/lib/check_main.h"
#include "tests/unit/db/opening.h"

static void sql_into(const char *path, const char *sql)
{
    sqlite3 *raw;
    ck_assert_int_eq(sqlite3_open(path, &raw), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(raw, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(raw);
}

START_TEST(creates_the_schema_and_opens_it_again)
{
    struct tmp_dir t = tmp_dir_make();
    struct db *db = open_well(t.file, DB_CREATE);
    ck_assert_int_eq(number(db, "SELECT user_version AS n FROM pragma_user_version"),
                     db_migration_count);
    ck_assert_int_eq(number(db, "SELECT application_id AS n FROM pragma_application_id"),
                     DB_APPLICATION_ID);
    ck_assert_int_eq(number(db, "SELECT count(*) AS n FROM sqlite_master WHERE type = 'view'"), 5);
    ck_assert_int_eq(number(db, "SELECT journal_mode = 'wal' AS n FROM pragma_journal_mode"), 1);
    db_close(db);
    ck_assert(!exists(&t, "-lock") && !exists(&t, "-wal"));
    db_close(open_well(t.file, DB_CREATE));
    db_close(open_well(t.file, DB_APPEND));
    db = open_well(t.file, DB_READ);
    ck_assert_int_eq(number(db, "SELECT count(*) AS n FROM run_summary"), 0);
    struct err e = {0};
    ck_assert_int_lt(db_exec(db, "write", "DELETE FROM run", &e), 0);
    db_close(db);
    tmp_dir_remove(&t);
}
END_TEST

START_TEST(rebuilds_views_that_an_older_version_left)
{
    struct tmp_dir t = tmp_dir_make();
    db_close(open_well(t.file, DB_CREATE));
    sql_into(t.file, "DROP VIEW trend; CREATE VIEW trend AS SELECT 42 AS old;"
                     "CREATE VIEW mine AS SELECT 7 AS n");
    struct db *db = open_well(t.file, DB_CREATE);
    ck_assert_int_eq(number(db, "SELECT count(history_key) AS n FROM trend"), 0);
    ck_assert_int_eq(number(db, "SELECT n FROM mine"), 7);
    db_close(db);
    tmp_dir_remove(&t);
}
END_TEST

START_TEST(an_empty_file_is_fine_to_create_and_nothing_to_read)
{
    struct tmp_dir t = tmp_dir_make();
    close(open(t.file, O_CREAT | O_WRONLY, 0666));
    open_badly(t.file, DB_READ, -ENODATA, EXIT_USAGE, "holds nothing yet");
    open_badly(t.file, DB_APPEND, -ENODATA, EXIT_USAGE, "holds nothing yet");
    db_close(open_well(t.file, DB_CREATE));
    db_close(open_well(t.file, DB_READ));
    tmp_dir_remove(&t);
}
END_TEST

START_TEST(refuses_another_programs_database_and_leaves_it_as_it_is)
{
    struct tmp_dir t = tmp_dir_make();
    sql_into(t.file, "CREATE TABLE song (title)");
    open_badly(t.file, DB_CREATE, -EINVAL, EXIT_USAGE, "another program (application id 0x00000000)");
    sql_into(t.file, "PRAGMA application_id = 4711");
    for (enum db_mode m = DB_CREATE; m <= DB_NOTE; m++)
        open_badly(t.file, m, -EINVAL, EXIT_USAGE, "another program (application id 0x00001267)");
    sql_into(t.file, "INSERT INTO song VALUES ('still mine')");
    ck_assert(!exists(&t, "-wal") && !exists(&t, "-lock"));
    tmp_dir_remove(&t);
}
END_TEST

START_TEST(refuses_a_newer_schema)
{
    struct tmp_dir t = tmp_dir_make();
    db_close(open_well(t.file, DB_CREATE));
    char sql[60], message[100];
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", db_migration_count + 1);
    snprintf(message, sizeof message,
             "written by a newer version: schema %d, this program knows %d", db_migration_count + 1,
             db_migration_count);
    sql_into(t.file, sql);
    for (enum db_mode m = DB_CREATE; m <= DB_NOTE; m++)
        open_badly(t.file, m, -EINVAL, EXIT_USAGE, message);
    tmp_dir_remove(&t);
}
END_TEST

START_TEST(refuses_what_is_no_database)
{
    struct tmp_dir t = tmp_dir_make();
    FILE *f = fopen(t.file, "w");
    for (int i = 0; i < 1000; i++)
        fputs("not a database\n", f);
    fclose(f);
    for (enum db_mode m = DB_CREATE; m <= DB_NOTE; m++)
        open_badly(t.file, m, -EBADMSG, EXIT_USAGE, "not a database");
    open_badly(t.path, DB_CREATE, -EISDIR, EXIT_USAGE, "not a regular file");
    tmp_dir_remove(&t);
}
END_TEST

START_TEST(names_a_missing_file_and_a_missing_directory)
{
    open_badly("/nonexistent/results.db", DB_READ, -ENOENT, EXIT_USAGE, "no such file");
    open_badly("/nonexistent/results.db", DB_APPEND, -ENOENT, EXIT_USAGE, "no such file");
    open_badly("/nonexistent/results.db", DB_CREATE, -ENOENT, EXIT_USAGE,
               "its directory does not exist");
}
END_TEST

/* A child that holds the file open for writing until it is killed. */
static pid_t writer_child(const char *path)
{
    int ready[2];
    ck_assert_int_eq(pipe(ready), 0);
    pid_t pid = fork();
    if (!pid) {
        struct err e = {0};
        struct db *db;
        if (db_open(path, DB_CREATE, &db, &e) || db_exec(db, "t", "CREATE TABLE seen (x)", &e) ||
            write(ready[1], "", 1) != 1)
            _exit(1);
        pause();
    }
    char c;
    ck_assert_int_eq(read(ready[0], &c, 1), 1);
    close(ready[0]);
    close(ready[1]);
    return pid;
}

START_TEST(a_second_writer_is_told_who_writes_and_a_killed_one_is_no_hindrance)
{
    struct tmp_dir t = tmp_dir_make();
    pid_t pid = writer_child(t.file);
    char who[40];
    snprintf(who, sizeof who, "process %d is writing", (int)pid);
    open_badly(t.file, DB_CREATE, -EBUSY, EXIT_ENVIRONMENT, who);
    open_badly(t.file, DB_APPEND, -EBUSY, EXIT_ENVIRONMENT, who);
    struct db *reader = open_well(t.file, DB_READ);
    ck_assert_int_eq(number(reader, "SELECT count(*) AS n FROM seen"), 0);
    db_close(reader);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    ck_assert(exists(&t, "-lock"));
    db_close(open_well(t.file, DB_CREATE));
    ck_assert(!exists(&t, "-lock"));
    tmp_dir_remove(&t);
}
END_TEST

CHECK_MAIN("db/db", creates_the_schema_and_opens_it_again,
           rebuilds_views_that_an_older_version_left,
           an_empty_file_is_fine_to_create_and_nothing_to_read,
           refuses_another_programs_database_and_leaves_it_as_it_is, refuses_a_newer_schema,
           refuses_what_is_no_database, names_a_missing_file_and_a_missing_directory,
           a_second_writer_is_told_who_writes_and_a_killed_one_is_no_hindrance)
