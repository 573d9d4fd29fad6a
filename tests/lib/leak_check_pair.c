/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames of the pair wire: on a side's list, or in one of the four rings between the sides. */
#include <stdlib.h>

#include "check_main.h"
#include "leak_check.h"
#include "wire/pair_port.h"

struct frames {
    uint8_t *seen;
    uint32_t all;
};

static void see(struct frames *f, uint32_t frame)
{
    ck_assert_uint_lt(frame, f->all);
    ck_assert_msg(!f->seen[frame], "frame %u is in two places", frame);
    f->seen[frame] = 1;
}

static void see_side(struct frames *f, const struct pair_queue *p)
{
    const struct ring *full = &p->out->full, *empty = &p->out->empty;
    for (uint32_t i = 0; i < p->free.count; i++)
        see(f, p->free.entry[i]);
    for (uint32_t at = full->cons.at; at != full->prod.at + p->pending; at++)
        see(f, (uint32_t)(p->out->full_slot[ring_slot(full, at)] >> 16));
    for (uint32_t at = empty->cons.at; at != empty->prod.at; at++)
        see(f, p->out->empty_slot[ring_slot(empty, at)]);
}

void leak_check_pair(struct wire_port *const ports[2])
{
    const struct pair_port *a = (const struct pair_port *)ports[0];
    const struct pair_port *b = (const struct pair_port *)ports[1];
    for (uint32_t q = 0; q < a->pair->queues; q++) {
        struct frames f = {.all = 2 * a->queues[q].share};
        f.seen = calloc(f.all, 1);
        see_side(&f, &a->queues[q]);
        see_side(&f, &b->queues[q]);
        for (uint32_t i = 0; i < f.all; i++)
            ck_assert_msg(f.seen[i], "frame %u of queue %u is nowhere", i, q);
        free(f.seen);
    }
}
