/* SPDX-License-Identifier: BSD-3-Clause */
/* Our own responder at the edges of measured phases: what it did between them is what counts. */
#include <string.h>

#include "run/run.h"

void peer_tell(struct run *r)
{
    uint64_t counters[COUNTER_COUNT], at_ns;
    bool ours = r->wires.responder || (r->wires.lab && r->job->peer == PEER_RESPOND);
    if (!ours || !responder_counted(r->wires.peer_live, r->job->workers, counters, &at_ns))
        return;
    int rc = rec_peer(r->rec, counters, at_ns);
    if (rc)
        log_warn(&r->log, "what the responder counted is not stored: %s", strerror(-rc));
}

void peer_tell_edge(struct run *r, uint64_t now_ns)
{
    if (!r->edge_ns || now_ns < r->edge_ns)
        return;
    r->edge_ns = 0;
    peer_tell(r);
}
