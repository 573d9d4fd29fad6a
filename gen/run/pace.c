/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/pace.h"

#include <errno.h>

#include "base/mem.h"
#include "run/client_internal.h"

int pace_init(struct client *c, struct err *e)
{
    c->pace = (struct pace){.head = SESSION_NONE, .tail = SESSION_NONE};
    if (!c->cfg.paces)
        return 0;
    c->pace.entries = mem_reserve((size_t)c->cfg.sessions * sizeof *c->pace.entries, "pace", e);
    return c->pace.entries ? 0 : -ENOMEM;
}

void pace_fini(struct client *c)
{
    mem_release(c->pace.entries, (size_t)c->cfg.sessions * sizeof *c->pace.entries);
    c->pace.entries = NULL;
}

void pace_rest(struct client *c, struct session *s)
{
    struct pace *p = &c->pace;
    uint32_t number = session_number(c, s);
    if (!c->load.pace_ns)
        return;
    s->resting = true;
    p->entries[number] =
        (struct pace_entry){.until_ns = c->now_ns + c->load.pace_ns, .next = SESSION_NONE};
    if (p->tail == SESSION_NONE)
        p->head = number;
    else
        p->entries[p->tail].next = number;
    p->tail = number;
}

uint32_t pace_due(struct client *c, uint32_t budget)
{
    struct pace *p = &c->pace;
    uint32_t n = 0;
    for (; n < budget && p->head != SESSION_NONE; n++) {
        uint32_t number = p->head;
        if (p->entries[number].until_ns > c->now_ns)
            break;
        p->head = p->entries[number].next;
        if (p->head == SESSION_NONE)
            p->tail = SESSION_NONE;
        c->sessions[number].resting = false;
        client_continue(c, &c->sessions[number]);
    }
    return n;
}
