/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exact ranks of values too many to keep: counting by passes. A histogram of the same values is
 * known, so the bucket that holds a rank is known before the first pass; each pass counts only what
 * falls into such a bucket, in up to 2^14 equal parts of it, and the next one only what falls into
 * the part that holds the rank. A bucket that is up to 2^14 ns wide (values below 33 ms) takes one
 * pass, the widest two, what lies beyond the histogram four.
 *
 * A pass: sieve_begin; a tally a thread, tally_begin, tally_add of each value once; all tallies
 * merged into one; sieve_end. Until sieve_begin returns 0. Pure: no file, no clock, no allocation.
 */
#ifndef ANALYZER_EXACT_SIEVE_H
#define ANALYZER_EXACT_SIEVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hist.h"

#define SIEVE_RANKS_MAX  24
#define SIEVE_PART_BITS  14
#define SIEVE_VALUE_BITS 44 /* values are below 2^44 - 1: REC_TIME_BITS of gen/rec/sample.h */

/* A key is 16 bits of a value: what a double of it would have as exponent and first ten bits. All
 * values of a bucket share one, no two buckets have the same, but 0 and 2. */
#define SIEVE_KEYS 65536u

/* Values low .. low + 2^bits - 1, in parts of 2^shift. */
struct sieve_range {
    uint64_t low, held, below; /* values in it, and values below it, as far as is known */
    size_t at;                 /* its first counter */
    uint8_t bits, shift, next; /* next: 1 + index of another of the same key, 0: none */
};

struct sieve {
    const struct hist_sum *hist;
    uint64_t ranks[SIEVE_RANKS_MAX], values[SIEVE_RANKS_MAX];
    uint8_t range_of[SIEVE_RANKS_MAX]; /* 1 + index; 0: its value is known */
    size_t wanted, count;
    bool begun, refuted;
    double mean_ns;                    /* exact but for the last rounding; after the first pass */
    struct sieve_range ranges[SIEVE_RANKS_MAX];
    uint8_t first[SIEVE_KEYS]; /* by key: 1 + index of the first range of such values */
};

/* What one thread counted. */
struct tally {
    const struct sieve *sieve; /* NULL: adds nothing */
    uint64_t *counters; /* as many as sieve_begin said */
    uint64_t n, min, max;
    unsigned __int128 sum;
};

/* `hist` must live as long, its count, min_ns and max_ns be exact. */
void sieve_init(struct sieve *s, const struct hist_sum *hist);
/* Asks for the value of a rank, 1 to hist->count; 0 asks for nothing. Returns its place in
 * s->values. At most SIEVE_RANKS_MAX. */
size_t sieve_want(struct sieve *s, uint64_t rank);
/* Counters that a tally of the next pass needs (at least 1); 0: every value is known, or refuted. */
size_t sieve_begin(struct sieve *s);
/* Sets `refuted` when what was counted is not what the histogram counted: nothing is known then. */
void sieve_end(struct sieve *s, const struct tally *all);

/* Clears the counters. `s` NULL: a tally that counts nothing. */
void tally_begin(struct tally *t, const struct sieve *s, uint64_t *counters, size_t count);
void tally_add(struct tally *t, const uint64_t *values, size_t n);
void tally_merge(struct tally *into, const struct tally *other, size_t count);

#endif
