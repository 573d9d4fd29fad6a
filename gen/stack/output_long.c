/* SPDX-License-Identifier: BSD-3-Clause */
/* From the engine to a wire that cuts text into segments (TSO): several of them are one frame. */
#include "stack/output.h"

/* A frame that the wire cuts is counted as what it makes of it. */
static void count_cut(struct stack *s, uint32_t more, uint32_t header_len)
{
    s->count[COUNTER_FRAMES_TX] += more;
    s->count[COUNTER_WIRE_TX] += more * header_len;
    s->count[COUNTER_FRAMES_CUT]++;
}

/* Whether several segments wait, and a long frame for them is at hand. */
static bool may_join(struct stack *s, const struct conn *c)
{
    return c->state == TCP_ESTABLISHED && c->snd_lim - c->snd_nxt > c->mss &&
           (s->long_frame.data || s->queue->ops->tx_alloc_long(s->queue, &s->long_frame, 1));
}

/* The wire cuts at one length, so the connection must know its path's before. */
static bool next(struct stack *s, uint32_t conn, uint32_t most, struct tcp_seg *seg)
{
    const struct conn *c = tcp_conn(&s->tcp, conn);
    if (!may_join(s, c))
        return tcp_output(&s->tcp, conn, seg);
    tcp_path_mss(&s->tcp, conn, s->paths[c->path].mss);
    return tcp_output_long(&s->tcp, conn, most, s->long_text, seg);
}

/* How many segments it is. A single one has the frame that is at hand already. */
static uint32_t build(struct stack *s, struct frame *f, const struct tcp_seg *seg, uint32_t full)
{
    uint32_t mss = seg->len > full ? full : 0, segments = 1;
    if (mss) {
        s->queue->ops->tx_free(s->queue, f, 1);
        *f = s->long_frame;
        s->long_frame.data = NULL;
        segments = (seg->len + mss - 1) / mss;
    }
    output_build(s, f, seg, mss);
    if (mss)
        count_cut(s, segments - 1, f->len - seg->len);
    return segments;
}

uint32_t output_conn_long(struct stack *s, uint32_t conn, struct frame *f, uint32_t budget)
{
    uint32_t most = budget < SEGMENTS_A_TURN ? budget : SEGMENTS_A_TURN, n = 0;
    do {
        struct tcp_seg seg;
        seg.last = true;
        if (next(s, conn, most - n, &seg))
            n += build(s, f, &seg, tcp_conn(&s->tcp, conn)->mss);
        if (seg.last) {
            if (s->watch)
                s->watch->dry(s->watch->ctx, conn);
            return n;
        }
    } while (n < most && (f = stack_frame(s)) != NULL);
    tcp_more_out(&s->tcp, conn);
    return n;
}
