/* SPDX-License-Identifier: BSD-3-Clause */
/* Figures made of counters, resource samples and the run's row; the last step of summary_build. */
#ifndef ANALYZER_COUNTS_H
#define ANALYZER_COUNTS_H

struct db;
struct err;
struct summary;

/* Needs phases, tallies and seconds read. 0, or -errno with a message. */
int counts_build(struct db *db, struct summary *s, struct err *e);

#endif
