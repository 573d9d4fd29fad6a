/* SPDX-License-Identifier: BSD-3-Clause */
/* SELECTs about the negative controls of a run. */
#ifndef ANALYZER_QUERY_CONTROL_H
#define ANALYZER_QUERY_CONTROL_H

#include <stddef.h>

#include "analyzer/query.h"

/* Why `column` of a run is NULL, as its notes say; empty: they do not. */
int query_missing_reason(struct db *db, int64_t run_id, const char *column, char *out, size_t size,
                         struct err *e);

#endif
