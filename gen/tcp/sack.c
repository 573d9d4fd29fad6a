/* SPDX-License-Identifier: BSD-3-Clause */
/* The receiver's half of SACK: which runs of bytes wait behind holes (RFC 2018 4), which came twice
 * (RFC 2883 4). Told from the newest to the oldest; what was told once is never taken back. */
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
    s->recents = (uint8_t)(count + 1);
}

void sack_note_twice(struct tcp *t, struct conn *c, uint32_t start, uint32_t end)
{
    if (!conn_has_more(c, MORE_SACK) || start == end)
        return;
    struct side *s = side_attach(t, c);
    if (!s)
        return;
    s->dsack = (struct sack_block){start, end};
    side_set(s, SIDE_DSACK);
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
    s->recents = (uint8_t)count;
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
    for (uint32_t i = 0; i < s->recents && count < most; i++)
        if (seq_lt(c->rcv_nxt, s->recent[i].start)) /* else the application will not take it yet */
            out[count++] = s->recent[i];
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
    side_settle(t, c);
}
