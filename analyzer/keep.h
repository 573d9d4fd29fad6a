/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies of rows that live as long as a summary: allocated one by one, freed together. */
#ifndef ANALYZER_KEEP_H
#define ANALYZER_KEEP_H

#include <stddef.h>

struct keep {
    struct keep_block *blocks;
};

void *keep_bytes(struct keep *k, size_t size);           /* zeroed; NULL: out of memory */
const char *keep_text(struct keep *k, const char *text); /* a copy; NULL for NULL */
/* A list that grows by one element at the end: returns the new element, zeroed, or NULL. The list
 * is malloc'ed and moves; free() it. */
void *list_grow(void **rows, size_t *count, size_t row_size);
void keep_fini(struct keep *k);

#endif
