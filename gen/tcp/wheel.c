/* SPDX-License-Identifier: BSD-3-Clause */
#include "tcp/wheel.h"

#include <assert.h>

#include "base/mem.h"

#define HEAD 0x80000000u /* prev of a slot's first node: HEAD | slot */
#define MID_BASE WHEEL_NEAR
#define FAR_BASE (WHEEL_NEAR + WHEEL_MID)

void wheel_init(struct wheel *w, void *first_node, size_t stride, uint32_t now)
{
    w->base = first_node;
    w->stride = stride;
    w->now = now;
    w->count = 0;
    for (uint32_t i = 0; i < FAR_BASE + WHEEL_FAR; i++)
        w->slots[i] = WHEEL_OFF;
}

/* Starts loading a node and the line before it: of a connection, its hot half. A list of many is cold,
 * and each node's address lies in the one before. */
static void fetch(const struct wheel *w, uint32_t index)
{
    if (index == WHEEL_OFF)
        return;
    const uint8_t *node = (const uint8_t *)wheel_node(w, index);
    __builtin_prefetch(node, 1);
    __builtin_prefetch(node - CACHE_LINE, 1);
}

/* The slot for a step, as seen from w->now. */
static uint32_t slot_of(const struct wheel *w, uint32_t at)
{
    uint32_t ahead = at - w->now;
    if (ahead < WHEEL_NEAR)
        return at & (WHEEL_NEAR - 1);
    if (ahead < WHEEL_NEAR * WHEEL_MID)
        return MID_BASE + ((at >> 8) & (WHEEL_MID - 1));
    return FAR_BASE + ((at >> 16) & (WHEEL_FAR - 1));
}

static void link_node(struct wheel *w, uint32_t index)
{
    struct wheel_node *n = wheel_node(w, index);
    uint32_t slot = slot_of(w, n->at);
    n->next = w->slots[slot];
    n->prev = HEAD | slot;
    if (n->next != WHEEL_OFF)
        wheel_node(w, n->next)->prev = index;
    w->slots[slot] = index;
}

void wheel_add(struct wheel *w, uint32_t index, uint32_t at)
{
    struct wheel_node *n = wheel_node(w, index);
    assert(!wheel_has(n));
    int32_t ahead = (int32_t)(at - w->now);
    if (ahead < 1)
        at = w->now + 1; /* never into the slot that is being emptied */
    else if (ahead >= (int32_t)(WHEEL_SPAN - (1u << 16)))
        at = w->now + WHEEL_SPAN - (1u << 16) - 1;
    n->at = at;
    link_node(w, index);
    w->count++;
}

void wheel_remove(struct wheel *w, uint32_t index)
{
    struct wheel_node *n = wheel_node(w, index);
    assert(wheel_has(n));
    if (n->prev & HEAD)
        w->slots[n->prev & ~HEAD] = n->next;
    else
        wheel_node(w, n->prev)->next = n->next;
    if (n->next != WHEEL_OFF)
        wheel_node(w, n->next)->prev = n->prev;
    n->prev = WHEEL_OFF;
    w->count--;
}

/* Moves a coarse slot's timers to where they belong now. */
static void cascade(struct wheel *w, uint32_t slot)
{
    uint32_t index = w->slots[slot];
    w->slots[slot] = WHEEL_OFF;
    while (index != WHEEL_OFF) {
        uint32_t next = wheel_node(w, index)->next;
        fetch(w, next);
        link_node(w, index);
        index = next;
    }
}

static void step(struct wheel *w)
{
    w->now++;
    if ((w->now & 0xff) != 0)
        return;
    if ((w->now & 0xffff) == 0)
        cascade(w, FAR_BASE + ((w->now >> 16) & (WHEEL_FAR - 1)));
    cascade(w, MID_BASE + ((w->now >> 8) & (WHEEL_MID - 1)));
}

uint32_t wheel_advance(struct wheel *w, uint32_t now, uint32_t budget,
                       void (*fn)(void *ctx, uint32_t index), void *ctx)
{
    uint32_t fired = 0;
    while ((int32_t)(now - w->now) >= 0) {
        if (!w->count) { /* nothing to find on the way */
            w->now = now + 1;
            break;
        }
        uint32_t *slot = &w->slots[w->now & (WHEEL_NEAR - 1)];
        while (*slot != WHEEL_OFF) {
            if (fired == budget)
                return fired;
            uint32_t index = *slot;
            fetch(w, wheel_node(w, index)->next);
            wheel_remove(w, index);
            fn(ctx, index);
            fired++;
        }
        step(w);
    }
    return fired;
}

void wheel_validate(const struct wheel *w)
{
    uint32_t seen = 0;
    for (uint32_t slot = 0; slot < FAR_BASE + WHEEL_FAR; slot++) {
        uint32_t prev = HEAD | slot;
        for (uint32_t i = w->slots[slot]; i != WHEEL_OFF; i = wheel_node(w, i)->next) {
            const struct wheel_node *n = wheel_node(w, i);
            assert(n->prev == prev);
            assert((int32_t)(n->at - w->now) >= 0);
            if (slot < WHEEL_NEAR)
                assert((n->at & (WHEEL_NEAR - 1)) == slot && n->at - w->now < WHEEL_NEAR);
            else if (slot < FAR_BASE)
                assert(MID_BASE + ((n->at >> 8) & (WHEEL_MID - 1)) == slot);
            else
                assert(FAR_BASE + ((n->at >> 16) & (WHEEL_FAR - 1)) == slot);
            prev = i;
            seen++;
        }
    }
    assert(seen == w->count);
    (void)seen;
}
