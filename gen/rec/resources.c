/* SPDX-License-Identifier: BSD-3-Clause */
/* What gen and a local peer use: a row each when an interval was handed over. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "rec/rec_internal.h"

static void keep_larger(int64_t *least, int64_t *value)
{
    if (*value < *least)
        *value = *least;
    *least = *value;
}

/* What has ended without being waited for takes its figures with it: they stay. */
static void never_back(struct process_use *least, struct process_use *use)
{
    keep_larger(&least->cpu_ns, &use->cpu_ns);
    keep_larger(&least->voluntary_switches, &use->voluntary_switches);
    keep_larger(&least->involuntary_switches, &use->involuntary_switches);
}

static int tell_gone(struct rec *r, uint64_t now_ns, struct err *e)
{
    char text[120];
    snprintf(text, sizeof text, "the peer (process %lld) has ended: it has no figures from here on",
             (long long)r->cfg.peer_pid);
    r->peer_gone_stored = true;
    return db_note_add(r->cfg.db, r->cfg.run_id, rec_unix_ns(r, now_ns), "warn", text, e);
}

/* A process that is gone has no row: nothing was measured. */
static int store_peer(struct rec *r, uint64_t now_ns, struct err *e)
{
    struct resource_row row = {
        .role = "peer", .pid = r->cfg.peer_pid, .at_ns = rec_unix_ns(r, now_ns)};
    if (!r->peer_gone)
        r->peer_gone =
            process_tree_use(row.pid, r->peer_start_ticks, r->cfg.peer_root, &row.use) == -ESRCH;
    if (r->peer_gone)
        return r->peer_gone_stored ? 0 : tell_gone(r, now_ns, e);
    never_back(&r->peer_least, &row.use);
    return db_resource_add(r->cfg.db, r->cfg.run_id, &row, e);
}

int store_resources(struct rec *r, uint64_t now_ns, struct err *e)
{
    struct resource_row row = {.role = "gen", .pid = getpid(), .at_ns = rec_unix_ns(r, now_ns)};
    process_use_self(&row.use);
    int ret = db_resource_add(r->cfg.db, r->cfg.run_id, &row, e);
    return !ret && r->cfg.peer_pid ? store_peer(r, now_ns, e) : ret;
}
