/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the responder sends, from the lists of what is not acknowledged. With a large window a list has
 * tens of thousands of entries, so the place where the last segment of a connection ended is kept, for as
 * many connections as can have windows of that size.
 */
#include "run/server_internal.h"

#include "base/csum.h"

static uint64_t fill_one(struct server *s, const struct held *h, uint32_t from, uint8_t *buf,
                         uint32_t len)
{
    if (server_retains(s))
        return csum_copy(buf, h->bytes + from, len);
    return s->cfg.proto->fill(s->cfg.app, &h->what, from, buf, len);
}

/* An entry at or before `pos`, which the first one is not. */
static uint32_t find(struct server *s, uint32_t conn, uint32_t pos)
{
    const struct server_place *p = server_place_of(s, conn);
    bool helps = p->conn == conn && !seq_lt(pos, server_held(s, p->entry)->pos);
    return helps ? p->entry : s->conns[conn].head;
}

/* What is sent again is no place to go on from. */
static void keep_place(struct server *s, uint32_t conn, uint32_t entry)
{
    struct server_place *p = server_place_of(s, conn);
    uint32_t end = server_end(server_held(s, entry));
    if (p->conn != conn || seq_lt(p->end, end))
        *p = (struct server_place){.conn = conn, .entry = entry, .end = end};
}

uint64_t server_fill(void *server, uint32_t conn, uint32_t pos, uint8_t *buf, uint32_t len)
{
    struct server *s = server;
    uint64_t sum = 0;
    uint32_t done = 0, head = s->conns[conn].head, last = head, next;
    bool at_head = seq_lt(pos, server_end(server_held(s, head)));
    for (uint32_t i = at_head ? head : find(s, conn, pos); i != SERVER_NONE && done < len; i = next) {
        const struct held *h = server_held(s, i);
        uint32_t end = server_end(h), at = pos + done;
        next = h->next;
        if (!seq_lt(at, end))
            continue;
        uint32_t part = end - at < len - done ? end - at : len - done;
        sum += csum_at(fill_one(s, h, at - h->pos, buf + done, part), done);
        done += part;
        last = i;
    }
    assert(done == len); /* what is not acknowledged is held */
    if (last != head)
        keep_place(s, conn, last);
    return sum;
}
