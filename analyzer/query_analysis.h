/* SPDX-License-Identifier: BSD-3-Clause */
/* The SELECTs of stored verdicts; how to read them is said in query.h. */
#ifndef ANALYZER_QUERY_ANALYSIS_H
#define ANALYZER_QUERY_ANALYSIS_H

#include "analyzer/query.h"

/* A row of the table `analysis`; text is good until the next step. */
struct analysis_info {
    int64_t id, at_ns, run_id, seed; /* run_id, seed: QUERY_NONE if not there */
    const char *kind, *baseline, *inputs_hash, *parameters, *tool_version, *verdict, *result;
};
/* All of them, oldest first, without parameters and result. */
int query_analyses(struct db *db, struct db_stmt **out, struct err *e);
/* One by its id, whole. */
int query_analysis(struct db *db, int64_t id, struct db_stmt **out, struct err *e);
int query_analysis_next(struct db_stmt *s, struct analysis_info *out, struct err *e);

#endif
