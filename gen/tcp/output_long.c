/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Several segments as one, for a wire that cuts them (TSO). They are what tcp_output says one after the
 * other, so that nothing else knows; joined are those that it predicts, which differ in number and text alone.
 */
#include "tcp/internal.h"

bool tcp_output_long(struct tcp *t, uint32_t conn, uint32_t segments, uint32_t bytes, struct tcp_seg *out)
{
    const struct conn *c = &t->conns[conn];
    struct tcp_seg next;
    uint32_t len = output_predict(t, c);
    bool joins = len && len == c->mss;
    if (!tcp_output(t, conn, out))
        return false;
    while (joins && --segments && !out->last && (len = output_predict(t, c)) && out->len + len <= bytes) {
        tcp_output(t, conn, &next);
        out->h.flags = next.h.flags;
        out->last = next.last;
        out->len += len;
    }
    return true;
}
