/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One results file: opening, the schema's migrations, and statements with typed binds by name.
 *
 * One writer at a time. A writer holds a POSIX record lock (fcntl F_SETLK) on a side file,
 * PATH-lock, and removes that file when it closes. The lock belongs to the process: the kernel
 * drops it at any death, a forked child does not inherit it, and F_GETLK names the holder in the
 * message. A side file left behind by SIGKILL is empty and locks nobody out. It is not on PATH
 * itself because closing any descriptor of a file drops all POSIX locks of the process on it,
 * SQLite's own included. The lock does not keep one process from opening a file twice for
 * writing: don't.
 *
 * Readers take no lock and never write: a WAL file may be read while a run writes it.
 *
 * A struct db and its statements belong to one thread at a time.
 */
#ifndef DB_DB_H
#define DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct sqlite3;
struct db;
struct db_stmt;

#define DB_APPLICATION_ID 0x57697265 /* "Wire" */

enum db_mode {
    DB_CREATE, /* write; a missing or empty file becomes a database; migrates an older one */
    DB_READ,   /* mode=ro, query_only; may leave an empty -wal and -shm beside it; works on a
                * read-only disk; an older file reads as one of today's (db/older.h) */
    DB_APPEND, /* write, as DB_CREATE, but the database must exist */
    DB_NOTE,   /* write, as DB_APPEND, but what is written is no reason to migrate: an older file is
                * refused (EXIT_USAGE, -EROFS) and left as it is */
};

/* EXIT_USAGE: no such file or directory (-ENOENT), not a database, another program's database,
 * written by a newer version, nothing in it yet (all but DB_CREATE: -ENODATA).
 * EXIT_ENVIRONMENT: no permission, read-only or full disk, another process writes it (-EBUSY). */
int db_open(const char *path, enum db_mode mode, struct db **out, struct err *e);
void db_close(struct db *db); /* NULL is fine; finish all statements first */
const char *db_path(const struct db *db);
int db_version(const struct db *db); /* of the schema that the file had when it was opened */
struct sqlite3 *db_sqlite(struct db *db); /* for what has no wrapper here (functions, hooks) */

/* Transactions; `purpose` completes "cannot ... : reason", e.g. "store the intervals". A failed
 * commit rolls back: a batch is stored whole or not at all. */
int db_begin(struct db *db, const char *purpose, struct err *e);
int db_commit(struct db *db, const char *purpose, struct err *e);
void db_rollback(struct db *db); /* fine without a transaction */
int db_exec(struct db *db, const char *purpose, const char *sql, struct err *e);
int64_t db_last_id(struct db *db);

/* A statement is prepared once and run often. `purpose` and `sql` must outlive it. */
int db_prepare(struct db *db, const char *purpose, const char *sql, struct db_stmt **out,
               struct err *e);
void db_finish(struct db_stmt *s); /* NULL is fine */

/* Binds by parameter name, colon included (":run_id"); a name that the SQL lacks is a bug
 * (assert). What cannot be bound (memory) is told by the next db_step. Values stay bound until
 * db_reset. */
void db_bind_i64(struct db_stmt *s, const char *name, int64_t value);
void db_bind_u64(struct db_stmt *s, const char *name, uint64_t value); /* above 2^63-1: saturates */
void db_bind_f64(struct db_stmt *s, const char *name, double value);   /* NAN binds NULL */
void db_bind_text(struct db_stmt *s, const char *name, const char *value); /* copied; NULL: NULL */
void db_bind_blob(struct db_stmt *s, const char *name, const void *data, size_t len); /* copied */
void db_bind_null(struct db_stmt *s, const char *name);
/* A column of the current row of `from`, of whatever type, copied as it stands. */
void db_bind_column(struct db_stmt *s, const char *name, struct db_stmt *from, const char *column);

/* 1: a row is there; 0: no more rows (the statement is reset, its binds cleared); -errno. */
int db_step(struct db_stmt *s, struct err *e);
/* For statements without rows: steps to the end and resets. */
int db_run(struct db_stmt *s, struct err *e);
void db_reset(struct db_stmt *s); /* ends a query early; clears the binds */

/* The current row by column name; a name that the result lacks is a bug (assert). Pointers are
 * good until the next step or reset. */
bool db_col_is_null(struct db_stmt *s, const char *name);
int64_t db_col_i64(struct db_stmt *s, const char *name);  /* NULL: 0; ask db_col_is_null first */
double db_col_f64(struct db_stmt *s, const char *name);   /* NULL: NAN */
const char *db_col_text(struct db_stmt *s, const char *name); /* NULL: NULL */
const void *db_col_blob(struct db_stmt *s, const char *name, size_t *len); /* NULL: NULL, 0 */

#endif
