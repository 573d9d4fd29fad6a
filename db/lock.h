/* SPDX-License-Identifier: BSD-3-Clause */
/* The writer's lock of db.h: a POSIX record lock on a side file, by whatever name
 * the database is called. */
#ifndef DB_LOCK_H
#define DB_LOCK_H

#include <stdbool.h>

struct err;

struct db_lock {
    int fd; /* -1: not held */
    char *path;
};

/* -EBUSY names the process that holds it (EXIT_ENVIRONMENT). */
int lock_take(struct db_lock *l, const char *db_path, struct err *e);
/* Whether another process writes the file now. Not for a process that holds the lock itself: POSIX
 * drops it as the file is closed again. */
bool lock_is_held(const char *db_path);
void lock_drop(struct db_lock *l); /* removes the side file; fine when not held */

#endif
