/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One table while runs are copied: a cursor over the run's rows in one file, a statement that puts
 * them into the other. Columns are those of the target's schema.
 */
#ifndef ANALYZER_UPKEEP_TABLE_H
#define ANALYZER_UPKEEP_TABLE_H

#include <stddef.h>

struct db;
struct db_stmt;
struct err;

/* How a column gets to the other side. */
enum part { AS_IT_STANDS, NEW_ID, OF_RUN, OF_PHASE, OF_INTERVAL, OF_NAME };

#define COLUMNS_MAX 128

/* A table as it is copied: its rows on one side, their place on the other. */
struct table {
    const char *name;
    char *columns[COLUMNS_MAX], *parameters[COLUMNS_MAX], *select, *insert;
    enum part part[COLUMNS_MAX];
    size_t count;
    struct db_stmt *rows, *place;
};

/* `name` set, all else zero; bind :run of `rows` for each run. Close it in any case. */
int table_open(struct table *t, struct db *from, struct db *to, struct err *e);
void table_close(struct table *t);

#endif
