/* SPDX-License-Identifier: BSD-3-Clause */
/* SELECTs about raw samples and what they must agree with. All cover the measured phases and their
 * drains. */
#ifndef ANALYZER_QUERY_SAMPLES_H
#define ANALYZER_QUERY_SAMPLES_H

#include "analyzer/query.h"

/* How much of a run's transactions was kept, by what the blocks say of themselves. */
struct kept_info {
    int64_t blocks, samples, ended; /* ended: completed and failed, by the intervals */
    bool all;                       /* at every moment the share kept was 1 */
};
int query_kept(struct db *db, int64_t run_id, struct kept_info *out, struct err *e);

/* Blocks with a transaction that ended between two moments (Unix ns), in no order; the data is
 * good until the next step. */
struct block_info {
    int64_t id, phase_id, worker, count, format, crc;
    const void *data;
    size_t len;
};
int query_blocks(struct db *db, int64_t run_id, int64_t from_ns, int64_t to_ns,
                 struct db_stmt **out, struct err *e);
int query_blocks_next(struct db_stmt *s, struct block_info *out, struct err *e);

/* Histograms of the latency with whose they are: in order of phase, interval, worker. */
struct owned_hist_info {
    int64_t phase_id, phase_seq, seq, worker;
    const char *phase;
    struct hist_info hist;
};
int query_owned_hists(struct db *db, int64_t run_id, struct db_stmt **out, struct err *e);
int query_owned_hists_next(struct db_stmt *s, struct owned_hist_info *out, struct err *e);

#endif
