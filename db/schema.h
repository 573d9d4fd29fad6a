/* SPDX-License-Identifier: BSD-3-Clause */
/* The SQL of the schema, embedded from migrations/NNNN.sql and views.sql at build time. */
#ifndef DB_SCHEMA_H
#define DB_SCHEMA_H

struct db;
struct err;

extern const char db_views_sql[];
extern const char *const db_migrations[]; /* [0] makes schema 1 out of an empty file */
extern const int db_migration_count; /* the newest schema that this program knows: user_version */

/* Is this file ours, and not newer than this program? Reads only; *version 0: nothing in it. */
int schema_check(struct db *db, int *version, struct err *e);
/* From `version` to db_migration_count, a transaction a step, then the views. */
int schema_migrate(struct db *db, int version, struct err *e);

#endif
