/* SPDX-License-Identifier: BSD-3-Clause */
#include "tcp/flow.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/mem.h"

uint64_t flow_slots(uint64_t max)
{
    uint64_t size = 64;
    while (size * 4 < max * 5)
        size *= 2;
    return size;
}

int flow_init(struct flow_table *f, uint64_t max, struct err *e)
{
    uint64_t size = flow_slots(max);
    assert(size <= 1ull << 32);
    f->entries = mem_reserve(size * sizeof *f->entries, "flow table", e);
    if (!f->entries)
        return -ENOMEM;
    memset(f->entries, 0xff, size * sizeof *f->entries);
    f->mask = (uint32_t)(size - 1);
    f->count = 0;
    return 0;
}

void flow_fini(struct flow_table *f)
{
    mem_release(f->entries, ((size_t)f->mask + 1) * sizeof *f->entries);
    f->entries = NULL;
}

void flow_add(struct flow_table *f, uint32_t hash, uint32_t index)
{
    uint32_t at = hash & f->mask;
    assert(f->count < f->mask);
    while (f->entries[at].index != FLOW_NONE)
        at = (at + 1) & f->mask;
    f->entries[at] = (struct flow_entry){hash, index};
    f->count++;
}

static uint32_t place_of(const struct flow_table *f, uint32_t hash, uint32_t index)
{
    uint32_t at = hash & f->mask;
    while (f->entries[at].index != index) {
        assert(f->entries[at].index != FLOW_NONE);
        at = (at + 1) & f->mask;
    }
    return at;
}

void flow_rename(struct flow_table *f, uint32_t hash, uint32_t index, uint32_t as)
{
    f->entries[place_of(f, hash, index)].index = as;
}

void flow_remove(struct flow_table *f, uint32_t hash, uint32_t index)
{
    uint32_t at = place_of(f, hash, index);
    /* Close the gap: an entry may move back unless that would put it before its home. */
    for (uint32_t next = (at + 1) & f->mask; f->entries[next].index != FLOW_NONE;
         next = (next + 1) & f->mask) {
        uint32_t home = f->entries[next].hash & f->mask;
        if (((next - home) & f->mask) >= ((next - at) & f->mask)) {
            f->entries[at] = f->entries[next];
            at = next;
        }
    }
    f->entries[at].index = FLOW_NONE;
    f->count--;
}

void flow_validate(const struct flow_table *f)
{
    uint32_t seen = 0;
    for (uint32_t i = 0; i <= f->mask; i++) {
        const struct flow_entry *e = &f->entries[i];
        if (e->index == FLOW_NONE)
            continue;
        seen++;
        for (uint32_t at = e->hash & f->mask; at != i; at = (at + 1) & f->mask)
            assert(f->entries[at].index != FLOW_NONE);
    }
    assert(seen == f->count);
    (void)seen;
}
