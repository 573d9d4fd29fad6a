/* SPDX-License-Identifier: BSD-3-Clause */
#include "load/alias.h"

#include <assert.h>

/* Columns that have less than their width, and those with more. */
struct columns {
    double width[ALIAS_MAX];
    uint32_t less[ALIAS_MAX], more[ALIAS_MAX], less_count, more_count;
};

static void sort_in(struct columns *c, uint32_t column)
{
    if (c->width[column] < 1)
        c->less[c->less_count++] = column;
    else
        c->more[c->more_count++] = column;
}

static void columns_init(struct columns *c, const double *weights, uint32_t count)
{
    double sum = 0;
    for (uint32_t i = 0; i < count; i++)
        sum += weights[i];
    assert(sum > 0);
    c->less_count = c->more_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        c->width[i] = weights[i] * count / sum;
        sort_in(c, i);
    }
}

/* What is left when one list is empty has its full width, but for rounding. */
void alias_build(struct alias_column *columns, const double *weights, uint32_t count)
{
    struct columns c;
    assert(count && count <= ALIAS_MAX);
    columns_init(&c, weights, count);
    for (uint32_t i = 0; i < count; i++)
        columns[i] = (struct alias_column){UINT32_MAX, i};
    while (c.less_count && c.more_count) {
        uint32_t less = c.less[--c.less_count], more = c.more[--c.more_count];
        columns[less] = (struct alias_column){(uint32_t)(c.width[less] * 0x1p32), more};
        c.width[more] -= 1 - c.width[less];
        sort_in(&c, more);
    }
}
