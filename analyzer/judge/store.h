/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stored verdicts: rows of the table `analysis`. Each holds what repeats it: the runs by uuid and
 * the parameters (JSON), a hash of the figures that went in, the seed, and the result (JSON) that a
 * replay must give again, byte for byte.
 */
#ifndef ANALYZER_JUDGE_STORE_H
#define ANALYZER_JUDGE_STORE_H

#include "analyzer/keep.h"
#include "analyzer/query_analysis.h"

/* Inserts a row under the writer's lock, so never while a run goes on, nor into a file of an older
 * schema: a comparison is no reason to lock older programs out of it. `id` is set by it, `at_ns`
 * and `tool_version` too; `id` 0 when it was not stored. 0, or -errno with a message: who must
 * print the verdict all the same says it and goes on. Close the file first: it is opened anew. */
int store_save(const char *path, struct analysis_info *row, struct err *e);

/* By id as written by a person; text lives in `keep`. EXIT_USAGE: -EINVAL not an id, -ENOENT no
 * such verdict. */
int store_load(struct db *db, const char *which, struct keep *keep, struct analysis_info *out,
               struct err *e);

/* 128 bits of any bytes as 32 hexadecimal digits, for inputs_hash; the first 63 are a seed. */
struct store_hash {
    uint64_t half[2];
};
struct store_hash store_hash_begin(void);
void store_hash_bytes(struct store_hash *h, const void *data, size_t len);
void store_hash_text(struct store_hash *h, const char *text); /* NULL differs from "" */
void store_hash_doubles(struct store_hash *h, const double *values, size_t count);
char *store_hash_hex(const struct store_hash *h, char out[33]);
uint64_t store_hash_seed(const struct store_hash *h); /* fits the column: below 2^63 */

#endif
