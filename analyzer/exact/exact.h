/* SPDX-License-Identifier: BSD-3-Clause */
/* Exact ranks from a run's raw samples: sieve.h over blocks.h, for several populations at once. */
#ifndef ANALYZER_EXACT_EXACT_H
#define ANALYZER_EXACT_EXACT_H

#include "analyzer/exact/blocks.h"
#include "analyzer/exact/sieve.h"

struct exact_job {
    struct db *db;
    int64_t run_id, from_ns, to_ns; /* as of struct blocks_scan */
    uint32_t wanted;
    struct sieve *sieves; /* populations; those that are refuted at the end have histograms only */
    size_t count;
    /* Adds a block's values to the tallies of the populations that they belong to. Called by
     * several threads at once, each with tallies of its own. */
    void (*deal)(const void *arg, const struct block *b, struct tally *tallies);
    const void *arg;
};

/* Whether all transactions of the run's measured phases and drains were kept; 1 or 0 with a reason,
 * or -errno. */
int exact_is_possible(struct db *db, int64_t run_id, bool running, char *why, size_t size,
                      struct err *e);
/* 0 with every sieve done or refuted; a damaged block, named in `damage`, refutes all. */
int exact_find(const struct exact_job *job, struct blocks_damage *damage, struct err *e);

#endif
