/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/fault_link.h"

#include "base/units.h"

uint64_t link_backlog_bytes(const struct fault_link *l, uint64_t rate_bit_per_s, uint64_t now_ns)
{
    if (l->free_ns <= now_ns)
        return 0;
    unsigned __int128 bits = (unsigned __int128)(l->free_ns - now_ns) * rate_bit_per_s / NS_PER_S;
    return (uint64_t)(bits / 8);
}

/* What a nanosecond cannot tell is carried on, or fast links would be faster still. */
static void occupy(struct fault_link *l, uint64_t rate_bit_per_s, uint32_t len_bytes)
{
    uint64_t parts = (uint64_t)len_bytes * 8 * NS_PER_S + l->rest;
    l->free_ns += parts / rate_bit_per_s;
    l->rest = parts % rate_bit_per_s;
}

bool link_enter(struct fault_link *l, const struct fault_rates *rates, uint32_t len_bytes,
                uint64_t now_ns, uint64_t *left_ns)
{
    uint64_t room = rates->queue_bytes ? rates->queue_bytes : FAULT_QUEUE_BYTES;
    uint64_t backlog = link_backlog_bytes(l, rates->rate_bit_per_s, now_ns);
    if (backlog && backlog + len_bytes > room)
        return false;
    if (l->free_ns < now_ns)
        *l = (struct fault_link){.free_ns = now_ns};
    occupy(l, rates->rate_bit_per_s, len_bytes);
    *left_ns = l->free_ns;
    return true;
}
