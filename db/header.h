/* SPDX-License-Identifier: BSD-3-Clause */
/* What the first 100 bytes of a database file say (SQLite file format 1.3), read without SQLite. */
#ifndef DB_HEADER_H
#define DB_HEADER_H

#include <stdbool.h>
#include <stdint.h>

struct db_header {
    bool database;        /* it is one; the rest is 0 otherwise */
    bool logged;          /* written through a -wal file */
    uint64_t file_bytes;
    uint64_t said_bytes;  /* 0: it does not say */
};

/* -errno: it cannot be read. */
int header_read(const char *path, struct db_header *out);
/* Whether committed rows wait in PATH-wal. */
bool header_log_waits(const char *path);

#endif
