/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ANALYZER_TIMES_EXACT_H
#define ANALYZER_TIMES_EXACT_H

#include "analyzer/times.h"

/* Where the percentiles of a run come from. */
struct times_source {
    bool exact;       /* from all samples: latency, service, queueing, lateness */
    char reason[160]; /* why not, "" when exact */
};

/* Replaces the percentiles, intervals and means that the histograms gave by those of the samples,
 * of all times whose every sample was kept. Connect times have none. 0, or -errno with a message;
 * a damaged block is no error but a reason. */
int times_make_exact(struct db *db, int64_t run_id, bool running, struct time_summary *times,
                     struct times_source *out, struct err *e);

#endif
