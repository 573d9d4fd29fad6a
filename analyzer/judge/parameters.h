/* SPDX-License-Identifier: BSD-3-Clause */
/* What repeats a comparison, as JSON: its runs by uuid, because ids change when files are merged.
 */
#ifndef ANALYZER_JUDGE_PARAMETERS_H
#define ANALYZER_JUDGE_PARAMETERS_H

#include "analyzer/judge/comparison.h"
#include "analyzer/judge/plan.h"

/* Text kept in c->keep; NULL without memory. */
const char *parameters_write(struct comparison *c, const struct values *history);
/* The plan that they say, every run by its uuid. EXIT_INVALID -ENOENT: a run is not in this file;
 * EXIT_USAGE -EBADMSG: not parameters of a comparison. plan_fini in any case. */
int parameters_read(struct db *db, const char *text, struct plan *out, struct err *e);

#endif
