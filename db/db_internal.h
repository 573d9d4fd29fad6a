/* SPDX-License-Identifier: BSD-3-Clause */
/* What db.c and stmt.c share. */
#ifndef DB_DB_INTERNAL_H
#define DB_DB_INTERNAL_H

#include <sqlite3.h>

#include "db/db.h"
#include "db/lock.h"

struct db {
    char *path;
    sqlite3 *sqlite;
    enum db_mode mode;
    struct db_lock lock;
    int version; /* of the schema, as it was opened; 0: nothing was in it */
    bool made;      /* the file was not there before */
    bool log_empty; /* as it was opened, no committed row waited in its log */
};

/* The last SQLite error as message, exit code and -errno: "PATH: cannot PURPOSE: reason". */
int db_error(struct db *db, int rc, const char *purpose, struct err *e);

#endif
