/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames of the virtual link and of the pair wire, each in exactly one place. */
#include <stdlib.h>

#include "check_main.h"
#include "leak_check.h"
#include "stack/stack.h"
#include "virtual_link.h"

static void see(uint8_t *seen, uint32_t frame)
{
    ck_assert_uint_lt(frame, LINK_FRAMES);
    ck_assert_msg(!seen[frame], "frame %u is in two places", frame);
    seen[frame] = 1;
}

static void see_lent(uint8_t *seen, const struct stack *s)
{
    for (uint32_t i = 0; i < s->tx_count; i++)
        see(seen, s->tx[i].handle);
    for (uint32_t i = 0; i < s->rx_count; i++)
        see(seen, s->rx[i].handle);
}

void leak_check_link(const struct link *l, const struct stack *a, const struct stack *b)
{
    uint8_t *seen = calloc(LINK_FRAMES, 1);
    for (uint32_t i = 0; i < l->free_count; i++)
        see(seen, l->free[i]);
    for (int end = 0; end < 2; end++)
        for (uint32_t i = 0; i < l->ends[end].count; i++)
            see(seen, l->ends[end].heap[i].buffer);
    see_lent(seen, a);
    see_lent(seen, b);
    for (uint32_t i = 0; i < LINK_FRAMES; i++)
        ck_assert_msg(seen[i], "frame %u is nowhere", i);
    free(seen);
}
