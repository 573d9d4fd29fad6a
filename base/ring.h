/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Single-producer single-consumer ring: indexes only. The caller owns an array of `size` entries
 * of any type and addresses it with ring_slot(). One thread produces, one consumes, nobody locks.
 *
 *   n = ring_space(r, want);  fill entries ring_slot(r, r->prod.at + i), i < n;  ring_produce(r, n);
 *   n = ring_ready(r, want);  read entries ring_slot(r, r->cons.at + i), i < n;  ring_consume(r, n);
 *
 * Indexes run freely and wrap at 2^32; `size` is a power of two of at most 2^31. Each side caches
 * the other side's index, so that an unchanged ring costs no cache miss.
 */
#ifndef BASE_RING_H
#define BASE_RING_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdint.h>

struct ring_end {
    alignas(64) uint32_t at; /* private to this side: the next index it will use */
    uint32_t seen;           /* last value read of the other side's `shown` */
    alignas(64) _Atomic uint32_t shown; /* read by the other side */
};

struct ring {
    struct ring_end prod, cons;
    alignas(64) uint32_t size;
};

static inline void ring_init(struct ring *r, uint32_t size)
{
    *r = (struct ring){.size = size};
}

static inline uint32_t ring_slot(const struct ring *r, uint32_t at)
{
    return at & (r->size - 1);
}

/* Producer: how many of `want` entries may be written now. */
static inline uint32_t ring_space(struct ring *r, uint32_t want)
{
    uint32_t space = r->size - (r->prod.at - r->prod.seen);
    if (space < want) {
        r->prod.seen = atomic_load_explicit(&r->cons.shown, memory_order_acquire);
        space = r->size - (r->prod.at - r->prod.seen);
    }
    return space < want ? space : want;
}

static inline void ring_produce(struct ring *r, uint32_t n)
{
    r->prod.at += n;
    atomic_store_explicit(&r->prod.shown, r->prod.at, memory_order_release);
}

/* Consumer: how many of `want` entries may be read now. */
static inline uint32_t ring_ready(struct ring *r, uint32_t want)
{
    uint32_t ready = r->cons.seen - r->cons.at;
    if (ready < want) {
        r->cons.seen = atomic_load_explicit(&r->prod.shown, memory_order_acquire);
        ready = r->cons.seen - r->cons.at;
    }
    return ready < want ? ready : want;
}

static inline void ring_consume(struct ring *r, uint32_t n)
{
    r->cons.at += n;
    atomic_store_explicit(&r->cons.shown, r->cons.at, memory_order_release);
}

/* Entries in flight as any third thread may estimate them. */
static inline uint32_t ring_used(struct ring *r)
{
    return atomic_load_explicit(&r->prod.shown, memory_order_relaxed) -
           atomic_load_explicit(&r->cons.shown, memory_order_relaxed);
}

#endif
