/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every completed, measured transaction of a run, block by block, unpacked by a thread a core. One
 * thread, the caller's, reads the file: the database is never touched by two.
 */
#ifndef ANALYZER_EXACT_BLOCKS_H
#define ANALYZER_EXACT_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#include "db/sample_block.h"

#define BLOCKS_THREADS_MAX 8

struct db;
struct err;

/* Transactions of one worker and phase. columns: those that were wanted, else NULL. */
struct block {
    int64_t phase_id, worker;
    uint32_t count;
    const uint64_t *columns[SAMPLE_COLUMNS];
};

struct blocks_scan {
    struct db *db;
    int64_t run_id, from_ns, to_ns; /* of the blocks with an end between two moments (Unix ns) */
    uint32_t wanted;                /* bits of enum sample_column */
    size_t threads;                 /* blocks_threads() or fewer, at least 1 */
    /* Called by thread `thread` (from 0), by several at once. */
    void (*take)(void *arg, size_t thread, const struct block *b);
    void *arg;
};

/* The first block that could not be read; id 0: none. */
struct blocks_damage {
    int64_t id;
    const char *why;
};

/* Ends early when there is damage, which is no error. */
int blocks_scan(const struct blocks_scan *scan, struct blocks_damage *damage, struct err *e);

/* As many as there are cores to run on, at most BLOCKS_THREADS_MAX. */
size_t blocks_threads(void);

#endif
