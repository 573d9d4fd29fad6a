/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/keep.h"

#include <stdlib.h>
#include <string.h>

struct keep_block {
    struct keep_block *next;
    max_align_t data[];
};

void *keep_bytes(struct keep *k, size_t size)
{
    struct keep_block *b = calloc(1, sizeof *b + size);
    if (!b)
        return NULL;
    b->next = k->blocks;
    k->blocks = b;
    return b->data;
}

const char *keep_text(struct keep *k, const char *text)
{
    if (!text)
        return NULL;
    size_t size = strlen(text) + 1;
    char *copy = keep_bytes(k, size);
    return copy ? memcpy(copy, text, size) : NULL;
}

void *list_grow(void **rows, size_t *count, size_t row_size)
{
    /* doubles at each power of two: 1, 2, 4, 8 ... rows are what was allocated */
    if ((*count & (*count - 1)) == 0) {
        void *bigger = realloc(*rows, (*count ? 2 * *count : 1) * row_size);
        if (!bigger)
            return NULL;
        *rows = bigger;
    }
    return memset((char *)*rows + row_size * (*count)++, 0, row_size);
}

void keep_fini(struct keep *k)
{
    while (k->blocks) {
        struct keep_block *b = k->blocks;
        k->blocks = b->next;
        free(b);
    }
}
