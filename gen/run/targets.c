/* SPDX-License-Identifier: BSD-3-Clause */
/* Which target a session's connection went to, and what became of each target. */
#include "run/client_internal.h"

#include <errno.h>

#include "base/mem.h"

int targets_init(struct client *c, uint64_t count, struct err *e)
{
    if (count <= 1)
        return 0;
    c->target_of = mem_reserve(c->cfg.sessions, "targets of sessions", e);
    return c->target_of ? 0 : -ENOMEM;
}

void targets_fini(struct client *c)
{
    mem_release(c->target_of, c->cfg.sessions);
    c->target_of = NULL;
}

void targets_opened(struct client *c, uint32_t session, uint64_t index)
{
    if (c->target_of)
        c->target_of[session] = (uint8_t)(index < SAMPLE_TARGETS ? index + 1 : 0);
}
