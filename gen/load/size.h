/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How large a message is: one size, a range, or a weighted list of them, made ready for drawing. A
 * draw is a function of the seed and the message's number over the whole run alone, not of the
 * connection that it finds free: the same seed gives the same sizes in the same order again.
 */
#ifndef LOAD_SIZE_H
#define LOAD_SIZE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"
#include "load/alias.h"

#define SIZE_PARTS 16

/* Sizes low to high, both included: each as likely as the other, or (even_ratio) as many between 1
 * and 2 KiB as between 2 and 4: floor(low ((high + 1) / low)^U). */
struct size_part {
    uint32_t low, high, weight;
    bool even_ratio;
};

struct size_slot {
    uint64_t low, span;           /* span: high - low + 1 */
    uint64_t log2_low, log2_span; /* in 2^-32; log2_span 0: evenly spread */
    uint64_t high;
};

struct size_dist {
    uint32_t count; /* of parts; 0: no message has a size */
    uint32_t smallest, largest;
    struct alias_column columns[SIZE_PARTS];
    struct size_slot slots[SIZE_PARTS];
};

/* 1 <= low <= high < 2^31, weights not all 0, at most SIZE_PARTS. */
void size_compile(struct size_dist *d, const struct size_part *parts, uint32_t count);

/* The size for a number that is uniform over all of uint64_t. */
uint32_t size_of(const struct size_dist *d, uint64_t random);
/* What is to be expected of a part, and of all. */
double size_part_mean(const struct size_part *part);
double size_mean(const struct size_part *parts, uint32_t count);

static inline uint32_t size_draw(const struct size_dist *d, uint64_t seed, uint64_t message)
{
    if (d->smallest == d->largest)
        return d->largest;
    return size_of(d, rng_mix(seed, message));
}

#endif
