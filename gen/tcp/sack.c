/* SPDX-License-Identifier: BSD-3-Clause */
/* The receiver's half of SACK: which runs of bytes wait behind holes (RFC 2018 4), which came twice
 * (RFC 2883 4). Told from the newest to the oldest; what was told once is never taken back. */
#include <string.h>

#include "tcp/internal.h"

#define BLOCKS_WITH_TS 3
#define SACK_LEAD_BYTES 4 /* two NOPs, kind, length */

void sack_note(struct tcp *t, struct conn *c, uint32_t start, uint32_t end)
{
    struct side *s = conn_side(t, c);
    struct sack_block newest = {start, end}, kept[TCP_SACK_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < s->recents; i++) {
        const struct sack_block *b = &s->recent[i];
        if (seq_lt(b->end, newest.start) || seq_lt(newest.end, b->start)) {
            kept[count++] = *b;
        } else {
            newest.start = seq_min(newest.start, b->start);
            newest.end = seq_max(newest.end, b->end);
        }
    }
    if (count == TCP_SACK_MAX)
        count--;
    s->recent[0] = newest;
    for (uint32_t i = 0; i < count; i++)
        s->recent[i + 1] = kept[i];
    s->recents = (count + 1) & 15;
    if (s->recents + s->twices > TCP_SACK_MAX) /* those that wait give way */
        s->twices = (TCP_SACK_MAX - s->recents) & 15;
}

void sack_note_twice(struct tcp *t, struct conn *c, uint32_t start, uint32_t end)
{
    if (!conn_has_more(c, MORE_SACK) || start == end)
        return;
    struct side *s = side_attach(t, c);
    if (!s)
        return;
    const struct sack_block b = {start, end};
    struct sack_block *last = s->twices ? &s->recent[TCP_SACK_MAX - s->twices] : &s->dsack;
    if (!side_has(s, SIDE_DSACK)) {
        s->dsack = b;
        side_set(s, SIDE_DSACK);
    } else if (s->recents + s->twices < TCP_SACK_MAX) {
        s->twices++;
        s->recent[TCP_SACK_MAX - s->twices] = b;
    } else if (last->end == start) {
        last->end = end;
    }
}

/* RFC 2883 4: each has its own ACK. The oldest first. */
static void next_twice(struct conn *c, struct side *s)
{
    struct sack_block *newest = &s->recent[TCP_SACK_MAX - s->twices];
    s->dsack = s->recent[TCP_SACK_MAX - 1];
    s->twices--;
    memmove(newest + 1, newest, s->twices * sizeof *newest);
    side_set(s, SIDE_DSACK);
    conn_set(c, CONN_ACK_NOW);
}

void sack_advance(struct tcp *t, struct conn *c)
{
    struct side *s = conn_side(t, c);
    uint32_t count = 0;
    if (!s)
        return;
    for (uint32_t i = 0; i < s->recents; i++)
        if (seq_lt(c->rcv_nxt, s->recent[i].end))
            s->recent[count++] = s->recent[i];
    s->recents = count & 15;
}

/* RFC 2883 4: what came twice beyond the acknowledged is told in front of the run that it lies in. */
static uint32_t first_run(const struct side *s)
{
    for (uint32_t i = 0; side_has(s, SIDE_DSACK) && i < s->recents; i++)
        if (seq_le(s->recent[i].start, s->dsack.start) && seq_le(s->dsack.end, s->recent[i].end))
            return i;
    return 0;
}

/* What the next segment tells; returns how many blocks. */
static uint32_t blocks_of(const struct tcp *t, const struct conn *c, struct sack_block *out)
{
    const struct side *s = conn_side(t, c);
    uint32_t count = 0, most = conn_has(c, CONN_TS) ? BLOCKS_WITH_TS : TCP_SACK_MAX;
    if (!s || !conn_has_more(c, MORE_SACK))
        return 0;
    if (side_has(s, SIDE_DSACK))
        out[count++] = s->dsack;
    for (uint32_t i = 0, first = first_run(s); i < s->recents && count < most; i++) {
        const struct sack_block *b = &s->recent[i > first ? i : i ? i - 1 : first];
        if (seq_lt(c->rcv_nxt, b->start)) /* else the application will not take it yet */
            out[count++] = *b;
    }
    return count;
}

static uint32_t bytes_of(uint32_t blocks)
{
    return blocks ? SACK_LEAD_BYTES + blocks * (uint32_t)sizeof(struct sack_block) : 0;
}

/* So many that at least half of a segment stays for text. */
static uint32_t beside_text(const struct conn *c, uint32_t blocks)
{
    while (bytes_of(blocks) > c->mss / 2u)
        blocks--;
    return blocks;
}

uint32_t sack_bytes(const struct tcp *t, const struct conn *c)
{
    struct sack_block out[TCP_SACK_MAX];
    return c->side == SIDE_NONE ? 0 : bytes_of(beside_text(c, blocks_of(t, c, out)));
}

void sack_tell(struct tcp *t, struct conn *c, struct tcp_seg *seg)
{
    struct side *s = conn_side(t, c);
    uint32_t count = blocks_of(t, c, seg->h.sack);
    if (seg->len)
        count = beside_text(c, count);
    seg->h.opts = (uint8_t)(seg->h.opts | count << TCP_SACK_SHIFT);
    if (count && side_has(s, SIDE_DSACK))
        tcp_count(t, COUNTER_DSACK_SENT);
    side_clear(s, SIDE_DSACK);
    if (s->twices)
        next_twice(c, s);
    side_settle(t, c);
}
