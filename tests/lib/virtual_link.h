/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A wire in virtual time: two queues joined by a link that loses, duplicates, reorders, corrupts
 * and delays frames, each by a seeded choice. Nothing here reads a clock: link_now says what time
 * it is. One thread.
 */
#ifndef TESTS_LIB_VIRTUAL_LINK_H
#define TESTS_LIB_VIRTUAL_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"
#include "wire/wire.h"

#define LINK_FRAMES      8192
#define LINK_FRAME_BYTES 2048

struct link_config {
    double loss, duplicate, reorder, corrupt; /* probabilities, a frame */
    uint64_t delay_ns;                        /* one way */
    uint64_t reorder_ns;                      /* how long a reordered frame is held, at most */
    uint64_t seed;
    uint32_t frames_each; /* frames that an end can have lent and under way; 0: all that are free */
};

struct link_flight {
    uint64_t at_ns, order;
    uint32_t buffer;
    uint16_t len;
};

/* Frames under way to one end, a binary heap by (at_ns, order). */
struct link_end {
    struct wire_queue queue; /* first: a queue is an end */
    struct wire_port port;
    struct link *link;
    struct link_flight heap[LINK_FRAMES];
    uint32_t count;
};

/* Sees each frame that is sent towards an end; false: the link swallows it. */
typedef bool link_tap(void *ctx, int to, const uint8_t *data, uint32_t len);

struct link {
    struct link_config cfg;
    link_tap *tap; /* NULL: none */
    void *tap_ctx;
    struct rng rng;
    uint64_t now_ns, order;
    uint64_t lost, duplicated, reordered, corrupted, swallowed;
    struct link_end ends[2];
    uint32_t free[LINK_FRAMES], free_count;
    uint8_t owner[LINK_FRAMES]; /* the end that lent it, + 1; 0: free */
    uint32_t out[2];            /* of each end: lent or under way */
    uint8_t bytes[LINK_FRAMES][LINK_FRAME_BYTES];
};

struct link *link_open(const struct link_config *cfg);
void link_close(struct link *l);
static inline void link_now(struct link *l, uint64_t now_ns)
{
    l->now_ns = now_ns;
}
/* A frame from nowhere arrives at an end, now; false: no buffer is free. */
bool link_inject(struct link *l, int to, const uint8_t *data, uint32_t len);
/* When the next frame arrives at either end; UINT64_MAX: none is under way. */
uint64_t link_next_ns(const struct link *l);

#endif
