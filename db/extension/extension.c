/* SPDX-License-Identifier: BSD-3-Clause */
#define WIREBENCH_ENTRY
#include "db/extension/extension.h"

int extension_register(sqlite3 *db)
{
    int rc = extension_register_hist(db);
    return rc == SQLITE_OK ? extension_register_sample(db) : rc;
}

#ifdef WIREBENCH_LOADABLE
SQLITE_EXTENSION_INIT1

/* The name that SQLite makes of "wirebench.so". */
__attribute__((visibility("default"))) int
sqlite3_wirebench_init(sqlite3 *db, char **message, const sqlite3_api_routines *api);

int sqlite3_wirebench_init(sqlite3 *db, char **message, const sqlite3_api_routines *api)
{
    (void)message;
    SQLITE_EXTENSION_INIT2(api);
    return extension_register(db);
}
#endif
