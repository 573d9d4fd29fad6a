/* SPDX-License-Identifier: BSD-3-Clause */
/* What output.c and output_long.c share: a frame of a segment. Each has one place that builds. */
#ifndef STACK_OUTPUT_H
#define STACK_OUTPUT_H

#include "base/mem.h"
#include "stack/path.h"
#include "wire/area.h"

#define SEGMENTS_A_TURN 32 /* of one connection before others have theirs */
#define LONG_TEXT       256 /* bytes; where there is less the processor need not be told ahead */

/* The frame behind this one, which another core has read: by the time that it is filled, as long as this
 * one probably, it is ours to write. */
static inline void output_fetch_next(const struct stack *s, uint32_t len)
{
    if (s->tx_ready + 1 >= s->tx_count)
        return;
    const uint8_t *data = s->tx[s->tx_ready + 1].data;
    for (uint32_t at = 0; at < len; at += CACHE_LINE)
        prefetch_write(data + at);
}

/* What the wire adds: the checksum, and the headers of what it cuts. */
static inline void output_leave_open(const struct net_template *head, struct frame *f, uint32_t mss)
{
    net_tcp_open_csum(head, f->data, mss ? 0 : f->len);
    f->flags = mss ? FRAME_TX_CSUM | FRAME_TSO : FRAME_TX_CSUM;
    f->mss = (uint16_t)mss;
    f->l4_off = head->len;
}

/* `mss`: of each segment that the wire cuts; 0: it is one. */
static inline void output_build(struct stack *s, struct frame *f, const struct tcp_seg *seg, uint32_t mss)
{
    const struct path *path = &s->paths[seg->path];
    const struct net_template *head = &path->head;
    uint64_t sum = 0;
    if (seg->len) {
        uint32_t headers = net_tcp_header_len(head, seg->h.opts), len = headers + seg->len;
        if (seg->len >= LONG_TEXT && !mss)
            output_fetch_next(s, len);
        sum = s->fill(s->fill_ctx, seg->conn, seg->pos, f->data + headers, seg->len);
        if (len - net_tcp_header_len(head, 0) > path->mss && !mss) /* lowered for another one */
            tcp_path_mss(&s->tcp, seg->conn, path->mss);
    }
    stack_commit(s, f, net_tcp_build(head, f->data, &seg->h, seg->len, sum));
    if (__builtin_expect(s->device_sums, 0))
        output_leave_open(head, f, mss);
    if (__builtin_expect(s->watch != NULL, 0))
        s->watch->tx(s->watch->ctx, seg->conn, f);
}

/* A turn on a wire that cuts text into segments: as output_conn. */
uint32_t output_conn_long(struct stack *s, uint32_t conn, struct frame *f, uint32_t budget);

#endif
