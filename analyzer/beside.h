/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading a file that a run may be writing. */
#ifndef ANALYZER_BESIDE_H
#define ANALYZER_BESIDE_H

struct db;
struct err;

/* db_open for reading. While a run goes on in the file, this process steps back (SCHED_IDLE), so
 * that what it asks takes no time from the run's workers on a machine without a core to spare. */
int open_beside_run(const char *path, struct db **out, struct err *e);

#endif
