/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What SQL does not know by itself: the virtual table `sample` over the packed blocks, and
 * functions on stored histograms. docs/SCHEMA.md says what each of them means.
 *
 * The same sources make the loadable wirebench.so (WIREBENCH_LOADABLE) and a part of the library
 * that both programs are linked with: there every connection that db_open() makes has them.
 */
#ifndef DB_EXTENSION_EXTENSION_H
#define DB_EXTENSION_EXTENSION_H

#ifdef WIREBENCH_LOADABLE
#include <sqlite3ext.h>
#ifndef WIREBENCH_ENTRY
SQLITE_EXTENSION_INIT3
#endif
#else
#include <sqlite3.h>
#endif

/* SQLite result codes. */
int extension_register(sqlite3 *db);
int extension_register_hist(sqlite3 *db);   /* hist_*, percentile_ci */
int extension_register_sample(sqlite3 *db); /* sample, sample_damage */

#endif
