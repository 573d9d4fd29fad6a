/* SPDX-License-Identifier: BSD-3-Clause */
#include "tcp/time_wait.h"

#include <errno.h>

#include "base/mem.h"
#include "tcp/flow.h"
#include "tcp/seq.h"

#define PREFETCH 4 /* entries ahead */

uint32_t time_wait_slots(uint32_t entries)
{
    uint32_t size = 1;
    while (size < entries)
        size *= 2;
    return size;
}

int time_wait_init(struct time_wait_pool *p, uint32_t entries, uint32_t *path_uses, struct err *e)
{
    uint32_t size = time_wait_slots(entries);
    *p = (struct time_wait_pool){.size = size, .path_uses = path_uses};
    p->slots = mem_reserve((size_t)size * sizeof *p->slots, "TIME-WAIT pool", e);
    return p->slots ? 0 : -ENOMEM;
}

void time_wait_fini(struct time_wait_pool *p)
{
    mem_release(p->slots, (size_t)p->size * sizeof *p->slots);
    p->slots = NULL;
}

static uint32_t path_of(const struct time_wait_pool *p, uint32_t slot)
{
    return (uint32_t)(p->slots[slot].key >> 32);
}

static void drop_oldest(struct time_wait_pool *p, struct flow_table *flows)
{
    uint32_t slot = p->head & (p->size - 1);
    if (p->slots[slot].live)
        time_wait_remove(p, flows, slot);
    p->head++;
    p->count--;
}

/* One goes for one that comes: the entry of the flow table that will be wanted then is on its way. */
static bool make_room(struct time_wait_pool *p, struct flow_table *flows)
{
    uint32_t oldest = p->head & (p->size - 1), soon = (p->head + PREFETCH) & (p->size - 1);
    bool live = p->slots[oldest].live;
    flow_prefetch(flows, p->slots[soon].hash);
    drop_oldest(p, flows);
    return live;
}

bool time_wait_add(struct time_wait_pool *p, struct flow_table *flows, struct time_wait entry,
                   uint32_t index)
{
    bool full = p->count == p->size && make_room(p, flows);
    uint32_t slot = (p->head + p->count) & (p->size - 1);
    p->slots[slot] = entry;
    p->slots[slot].live = true;
    p->count++;
    path_use(p->path_uses, path_of(p, slot), 1);
    flow_rename(flows, entry.hash, index, FLOW_TIME_WAIT | slot);
    return full;
}

void time_wait_remove(struct time_wait_pool *p, struct flow_table *flows, uint32_t slot)
{
    assert(p->slots[slot].live);
    flow_remove(flows, p->slots[slot].hash, FLOW_TIME_WAIT | slot);
    path_use(p->path_uses, path_of(p, slot), -1);
    p->slots[slot].live = false; /* its place is taken back when it comes to the front */
}

void time_wait_expire(struct time_wait_pool *p, struct flow_table *flows, uint32_t now_tk,
                      uint32_t budget)
{
    while (p->count && budget--) {
        struct time_wait *oldest = &p->slots[p->head & (p->size - 1)];
        /* A restarted entry in front holds back those behind it by one wait at most. */
        if (oldest->live && seq_lt(now_tk, oldest->expire_tk))
            return;
        drop_oldest(p, flows);
    }
}
