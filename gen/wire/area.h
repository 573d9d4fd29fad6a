/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frame memory: one mapping on huge pages where the kernel has them, touched before use, and the
 * LIFO list of free frames that hands out the one whose lines are hottest.
 */
#ifndef WIRE_AREA_H
#define WIRE_AREA_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed, prefaulted, aligned to 2 MiB, near the CPU that will use it (mem_prefer); NULL when there is no
 * memory (errno set). */
void *area_map(size_t size_bytes, int cpu);
void area_unmap(void *area, size_t size_bytes);

/* Entries are whatever names a frame; the owner provides room for all of them. */
struct lifo {
    uint32_t *entry;
    uint32_t count;
};

static inline void lifo_push(struct lifo *l, uint32_t entry)
{
    l->entry[l->count++] = entry;
}

/* The caller has checked that there is one. */
static inline uint32_t lifo_pop(struct lifo *l)
{
    return l->entry[--l->count];
}

/* `n` of them, no more than there are, where they lie: the hottest is the last one. */
static inline const uint32_t *lifo_pop_many(struct lifo *l, uint32_t n)
{
    l->count -= n;
    return l->entry + l->count;
}

/* Brings a line here for writing, so that a frame crosses between cores once and not twice. */
static inline void prefetch_write(const void *line)
{
#if defined(__x86_64__)
    __asm__ volatile("prefetchw %0" : : "m"(*(const char *)line));
#else
    __builtin_prefetch(line, 1);
#endif
}

#endif
