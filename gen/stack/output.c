/* SPDX-License-Identifier: BSD-3-Clause */
/* From the engine to frames. Frames are borrowed a batch at a time and handed over when full. */
#include <string.h>

#include "stack/path.h"
#include "wire/area.h"

#define SEGMENTS_A_TURN 32 /* of one connection before others have theirs */
#define LINE            64
#define LONG_TEXT       256 /* bytes; where there is less the processor need not be told ahead */

/* Hands over what is built; what the wire does not take stays in front. */
static void hand_over(struct stack *s)
{
    if (!s->tx_ready)
        return;
    uint32_t taken = s->queue->ops->tx(s->queue, s->tx, s->tx_ready);
    if (taken < s->tx_ready)
        s->count[COUNTER_TX_FULL]++;
    s->tx_count -= taken;
    s->tx_ready -= taken;
    if (taken && s->tx_count)
        memmove(s->tx, s->tx + taken, s->tx_count * sizeof *s->tx);
}

struct frame *stack_frame(struct stack *s)
{
    if (s->tx_ready == s->tx_count) {
        hand_over(s);
        if (s->tx_ready == s->cfg.batch)
            return NULL;
        s->tx_count += s->queue->ops->tx_alloc(s->queue, s->tx + s->tx_count,
                                               s->cfg.batch - s->tx_count);
        if (s->tx_ready == s->tx_count) {
            s->count[COUNTER_TX_FULL]++;
            return NULL;
        }
    }
    return &s->tx[s->tx_ready];
}

void stack_commit(struct stack *s, struct frame *f, uint32_t len)
{
    f->len = (uint16_t)len;
    f->flags = 0;
    s->tx_ready++;
    s->count[COUNTER_FRAMES_TX]++;
    s->count[COUNTER_WIRE_TX] += len;
}

/* The frame behind this one, which another core has read: by the time that it is filled, as long as this
 * one probably, it is ours to write. */
static void fetch_next(const struct stack *s, uint32_t len)
{
    if (s->tx_ready + 1 >= s->tx_count)
        return;
    const uint8_t *data = s->tx[s->tx_ready + 1].data;
    for (uint32_t at = 0; at < len; at += LINE)
        prefetch_write(data + at);
}

static void build(struct stack *s, struct frame *f, const struct tcp_seg *seg)
{
    const struct path *path = &s->paths[seg->path];
    const struct net_template *head = &path->head;
    uint64_t sum = 0;
    if (seg->len) {
        uint8_t *text = f->data + net_tcp_header_len(head, seg->h.opts);
        if (seg->len >= LONG_TEXT)
            fetch_next(s, (uint32_t)(text - f->data) + seg->len);
        sum = s->fill(s->fill_ctx, seg->conn, seg->pos, text, seg->len);
        if (seg->len + net_tcp_opts_len(seg->h.opts) > path->mss) /* lowered for another one */
            tcp_path_mss(&s->tcp, seg->conn, path->mss);
    }
    stack_commit(s, f, net_tcp_build(head, f->data, &seg->h, seg->len, sum));
    if (__builtin_expect(s->device_sums, 0)) {
        net_tcp_open_csum(head, f->data, f->len);
        f->flags = FRAME_TX_CSUM;
        f->l4_off = head->len;
    }
    if (__builtin_expect(s->watch != NULL, 0))
        s->watch->tx(s->watch->ctx, seg->conn, f);
}

/* One connection's turn; returns frames built. *more: it may have more to send. */
static uint32_t output_conn(struct stack *s, uint32_t conn, uint32_t budget, bool *more)
{
    uint32_t most = budget < SEGMENTS_A_TURN ? budget : SEGMENTS_A_TURN;
    *more = true;
    for (uint32_t n = 0; n < most; n++) {
        struct frame *f = stack_frame(s);
        if (!f)
            return n;
        struct tcp_seg seg;
        seg.last = true;
        bool any = tcp_output(&s->tcp, conn, &seg);
        if (any)
            build(s, f, &seg);
        if (seg.last) {
            *more = false;
            if (__builtin_expect(s->watch != NULL, 0))
                s->watch->dry(s->watch->ctx, conn);
            return n + any;
        }
    }
    return most;
}

uint32_t stack_output(struct stack *s, uint32_t budget)
{
    uint32_t built = 0;
    while (built < budget) {
        if (!stack_frame(s))
            break;
        uint32_t conn = tcp_next_out(&s->tcp);
        if (conn == CONN_NONE)
            break;
        bool more;
        built += output_conn(s, conn, budget - built, &more);
        if (more)
            tcp_more_out(&s->tcp, conn);
    }
    hand_over(s);
    return built;
}

void stack_flush(struct stack *s)
{
    s->queue->ops->flush(s->queue);
}

/* What comes to nothing twice may go to where the neighbour no longer is (RFC 1122 2.3.2.1, RFC 4861
 * 7.3.3): it hears nothing, so that it does not ask for us, which would tell. */
static void ask_doubted(struct stack *s, uint64_t now_ns)
{
    uint32_t n = s->paths[s->tcp.doubted].neigh;
    s->tcp.doubted = TCP_NO_PATH;
    if (n != NEIGH_NONE && neigh_doubt(&s->neigh, n, now_ns))
        ask_neighbour(s, &s->neigh.entries[n]);
}

void stack_timers(struct stack *s, uint64_t now_ns)
{
    if (s->mtu_due_ns && now_ns >= s->mtu_due_ns)
        path_mtu_expire(s, now_ns);
    uint32_t n; /* one that finds no frame is not counted as asked */
    while (s->neigh.waiting && stack_frame(s) &&
           (n = neigh_next_due(&s->neigh, now_ns)) != NEIGH_NONE)
        ask_neighbour(s, &s->neigh.entries[n]);
    if (__builtin_expect(s->tcp.doubted != TCP_NO_PATH, 0))
        ask_doubted(s, now_ns);
    n = neigh_next_poll(&s->neigh, now_ns);
    if (n != NEIGH_NONE)
        ask_neighbour(s, &s->neigh.entries[n]);
}
