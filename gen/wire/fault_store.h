/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Copies of frames that wait: for a time (a heap by due time, first come first among equals) or
 * for later frames to overtake them (a queue). Bounded; nothing is allocated after store_init.
 */
#ifndef WIRE_FAULT_STORE_H
#define WIRE_FAULT_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/area.h"
#include "wire/wire.h"

struct held {
    uint64_t due_ns;
    uint64_t order; /* among those due at the same time; in the queue: the count that frees it */
    struct frame frame;
};

struct store {
    uint8_t *area;
    size_t area_bytes;
    uint32_t size, slot_bytes;
    struct lifo free; /* slots */
    struct held *heap, *queue;
    uint32_t heap_count, queue_head, queue_count;
    uint64_t order;
};

int store_init(struct store *s, uint32_t size, uint32_t slot_bytes); /* 0 or -ENOMEM */
void store_fini(struct store *s);
bool store_owns(const struct store *s, const uint8_t *data);

/* Both copy; false when the store is full. */
bool store_hold_until(struct store *s, const struct frame *f, uint64_t due_ns);
/* Until `due_ns` or until the caller's count of frames reaches `count`; both only grow. */
bool store_hold_behind(struct store *s, const struct frame *f, uint64_t due_ns, uint64_t count);

/* The next frame that may go, or NULL; store_pop takes exactly that one out. Its slot stays in use
 * until store_free. */
const struct held *store_due(const struct store *s, uint64_t now_ns, uint64_t count);
struct frame store_pop(struct store *s, const struct held *due);
void store_free(struct store *s, const struct frame *f);
/* When the next one is due; UINT64_MAX: nothing waits. */
uint64_t store_next_due(const struct store *s);

#endif
