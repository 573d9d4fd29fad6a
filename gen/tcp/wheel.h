/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hierarchical timing wheel (Varghese and Lauck 1987), intrusive, linked by 32-bit index: O(1)
 * insert, remove and expiry. Nodes lie inside the caller's array of objects.
 *
 * One step is what the caller makes it (the engine: 2^20 ns). Steps wrap modulo 2^32; a timer may
 * lie at most WHEEL_SPAN - 1 steps ahead, later ones are clamped and fire early (the caller checks
 * its own deadline and arms again).
 */
#ifndef TCP_WHEEL_H
#define TCP_WHEEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WHEEL_NEAR 256u              /* slots of one step */
#define WHEEL_MID  256u              /* slots of 2^8 steps */
#define WHEEL_FAR  64u               /* slots of 2^16 steps */
#define WHEEL_SPAN (WHEEL_FAR << 16)

struct wheel_node {
    uint32_t next, prev; /* prev: WHEEL_OFF while not in the wheel */
    uint32_t at;         /* step of expiry */
};

struct wheel {
    uint8_t *base; /* object 0's node */
    size_t stride;
    uint32_t now;  /* next step to be processed */
    uint32_t count;
    uint32_t slots[WHEEL_NEAR + WHEEL_MID + WHEEL_FAR];
};

#define WHEEL_OFF 0xffffffffu

static inline struct wheel_node *wheel_node(const struct wheel *w, uint32_t index)
{
    return (struct wheel_node *)(void *)(w->base + index * w->stride);
}

static inline bool wheel_has(const struct wheel_node *n)
{
    return n->prev != WHEEL_OFF;
}

/* `first_node`: node of object 0; objects are `stride` bytes apart. Every node must start with
 * prev = WHEEL_OFF (wheel_node_init). */
void wheel_init(struct wheel *w, void *first_node, size_t stride, uint32_t now);
static inline void wheel_node_init(struct wheel_node *n)
{
    n->prev = WHEEL_OFF;
}

/* Arms; the node must not be in the wheel. Times not after `now` fire at the next step. */
void wheel_add(struct wheel *w, uint32_t index, uint32_t at);
void wheel_remove(struct wheel *w, uint32_t index);
/* Fires everything due up to and including step `now`, at most `budget` timers; each is out of the
 * wheel when fn sees it and may be added again. Returns how many fired. */
uint32_t wheel_advance(struct wheel *w, uint32_t now, uint32_t budget,
                       void (*fn)(void *ctx, uint32_t index), void *ctx);
/* Asserts every link, slot and count; for tests. */
void wheel_validate(const struct wheel *w);

#endif
