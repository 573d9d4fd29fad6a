/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Big blocks reserved once at start: anonymous mappings, huge pages where the kernel gives them,
 * touched at once so that no page fault happens on the data path. Zeroed.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

#define CACHE_LINE 64u /* bytes */

struct err;

/* NULL: e says how much was wanted for what. `what` is for the message only. Lies on the memory node of
 * the core that reserves. */
void *mem_reserve(size_t bytes, const char *what, struct err *e);
/* The same for others: on the node of `cpu`, where that is known and has room; -1: as above. */
void *mem_reserve_near(int cpu, size_t bytes, const char *what, struct err *e);
/* Asks for that node for pages of [block, block + bytes) that nobody has touched, from a page's start. */
void mem_prefer(void *block, size_t bytes, int cpu);
/* The memory node of a CPU; -1: not known. */
int mem_node(int cpu);
void mem_release(void *block, size_t bytes); /* the same size; NULL is fine */

#endif
