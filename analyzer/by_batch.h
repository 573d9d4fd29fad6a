/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Parts of a run are gathered in batches, so that a run of a day needs no more memory than one of a
 * minute: histograms of up to BATCH parts (operations and targets: of all at once, up to BATCH_KEYS), then
 * one pass (rarely two) over the blocks of that time.
 */
#ifndef ANALYZER_BY_BATCH_H
#define ANALYZER_BY_BATCH_H

#include "analyzer/by.h"
#include "analyzer/exact/exact.h"
#include "analyzer/query_samples.h"

#define BATCH      32
#define BATCH_KEYS 256 /* operations, or targets, that a sample can tell apart */
#define BIT(n)     (1u << (n))

/* When a worker counted into a part. */
struct span {
    int64_t phase_id, worker, from_ns, to_ns;
    size_t part;
};

struct part {
    int64_t phase_id, number;
    struct hist_sum *sum;
};

struct batch {
    struct db *db;
    struct by_table *table;
    bool possible;      /* every sample was kept */
    struct part *parts; /* the last ones of the table's rows */
    size_t count;
    struct span *spans;
    size_t spans_count;
    size_t part_of[BATCH_KEYS]; /* by operation or target */
};

/* A new row of the table with a histogram to fill; NULL: no memory. */
struct part *batch_add(struct batch *b, const struct by_row *row, int64_t phase_id);
/* Figures of its rows, exact where they can be; empties it. */
int batch_finish(struct batch *b, struct err *e);
void batch_clear(struct batch *b);
int batch_no_memory(struct err *e);

/* by_deal.c: as struct exact_job asks for. */
void batch_deal(const void *batch, const struct block *block, struct tally *tallies);

/* Each histogram of the run's latency, in order of phase, interval, worker. */
int batch_each_hist(struct batch *b,
                    int (*take)(struct batch *b, const struct owned_hist_info *h,
                                struct hist_sum *scratch, struct err *e),
                    struct err *e);

/* What a sample's kind names, below BATCH_KEYS. */
static inline uint32_t batch_key(enum by_kind by, uint64_t kind)
{
    return (by == BY_TARGET ? sample_target(kind) : sample_operation(kind)) % BATCH_KEYS;
}

/* by_kinds.c: parts that only samples know */
int batch_kinds(struct batch *b, struct err *e);
/* by_targets.c: the same by target, with their names */
int batch_targets(struct batch *b, struct err *e);

#endif
