/* SPDX-License-Identifier: BSD-3-Clause */
/* Opening as it should go and as it should fail. */
#ifndef TESTS_UNIT_DB_OPENING_H
#define TESTS_UNIT_DB_OPENING_H

#include <string.h>

#include "base/err.h"
#include "db/db.h"
#include "tests/lib/check_main.h"
#include "tests/unit/db/tmp_dir.h"

static inline int64_t number(struct db *db, const char *sql)
{
    struct err e = {0};
    struct db_stmt *s;
    ck_assert_int_eq(db_prepare(db, "test", sql, &s, &e), 0);
    ck_assert_int_eq(db_step(s, &e), 1);
    int64_t n = db_col_i64(s, "n");
    db_finish(s);
    return n;
}

static inline struct db *open_well(const char *path, enum db_mode mode)
{
    struct err e = {0};
    struct db *db;
    ck_assert_msg(db_open(path, mode, &db, &e) == 0, "%s", e.message);
    return db;
}

/* Opening fails with these, and the message names the file and the reason. */
static inline void open_badly(const char *path, enum db_mode mode, int error, int exit_code,
                       const char *reason)
{
    struct err e = {0};
    struct db *db;
    ck_assert_int_eq(db_open(path, mode, &db, &e), error);
    ck_assert_ptr_null(db);
    ck_assert_int_eq(e.exit_code, exit_code);
    ck_assert_msg(strstr(e.message, path) && strstr(e.message, reason), "%s", e.message);
}

static inline bool exists(const struct tmp_dir *t, const char *suffix)
{
    char name[300];
    snprintf(name, sizeof name, "%s%s", t->file, suffix);
    return !access(name, F_OK);
}

#endif
