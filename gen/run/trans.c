/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/trans.h"

#include <errno.h>

#include "base/mem.h"

int trans_init(struct trans_pool *p, uint32_t count, struct err *e)
{
    *p = (struct trans_pool){.count = count, .free = TRANS_NONE};
    p->entries = mem_reserve((size_t)count * sizeof *p->entries, "transaction pool", e);
    if (!p->entries)
        return -ENOMEM;
    for (uint32_t i = count; i-- > 0;) {
        p->entries[i].next = p->free;
        p->free = i;
    }
    return 0;
}

void trans_fini(struct trans_pool *p)
{
    mem_release(p->entries, (size_t)p->count * sizeof *p->entries);
    p->entries = NULL;
}

uint32_t trans_alloc(struct trans_pool *p)
{
    uint32_t index = p->free;
    if (index == TRANS_NONE)
        return TRANS_NONE;
    p->free = p->entries[index].next;
    p->in_use++;
    return index;
}

void trans_free(struct trans_pool *p, uint32_t index)
{
    p->entries[index].next = p->free;
    p->free = index;
    p->in_use--;
}

void trans_append(struct trans_pool *p, uint32_t *head, uint32_t index)
{
    p->entries[index].next = TRANS_NONE;
    if (*head == TRANS_NONE)
        *head = index;
    else
        p->entries[p->entries[*head].last].next = index;
    p->entries[*head].last = index;
}

void trans_free_first(struct trans_pool *p, uint32_t *head)
{
    uint32_t first = *head;
    *head = p->entries[first].next;
    if (*head != TRANS_NONE)
        p->entries[*head].last = p->entries[first].last;
    trans_free(p, first);
}
