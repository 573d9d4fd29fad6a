/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading a file of an older schema as if it were of today's (docs/decisions/0023). */
#ifndef DB_OLDER_H
#define DB_OLDER_H

struct db;
struct err;

/* Lays today's schema over a file of schema `version` that is open for reading, in this connection
 * alone: a table that has gained columns is shadowed by a TEMP view that adds them (NULL, or their
 * default), a table or view that the file lacks is a TEMP one. Nothing is written to the file and
 * nothing copied. Call it before query_only is set. */
int older_present(struct db *db, int version, struct err *e);

#endif
