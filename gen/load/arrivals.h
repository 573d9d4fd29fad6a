/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A list of arrival times for shape `replay`: offsets in ns from the start of a phase. Memory: 8
 * bytes an arrival.
 *
 * As text it is a column of numbers, one a line, each an offset from the start, in any order:
 *
 *   time_s           or        intended_ns      (this line may be missing: seconds)
 *   0.000125                   125000
 *   0.0005                     500000
 */
#ifndef LOAD_ARRIVALS_H
#define LOAD_ARRIVALS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define ARRIVALS_MOST   100000000ull                 /* 800 MB */
#define ARRIVALS_END_NS (30ull * 86400 * 1000000000) /* no offset beyond it: the longest phase */

struct arrivals {
    uint64_t *times_ns; /* malloc */
    uint64_t count, room;
    bool was_sorted; /* the source had them in order */
};

void arrivals_free(struct arrivals *a);
/* Room for `count` at once, where it is known. -ENOMEM. */
int arrivals_reserve(struct arrivals *a, uint64_t count);
int arrivals_add(struct arrivals *a, uint64_t offset_ns); /* -ENOMEM, -E2BIG: above ARRIVALS_MOST */
/* Puts them in order; call once, when all are there. */
void arrivals_sort(struct arrivals *a);
/* Of all times in their order: another list, another hash. */
uint64_t arrivals_hash(const struct arrivals *a);

/* Reads the text. 0, or -errno with what is wrong in `why`: "x.csv:7: \"soon\": expected ...". */
int arrivals_read(struct arrivals *a, FILE *in, const char *path, char *why, size_t size);

#endif
