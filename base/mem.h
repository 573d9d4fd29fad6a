/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Big blocks reserved once at start: anonymous mappings, huge pages where the kernel gives them,
 * touched at once so that no page fault happens on the data path. Zeroed.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

struct err;

/* NULL: e says how much was wanted for what. `what` is for the message only. */
void *mem_reserve(size_t bytes, const char *what, struct err *e);
void mem_release(void *block, size_t bytes); /* the same size; NULL is fine */

#endif
