/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Flow table: open addressing over entries {hash, index}, so that a miss touches nothing else.
 * Linear probing with backward-shift deletion (Knuth 6.4 R): no tombstones. The key itself lies in
 * what the index names; the caller compares it.
 */
#ifndef TCP_FLOW_H
#define TCP_FLOW_H

#include <stdint.h>

struct err;

struct flow_entry {
    uint32_t hash, index;
};

struct flow_table {
    struct flow_entry *entries;
    uint32_t mask, count;
};

#define FLOW_NONE 0xffffffffu

/* Room for `max` flows at a load of at most 4/5. Memory is reserved and touched here. */
uint64_t flow_slots(uint64_t max); /* entries that are reserved for so many */
int flow_init(struct flow_table *f, uint64_t max, struct err *e);
void flow_fini(struct flow_table *f);

static inline void flow_prefetch(const struct flow_table *f, uint32_t hash)
{
    __builtin_prefetch(&f->entries[hash & f->mask]);
}

/* Visits the entries of a hash: for (at = flow_first(..); index != FLOW_NONE; at = flow_next(..)). */
static inline uint32_t flow_probe(const struct flow_table *f, uint32_t hash, uint32_t *at)
{
    for (;; *at = (*at + 1) & f->mask) {
        const struct flow_entry *e = &f->entries[*at];
        if (e->index == FLOW_NONE || e->hash == hash)
            return e->index;
    }
}

/* The table must have room (the pools that feed it are bounded by `max`). */
void flow_add(struct flow_table *f, uint32_t hash, uint32_t index);
/* The entry must be there, for these two. */
void flow_remove(struct flow_table *f, uint32_t hash, uint32_t index);
void flow_rename(struct flow_table *f, uint32_t hash, uint32_t index, uint32_t as);
void flow_validate(const struct flow_table *f);

#endif
