/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <unistd.h>

#include "rec/rec_internal.h"

/* A process that is gone has no row: nothing was measured. */
static int sample(struct rec *r, const char *role, int64_t pid, int64_t start_ticks,
                  uint64_t now_ns, struct err *e)
{
    struct resource_row row = {.role = role, .pid = pid, .at_ns = rec_unix_ns(r, now_ns)};
    if (process_use(pid, start_ticks, &row.use))
        return 0;
    return db_resource_add(r->cfg.db, r->cfg.run_id, &row, e);
}

int store_resources(struct rec *r, uint64_t now_ns, struct err *e)
{
    int ret = sample(r, "gen", getpid(), r->self_start_ticks, now_ns, e);
    if (!ret && r->cfg.peer_pid)
        ret = sample(r, "peer", r->cfg.peer_pid, r->peer_start_ticks, now_ns, e);
    return ret;
}
