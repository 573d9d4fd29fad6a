/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The loop looks at both wires in turn. It spins for a while after the last frame, and whenever a
 * held frame is nearly due, because waking up takes the kernel tens of microseconds; else it
 * sleeps until a frame arrives.
 */
#include "run/bridge.h"

#include <poll.h>
#include <string.h>
#include <time.h>

#include "base/units.h"
#include "net/complete.h"
#include "wire/fault.h"

#define SPIN_NS    (50 * NS_PER_US)  /* after the last frame */
#define AHEAD_NS   (50 * NS_PER_US)  /* of a held frame, to be awake in time */
#define NAP_MAX_NS (50 * NS_PER_MS)  /* a signal that came just before a nap is seen after it */

static bool send_waiting(struct bridge_way *w)
{
    uint32_t sent = w->to->ops->tx(w->to, w->waiting, w->waiting_count);
    w->waiting_count -= sent;
    memmove(w->waiting, w->waiting + sent, w->waiting_count * sizeof *w->waiting);
    return w->waiting_count == 0;
}

/* False: it does not fit. */
static bool pass(struct bridge_way *w, const struct frame *in, struct frame *out)
{
    if (in->len > out->len) {
        w->too_long++;
        return false;
    }
    w->completed += net_complete(in->data, in->len);
    memcpy(out->data, in->data, in->len);
    out->len = in->len;
    return true;
}

/* How many frames came in. */
static uint32_t move(struct bridge_way *w)
{
    struct frame in[BRIDGE_BATCH];
    if (w->waiting_count && !send_waiting(w))
        return 0;
    uint32_t room = w->to->ops->tx_alloc(w->to, w->waiting, BRIDGE_BATCH), to = 0;
    uint32_t n = w->from->ops->rx(w->from, in, room);
    for (uint32_t i = 0; i < n; i++) {
        w->bytes += in[i].len;
        to += pass(w, &in[i], &w->waiting[to]);
    }
    w->frames += n;
    w->from->ops->rx_free(w->from, in, n);
    w->to->ops->tx_free(w->to, w->waiting + to, room - to);
    w->waiting_count = to;
    if (to)
        send_waiting(w);
    return n;
}

static uint64_t next_due_ns(const struct bridge *b)
{
    uint64_t next = UINT64_MAX;
    for (int i = 0; i < 2; i++) {
        struct fault_held held;
        fault_held(b->ways[i].to, &held);
        next = held.next_due_ns < next ? held.next_due_ns : next;
    }
    return next < b->end_ns ? next : b->end_ns;
}

static void nap(const struct bridge *b, uint64_t now_ns)
{
    uint64_t due_ns = next_due_ns(b);
    if (due_ns <= now_ns + AHEAD_NS || b->ways[0].waiting_count || b->ways[1].waiting_count)
        return;
    uint64_t ns = due_ns - now_ns - AHEAD_NS;
    ns = ns < NAP_MAX_NS ? ns : NAP_MAX_NS;
    struct timespec timeout = {.tv_nsec = (long)ns};
    struct pollfd fds[2];
    for (int i = 0; i < 2; i++) {
        const struct wire_queue *q = b->ways[i].from;
        fds[i] = (struct pollfd){.fd = q->ops->fd(q), .events = POLLIN};
    }
    ppoll(fds, 2, &timeout, NULL);
}

static bool is_over(const struct bridge *b, uint64_t now_ns)
{
    return *b->signal || now_ns >= b->end_ns ||
           (b->count && b->ways[0].frames + b->ways[1].frames >= b->count);
}

/* A tick also sends what is due; a flush hands it to the kernel. */
void bridge_run(struct bridge *b)
{
    uint64_t now_ns = clock_now_ns(b->clock), busy_ns = now_ns;
    while (!is_over(b, now_ns)) {
        uint32_t moved = 0;
        for (int i = 0; i < 2; i++) {
            struct bridge_way *w = &b->ways[i];
            w->to->ops->tick(w->to, now_ns);
            moved += move(w);
            w->to->ops->flush(w->to);
        }
        if (moved)
            busy_ns = now_ns;
        else if (now_ns - busy_ns > SPIN_NS)
            nap(b, now_ns);
        now_ns = clock_now_ns(b->clock);
    }
}
