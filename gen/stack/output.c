/* SPDX-License-Identifier: BSD-3-Clause */
/* From the engine to frames. Frames are borrowed a batch at a time and handed over when full. */
#include <string.h>

#include "stack/output.h"

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

/* One connection's turn, its first segment into `f`; returns segments built. */
static inline uint32_t output_conn(struct stack *s, uint32_t conn, struct frame *f, uint32_t budget)
{
    if (__builtin_expect(s->long_text != 0, 0))
        return output_conn_long(s, conn, f, budget);
    uint32_t most = budget < SEGMENTS_A_TURN ? budget : SEGMENTS_A_TURN, n = 0;
    do {
        struct tcp_seg seg;
        seg.last = true;
        if (tcp_output(&s->tcp, conn, &seg)) {
            output_build(s, f, &seg, 0);
            n++;
        }
        if (seg.last) {
            if (__builtin_expect(s->watch != NULL, 0))
                s->watch->dry(s->watch->ctx, conn);
            return n;
        }
    } while (n < most && (f = stack_frame(s)) != NULL);
    tcp_more_out(&s->tcp, conn);
    return n;
}

uint32_t stack_output(struct stack *s, uint32_t budget)
{
    uint32_t built = 0;
    struct frame *f;
    while (built < budget && (f = stack_frame(s)) != NULL) {
        uint32_t conn = tcp_next_out(&s->tcp);
        if (conn == CONN_NONE)
            break;
        built += output_conn(s, conn, f, budget - built);
    }
    hand_over(s);
    return built;
}

void stack_flush(struct stack *s)
{
    s->queue->ops->flush(s->queue);
}

bool stack_unsent(const struct stack *s)
{
    return s->tx_ready || s->tcp.out_count;
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
