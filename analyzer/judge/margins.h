/* SPDX-License-Identifier: BSD-3-Clause */
/* Margins of relevance as a job gives them: "latency_p99_us:10%, throughput_msg_per_s:2%". */
#ifndef ANALYZER_JUDGE_MARGINS_H
#define ANALYZER_JUDGE_MARGINS_H

#include <stddef.h>

#include "analyzer/stats/verdict.h"

struct err;

/* Puts the margins of `text` (NULL: none) over those of the table's copy; "%" is a share of the
 * value, without it the metric's own unit (SCALE_PLAIN), where "%" is percentage points. EXIT_USAGE
 * -EINVAL with a message that names run, metric and what is expected; -ENOENT: no such metric. */
int margins_apply(const char *text, long long run_id, struct metric *metrics, size_t count,
                  struct err *e);

#endif
