/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Draws from a list of weights by one number (Walker 1977, built as Vose 1991): as many columns of
 * equal width as weights, each holding at most two of them. Weights are kept to 2^-32 of a column.
 */
#ifndef LOAD_ALIAS_H
#define LOAD_ALIAS_H

#include <stdint.h>

#define ALIAS_MAX 128

struct alias_column {
    uint32_t keep;  /* below it: this column's own number */
    uint32_t other; /* else this one */
};

/* weights >= 0, 1 to ALIAS_MAX of them, not all 0. */
void alias_build(struct alias_column *columns, const double *weights, uint32_t count);

/* `random`: uniform over all of uint32_t. */
static inline uint32_t alias_draw(const struct alias_column *columns, uint32_t count,
                                  uint32_t random)
{
    uint64_t at = (uint64_t)random * count;
    uint32_t column = (uint32_t)(at >> 32);
    struct alias_column c = columns[column]; /* all of it: no branch, nobody could predict it */
    uint32_t own = -(uint32_t)((uint32_t)at < c.keep);
    return (column & own) | (c.other & ~own);
}

#endif
