/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/fault_store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int store_init(struct store *s, uint32_t size, uint32_t slot_bytes)
{
    *s = (struct store){.size = size, .slot_bytes = slot_bytes};
    s->area_bytes = (size_t)size * slot_bytes;
    s->area = malloc(s->area_bytes); /* touched as far as faults need it */
    s->free.entry = malloc(size * sizeof *s->free.entry);
    s->heap = malloc(size * sizeof *s->heap);
    s->queue = malloc(size * sizeof *s->queue);
    if (!s->area || !s->free.entry || !s->heap || !s->queue)
        return -ENOMEM;
    for (uint32_t i = size; i > 0; i--)
        lifo_push(&s->free, i - 1);
    return 0;
}

void store_fini(struct store *s)
{
    free(s->area);
    free(s->free.entry);
    free(s->heap);
    free(s->queue);
}

bool store_owns(const struct store *s, const uint8_t *data)
{
    return data >= s->area && data < s->area + s->area_bytes;
}

static bool copy_in(struct store *s, const struct frame *f, struct frame *copy)
{
    if (!s->free.count || f->len > s->slot_bytes)
        return false;
    *copy = *f;
    copy->stamp_ns = 0; /* what is held on purpose does not wait for being read */
    copy->handle = lifo_pop(&s->free);
    copy->data = s->area + (size_t)copy->handle * s->slot_bytes;
    memcpy(copy->data, f->data, f->len);
    return true;
}

static bool is_before(const struct held *a, const struct held *b)
{
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static void sift_up(struct held *heap, uint32_t i)
{
    for (uint32_t parent; i > 0 && is_before(&heap[i], &heap[parent = (i - 1) / 2]); i = parent) {
        struct held swap = heap[i];
        heap[i] = heap[parent];
        heap[parent] = swap;
    }
}

static void sift_down(struct held *heap, uint32_t count)
{
    for (uint32_t i = 0, child; (child = 2 * i + 1) < count; i = child) {
        if (child + 1 < count && is_before(&heap[child + 1], &heap[child]))
            child++;
        if (!is_before(&heap[child], &heap[i]))
            break;
        struct held swap = heap[i];
        heap[i] = heap[child];
        heap[child] = swap;
    }
}

bool store_hold_until(struct store *s, const struct frame *f, uint64_t due_ns)
{
    struct held h = {.due_ns = due_ns, .order = s->order++};
    if (!copy_in(s, f, &h.frame))
        return false;
    s->heap[s->heap_count] = h;
    sift_up(s->heap, s->heap_count++);
    return true;
}

bool store_hold_behind(struct store *s, const struct frame *f, uint64_t due_ns, uint64_t count)
{
    struct held h = {.due_ns = due_ns, .order = count};
    if (!copy_in(s, f, &h.frame))
        return false;
    s->queue[(s->queue_head + s->queue_count++) % s->size] = h;
    return true;
}

const struct held *store_due(const struct store *s, uint64_t now_ns, uint64_t count)
{
    const struct held *first = &s->queue[s->queue_head];
    if (s->queue_count && (first->due_ns <= now_ns || first->order <= count))
        return first;
    return s->heap_count && s->heap[0].due_ns <= now_ns ? &s->heap[0] : NULL;
}

struct frame store_pop(struct store *s, const struct held *due)
{
    struct frame f = due->frame;
    if (due == s->heap) {
        s->heap[0] = s->heap[--s->heap_count];
        sift_down(s->heap, s->heap_count);
    } else {
        s->queue_head = (s->queue_head + 1) % s->size;
        s->queue_count--;
    }
    return f;
}

void store_free(struct store *s, const struct frame *f)
{
    lifo_push(&s->free, f->handle);
}

uint64_t store_next_due(const struct store *s)
{
    uint64_t queue = s->queue_count ? s->queue[s->queue_head].due_ns : UINT64_MAX;
    uint64_t heap = s->heap_count ? s->heap[0].due_ns : UINT64_MAX;
    return queue < heap ? queue : heap;
}
