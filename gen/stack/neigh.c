/* SPDX-License-Identifier: BSD-3-Clause */
#include "stack/neigh.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

int neigh_init(struct neigh_table *t, uint32_t size, struct err *e)
{
    *t = (struct neigh_table){.size = size, .poll_ns = UINT64_MAX};
    t->entries = mem_reserve(size * sizeof *t->entries, "neighbours", e);
    return t->entries ? 0 : -ENOMEM;
}

void neigh_fini(struct neigh_table *t)
{
    mem_release(t->entries, t->size * sizeof *t->entries);
    *t = (struct neigh_table){0};
}

uint32_t neigh_find(const struct neigh_table *t, struct ip_addr addr)
{
    for (uint32_t i = 0; i < t->count; i++)
        if (ip_equal(t->entries[i].addr, addr))
            return i;
    return NEIGH_NONE;
}

uint32_t neigh_want(struct neigh_table *t, struct ip_addr addr, struct ip_addr local,
                    uint64_t now_ns)
{
    uint32_t i = neigh_find(t, addr);
    if (i != NEIGH_NONE && t->entries[i].state != NEIGH_FAILED)
        return i;
    if (i == NEIGH_NONE) {
        if (t->count == t->size)
            return NEIGH_NONE;
        if (!t->count)
            t->poll_ns = now_ns + NEIGH_POLL_NS;
        i = t->count++;
    }
    t->entries[i] = (struct neigh){.addr = addr, .local = local, .state = NEIGH_WAIT,
                                   .due_ns = now_ns};
    t->waiting++;
    return i;
}

uint32_t neigh_learn(struct neigh_table *t, struct ip_addr addr, const uint8_t mac[6],
                     uint64_t now_ns, bool *moved)
{
    uint32_t i = neigh_find(t, addr);
    if (i == NEIGH_NONE)
        return NEIGH_NONE;
    struct neigh *n = &t->entries[i];
    *moved = n->state == NEIGH_READY;
    if (*moved && (now_ns < n->due_ns || !memcmp(n->mac, mac, sizeof n->mac)))
        return NEIGH_NONE;
    if (n->state == NEIGH_WAIT)
        t->waiting--;
    n->state = NEIGH_READY;
    n->due_ns = now_ns + NEIGH_HOLD_NS;
    memcpy(n->mac, mac, sizeof n->mac);
    return i;
}

uint32_t neigh_next_due(struct neigh_table *t, uint64_t now_ns)
{
    for (uint32_t i = 0; t->waiting && i < t->count; i++) {
        struct neigh *n = &t->entries[i];
        if (n->state != NEIGH_WAIT || n->due_ns > now_ns)
            continue;
        if (n->tries == NEIGH_TRIES) {
            n->state = NEIGH_FAILED;
            t->waiting--;
            continue;
        }
        n->tries++;
        n->due_ns = now_ns + NEIGH_RETRY_NS;
        return i;
    }
    return NEIGH_NONE;
}

bool neigh_doubt(struct neigh_table *t, uint32_t index, uint64_t now_ns)
{
    if (t->entries[index].state != NEIGH_READY || now_ns < t->doubt_ns || t->poll_ns == UINT64_MAX)
        return false;
    t->doubt_ns = now_ns + NEIGH_HOLD_NS;
    return true;
}

uint32_t neigh_next_poll(struct neigh_table *t, uint64_t now_ns)
{
    if (now_ns < t->poll_ns)
        return NEIGH_NONE;
    t->poll_ns = now_ns + NEIGH_POLL_NS / t->count;
    uint32_t i = t->hand++ % t->count;
    return t->entries[i].state == NEIGH_READY ? i : NEIGH_NONE;
}
