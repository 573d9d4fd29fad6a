/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "db/db.h"
#include "tests/lib/check_main.h"
#include "tests/unit/db/tmp_dir.h"

static struct tmp_dir dir;
static struct db *db;
static struct err e;

static void open_scratch(void)
{
    dir = tmp_dir_make();
    ck_assert_int_eq(db_open(dir.file, DB_CREATE, &db, &e), 0);
    ck_assert_int_eq(db_exec(db, "make a table", "CREATE TABLE v (i, f, t, b, n NOT NULL)", &e), 0);
}

static void close_scratch(void)
{
    db_close(db);
    tmp_dir_remove(&dir);
}

static struct db_stmt *prepare(const char *sql)
{
    struct db_stmt *s;
    ck_assert_int_eq(db_prepare(db, "store a value", sql, &s, &e), 0);
    return s;
}

START_TEST(values_come_back_as_they_were_bound)
{
    open_scratch();
    struct db_stmt *s = prepare("INSERT INTO v VALUES (:i, :f, :t, :b, :n)");
    db_bind_i64(s, ":i", INT64_MIN);
    db_bind_f64(s, ":f", 0.1);
    db_bind_text(s, ":t", "it's \"quoted\"; DROP TABLE v");
    db_bind_blob(s, ":b", "\0\1\2", 3);
    db_bind_u64(s, ":n", UINT64_MAX);
    ck_assert_int_eq(db_run(s, &e), 0);
    db_finish(s);
    s = prepare("SELECT * FROM v");
    ck_assert_int_eq(db_step(s, &e), 1);
    ck_assert_int_eq(db_col_i64(s, "i"), INT64_MIN);
    ck_assert_double_eq(db_col_f64(s, "f"), 0.1);
    ck_assert_str_eq(db_col_text(s, "t"), "it's \"quoted\"; DROP TABLE v");
    size_t len;
    ck_assert_mem_eq(db_col_blob(s, "b", &len), "\0\1\2", 3);
    ck_assert_uint_eq(len, 3);
    ck_assert_int_eq(db_col_i64(s, "n"), INT64_MAX);
    ck_assert_int_eq(db_step(s, &e), 0);
    db_finish(s);
    close_scratch();
}
END_TEST

START_TEST(what_was_not_measured_is_null)
{
    open_scratch();
    struct db_stmt *s = prepare("INSERT INTO v VALUES (:i, :f, :t, :b, 1)");
    db_bind_null(s, ":i");
    db_bind_f64(s, ":f", NAN);
    db_bind_text(s, ":t", NULL);
    db_bind_blob(s, ":b", NULL, 0);
    ck_assert_int_eq(db_run(s, &e), 0);
    db_finish(s);
    s = prepare("SELECT * FROM v");
    ck_assert_int_eq(db_step(s, &e), 1);
    size_t len;
    ck_assert(db_col_is_null(s, "i") && db_col_is_null(s, "f") && db_col_is_null(s, "t"));
    ck_assert(isnan(db_col_f64(s, "f")));
    ck_assert_ptr_null(db_col_text(s, "t"));
    ck_assert_ptr_null(db_col_blob(s, "b", &len));
    ck_assert_uint_eq(len, 0);
    db_finish(s);
    close_scratch();
}
END_TEST

START_TEST(an_error_names_file_purpose_and_reason)
{
    open_scratch();
    struct db_stmt *s = prepare("INSERT INTO v (n) VALUES (:n)");
    db_bind_null(s, ":n");
    ck_assert_int_eq(db_run(s, &e), -EINVAL);
    ck_assert_msg(strstr(e.message, dir.file) && strstr(e.message, "cannot store a value") &&
                      strstr(e.message, "NOT NULL"), "%s", e.message);
    struct err again = {0};
    db_bind_i64(s, ":n", 5); /* usable again after the error */
    ck_assert_int_eq(db_run(s, &again), 0);
    db_finish(s);
    struct db_stmt *bad;
    ck_assert_int_eq(db_prepare(db, "ask nonsense", "SELEKT 1", &bad, &again), -EINVAL);
    ck_assert_ptr_null(bad);
    ck_assert_ptr_nonnull(strstr(again.message, "cannot ask nonsense"));
    close_scratch();
}
END_TEST

START_TEST(a_rollback_leaves_nothing)
{
    open_scratch();
    ck_assert_int_eq(db_begin(db, "test", &e), 0);
    ck_assert_int_eq(db_exec(db, "test", "INSERT INTO v (n) VALUES (1)", &e), 0);
    db_rollback(db);
    db_rollback(db);
    struct db_stmt *s = prepare("SELECT n FROM v");
    ck_assert_int_eq(db_step(s, &e), 0);
    db_finish(s);
    close_scratch();
}
END_TEST

CHECK_MAIN("db/stmt", values_come_back_as_they_were_bound, what_was_not_measured_is_null,
           an_error_names_file_purpose_and_reason, a_rollback_leaves_nothing)
