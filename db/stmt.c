/* SPDX-License-Identifier: BSD-3-Clause */
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "db/db_internal.h"
#include "db/header.h"

struct db_stmt {
    struct db *db;
    const char *purpose;
    sqlite3_stmt *sqlite;
    int bind_error; /* the first bind that failed, told by the next step */
};

static const struct {
    int rc, error;
    enum exit_code code;
} errors[] = {
    {SQLITE_FULL, ENOSPC, EXIT_ENVIRONMENT},    {SQLITE_IOERR, EIO, EXIT_ENVIRONMENT},
    {SQLITE_BUSY, EBUSY, EXIT_ENVIRONMENT},     {SQLITE_READONLY, EROFS, EXIT_ENVIRONMENT},
    {SQLITE_CANTOPEN, EACCES, EXIT_ENVIRONMENT}, {SQLITE_PERM, EACCES, EXIT_ENVIRONMENT},
    {SQLITE_NOMEM, ENOMEM, EXIT_ENVIRONMENT},   {SQLITE_NOTADB, EBADMSG, EXIT_USAGE},
    {SQLITE_CORRUPT, EBADMSG, EXIT_USAGE},      {SQLITE_CONSTRAINT, EINVAL, EXIT_RUN},
    {SQLITE_ERROR, EINVAL, EXIT_USAGE},
};

/* What can be seen from outside of a file that SQLite does not take: "" when that is nothing. */
static const char *look_outside(const struct db *db, char *buf, size_t size)
{
    struct db_header h;
    if (header_read(db->path, &h) || !h.database || h.said_bytes <= h.file_bytes)
        return "";
    snprintf(buf, size,
             ": it has %llu bytes and says that it has %llu: cut off, or copied while it was "
             "written or without its log",
             (unsigned long long)h.file_bytes, (unsigned long long)h.said_bytes);
    return buf;
}

int db_error(struct db *db, int rc, const char *purpose, struct err *e)
{
    int error = EIO;
    enum exit_code code = EXIT_ENVIRONMENT;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i].rc == (rc & 0xff)) {
            error = errors[i].error;
            code = errors[i].code;
        }
    const char *reason = db->sqlite ? sqlite3_errmsg(db->sqlite) : sqlite3_errstr(rc);
    int os = db->sqlite ? sqlite3_system_errno(db->sqlite) : 0;
    bool foreign = error == EBADMSG, tell_os = os && !foreign;
    char outside[200];
    return err_set(e, code, -error, "%s: cannot %s: %s%s%s%s%s", db->path, purpose, reason,
                   tell_os ? " (" : "", tell_os ? strerror(os) : "", tell_os ? ")" : "",
                   foreign ? look_outside(db, outside, sizeof outside) : "");
}

int db_prepare(struct db *db, const char *purpose, const char *sql, struct db_stmt **out,
               struct err *e)
{
    struct db_stmt *s = calloc(1, sizeof *s);
    *out = NULL;
    if (!s)
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "%s: out of memory", db->path);
    *s = (struct db_stmt){.db = db, .purpose = purpose};
    int rc = sqlite3_prepare_v3(db->sqlite, sql, -1, 0, &s->sqlite, NULL);
    if (rc != SQLITE_OK) {
        free(s);
        return db_error(db, rc, purpose, e);
    }
    *out = s;
    return 0;
}

void db_finish(struct db_stmt *s)
{
    if (!s)
        return;
    sqlite3_finalize(s->sqlite);
    free(s);
}

static int parameter(struct db_stmt *s, const char *name)
{
    int index = sqlite3_bind_parameter_index(s->sqlite, name);
    assert(index > 0 && "no such parameter in the SQL");
    return index;
}

static void note_bind(struct db_stmt *s, int rc)
{
    if (rc != SQLITE_OK && s->bind_error == SQLITE_OK)
        s->bind_error = rc;
}

void db_bind_i64(struct db_stmt *s, const char *name, int64_t value)
{
    note_bind(s, sqlite3_bind_int64(s->sqlite, parameter(s, name), value));
}

void db_bind_u64(struct db_stmt *s, const char *name, uint64_t value)
{
    db_bind_i64(s, name, value > INT64_MAX ? INT64_MAX : (int64_t)value);
}

void db_bind_f64(struct db_stmt *s, const char *name, double value)
{
    if (isnan(value))
        db_bind_null(s, name);
    else
        note_bind(s, sqlite3_bind_double(s->sqlite, parameter(s, name), value));
}

void db_bind_text(struct db_stmt *s, const char *name, const char *value)
{
    note_bind(s, sqlite3_bind_text(s->sqlite, parameter(s, name), value, -1, SQLITE_TRANSIENT));
}

void db_bind_blob(struct db_stmt *s, const char *name, const void *data, size_t len)
{
    note_bind(s, sqlite3_bind_blob64(s->sqlite, parameter(s, name), data, len, SQLITE_TRANSIENT));
}

void db_bind_null(struct db_stmt *s, const char *name)
{
    note_bind(s, sqlite3_bind_null(s->sqlite, parameter(s, name)));
}

void db_reset(struct db_stmt *s)
{
    sqlite3_reset(s->sqlite);
    sqlite3_clear_bindings(s->sqlite);
    s->bind_error = SQLITE_OK;
}

int db_step(struct db_stmt *s, struct err *e)
{
    int rc = s->bind_error != SQLITE_OK ? s->bind_error : sqlite3_step(s->sqlite);
    if (rc == SQLITE_ROW)
        return 1;
    int ret = rc == SQLITE_DONE ? 0 : db_error(s->db, rc, s->purpose, e);
    db_reset(s);
    return ret;
}

int db_run(struct db_stmt *s, struct err *e)
{
    int ret;
    do
        ret = db_step(s, e);
    while (ret == 1);
    return ret;
}

static int column(struct db_stmt *s, const char *name)
{
    int n = sqlite3_column_count(s->sqlite);
    for (int i = 0; i < n; i++)
        if (!strcmp(sqlite3_column_name(s->sqlite, i), name))
            return i;
    assert(0 && "no such column in the result");
    return -1;
}

void db_bind_column(struct db_stmt *s, const char *name, struct db_stmt *from,
                    const char *from_name)
{
    sqlite3_value *value = sqlite3_column_value(from->sqlite, column(from, from_name));
    note_bind(s, sqlite3_bind_value(s->sqlite, parameter(s, name), value));
}

bool db_col_is_null(struct db_stmt *s, const char *name)
{
    return sqlite3_column_type(s->sqlite, column(s, name)) == SQLITE_NULL;
}

int64_t db_col_i64(struct db_stmt *s, const char *name)
{
    return sqlite3_column_int64(s->sqlite, column(s, name));
}

double db_col_f64(struct db_stmt *s, const char *name)
{
    return db_col_is_null(s, name) ? NAN : sqlite3_column_double(s->sqlite, column(s, name));
}

const char *db_col_text(struct db_stmt *s, const char *name)
{
    return (const char *)sqlite3_column_text(s->sqlite, column(s, name));
}

const void *db_col_blob(struct db_stmt *s, const char *name, size_t *len)
{
    int at = column(s, name);
    const void *data = sqlite3_column_blob(s->sqlite, at);
    *len = (size_t)sqlite3_column_bytes(s->sqlite, at);
    return data;
}
