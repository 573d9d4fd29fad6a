/* SPDX-License-Identifier: BSD-3-Clause */
#include "flight/flight.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "net/cut.h"

static size_t seen_bytes(const struct flight *f)
{
    return ((size_t)f->stack->cfg.tcp.conns + 63) / 64 * sizeof *f->seen;
}

/* --- records ---------------------------------------------------------------------------------- */

static void next_part(struct flight *f)
{
    f->part = (f->part + 1) % TAPE_SPANS;
    f->used[f->part] = 0;
    memset(f->seen, 0, seen_bytes(f));
}

/* Room for a record's body; NULL: nothing is recorded now, or it is longer than a part. */
static void *append(struct flight *f, enum tape_kind kind, uint32_t conn, size_t bytes)
{
    size_t size = tape_record_size(bytes);
    if (f->frozen || size > f->part_bytes)
        return NULL;
    if (f->used[f->part] + size > f->part_bytes)
        next_part(f);
    struct tape_record *r = (void *)(f->ring + (size_t)f->part * f->part_bytes + f->used[f->part]);
    f->used[f->part] += (uint32_t)size;
    *r = (struct tape_record){.at_ns = f->now_ns, .conn = conn, .bytes = (uint16_t)bytes,
                              .kind = (uint8_t)(f->inside ? kind | TAPE_INSIDE : kind),
                              .callback = f->callbacks};
    return r + 1;
}

static void append_number(struct flight *f, enum tape_kind kind, uint32_t conn, uint32_t number)
{
    uint32_t *body = append(f, kind, conn, sizeof number);
    if (body)
        *body = number;
}

static void append_frame(struct flight *f, enum tape_kind kind, uint32_t conn,
                         const struct frame *frame)
{
    void *body = append(f, kind, conn, frame->len);
    if (body)
        memcpy(body, frame->data, frame->len);
}

static struct tape_tuple tuple_of(const struct flight *f, uint32_t conn)
{
    const struct conn *c = tcp_conn(&f->stack->tcp, conn);
    const struct path *p = &f->stack->paths[c->path];
    return (struct tape_tuple){.local = p->local, .remote = p->remote, .lport = c->lport,
                               .rport = c->rport};
}

static bool is_seen(const struct flight *f, uint32_t conn)
{
    return f->seen[conn / 64] >> conn % 64 & 1;
}

static void mark_seen(struct flight *f, uint32_t conn)
{
    f->seen[conn / 64] |= 1ull << conn % 64;
}

/* Where a connection stands, once a part. Not while something hangs off it, nor in the middle of
 * an input. */
static void tell_state(struct flight *f, uint32_t conn)
{
    struct tape_state state, *s;
    if (is_seen(f, conn) || f->inside || !tcp_save(&f->stack->tcp, conn, &state.saved))
        return;
    s = append(f, TAPE_STATE, conn, sizeof *s);
    if (!s)
        return;
    state.tuple = tuple_of(f, conn);
    *s = state;
    mark_seen(f, conn);
}

/* --- frames, timers, calls -------------------------------------------------------------------- */

static void on_rx(void *ctx, const struct frame *frame)
{
    append_frame(ctx, TAPE_RX, CONN_NONE, frame);
}

/* Segment by segment: so the wire sees them, and so an engine whose wire cuts none sends them. */
static void append_cut(struct flight *f, uint32_t conn, const struct frame *frame)
{
    uint32_t len;
    for (uint32_t i = 0; (len = net_tcp_cut(NULL, frame->data, frame->len, frame->mss, i)) > 0; i++) {
        void *body = append(f, TAPE_TX, conn, len);
        if (body)
            net_tcp_cut(body, frame->data, frame->len, frame->mss, i);
    }
}

static void on_tx(void *ctx, uint32_t conn, const struct frame *frame)
{
    if (__builtin_expect(frame->flags & FRAME_TSO, 0))
        append_cut(ctx, conn, frame);
    else
        append_frame(ctx, TAPE_TX, conn, frame);
    if (conn != CONN_NONE)
        tell_state(ctx, conn);
}

static void on_dry(void *ctx, uint32_t conn)
{
    append(ctx, TAPE_DRY, conn, 0);
}

static void on_looked_at(void *ctx, uint32_t conn)
{
    tell_state(ctx, conn);
    append(ctx, TAPE_TIMER, conn, 0);
}

static void tell_open(struct flight *f, uint32_t conn)
{
    const struct conn *c = tcp_conn(&f->stack->tcp, conn);
    struct tape_open *o = append(f, TAPE_OPEN, conn, sizeof *o);
    if (!o)
        return;
    *o = (struct tape_open){.tuple = tuple_of(f, conn), .iss = c->iss, .mss = c->mss};
    mark_seen(f, conn);
}

static void on_call(void *ctx, uint32_t conn, enum tcp_call call, uint32_t arg)
{
    switch (call) {
    case TCP_CALL_OPEN:
        tell_open(ctx, conn);
        break;
    case TCP_CALL_SEND:
        append_number(ctx, TAPE_SEND, conn, arg);
        break;
    case TCP_CALL_CLOSE:
        append(ctx, TAPE_CLOSE, conn, 0);
        break;
    case TCP_CALL_ABORT:
        append(ctx, TAPE_ABORT, conn, 0);
        break;
    case TCP_CALL_PAUSE:
        append(ctx, TAPE_PAUSE, conn, 0);
        break;
    case TCP_CALL_RESUME:
        append(ctx, TAPE_RESUME, conn, 0);
        break;
    }
}

/* --- between engine and application ------------------------------------------------------------ */

static void enter(struct flight *f)
{
    f->callbacks++;
    f->inside = true;
}

static void pass_event(void *ctx, uint32_t conn, enum tcp_event event)
{
    struct flight *f = ctx;
    enter(f);
    f->ops->event(f->app, conn, event);
    f->inside = false;
}

static uint32_t pass_data(void *ctx, uint32_t conn, const uint8_t *data, uint32_t len)
{
    struct flight *f = ctx;
    enter(f);
    uint32_t taken = f->ops->data(f->app, conn, data, len);
    if (taken != len)
        append_number(f, TAPE_TOOK, conn, taken);
    f->inside = false;
    return taken;
}

static void pass_acked(void *ctx, uint32_t conn, uint32_t pos)
{
    struct flight *f = ctx;
    enter(f);
    if (f->ops->acked)
        f->ops->acked(f->app, conn, pos);
    f->inside = false;
}

static void pass_timer(void *ctx, uint32_t conn)
{
    struct flight *f = ctx;
    enter(f);
    f->ops->timer(f->app, conn);
    f->inside = false;
}

static const struct tcp_ops passing = {
    .event = pass_event, .data = pass_data, .acked = pass_acked, .timer = pass_timer};

/* --- faults ------------------------------------------------------------------------------------ */

void flight_fault(struct flight *f, uint32_t conn, enum result why)
{
    if (!f->ring)
        return;
    atomic_fetch_add_explicit(&f->faults, 1, memory_order_relaxed);
    if (f->frozen || f->at_fault || conn == CONN_NONE)
        return;
    f->at_fault = true;
    f->fault = (struct flight_fault){.tuple = tuple_of(f, conn), .at_ns = f->now_ns, .why = why};
}

void flight_round(struct flight *f)
{
    if (!f->at_fault)
        return;
    if (!f->frozen) {
        f->frozen = true;
        atomic_store_explicit(&f->owner, FLIGHT_MAIN, memory_order_release);
    } else if (atomic_load_explicit(&f->owner, memory_order_acquire) == FLIGHT_WORKER) {
        memset(f->used, 0, sizeof f->used);
        memset(f->seen, 0, seen_bytes(f));
        f->frozen = f->at_fault = false;
    }
}

bool flight_is_frozen(struct flight *f)
{
    return f->ring && atomic_load_explicit(&f->owner, memory_order_acquire) == FLIGHT_MAIN;
}

void flight_hand_back(struct flight *f)
{
    atomic_store_explicit(&f->owner, FLIGHT_WORKER, memory_order_release);
}

struct tape flight_tape(const struct flight *f)
{
    struct tape t = {.count = TAPE_SPANS};
    for (uint32_t i = 0; i < TAPE_SPANS; i++) {
        uint32_t part = (f->part + 1 + i) % TAPE_SPANS;
        t.spans[i] = f->ring + (size_t)part * f->part_bytes;
        t.bytes[i] = f->used[part];
    }
    return t;
}

/* --- life -------------------------------------------------------------------------------------- */

int flight_open(struct flight *f, uint32_t bytes, struct stack *stack, struct err *e)
{
    *f = (struct flight){.stack = stack, .ops = stack->tcp.ops, .app = stack->tcp.ctx};
    if (!bytes)
        return 0;
    f->part_bytes = bytes / TAPE_SPANS & ~7u;
    f->ring = mem_reserve((size_t)f->part_bytes * TAPE_SPANS, "flight recorder", e);
    f->seen = mem_reserve(seen_bytes(f), "flight recorder", e);
    if (!f->ring || !f->seen) {
        flight_close(f);
        return -ENOMEM;
    }
    f->calls = (struct tcp_watch){.call = on_call, .timer = on_looked_at, .ctx = f};
    f->frames = (struct stack_watch){.rx = on_rx, .tx = on_tx, .dry = on_dry, .ctx = f};
    stack->tcp.ops = &passing;
    stack->tcp.ctx = f;
    stack->tcp.watch = &f->calls;
    stack->watch = &f->frames;
    return 0;
}

void flight_close(struct flight *f)
{
    if (!f->stack)
        return;
    mem_release(f->ring, (size_t)f->part_bytes * TAPE_SPANS);
    mem_release(f->seen, seen_bytes(f));
    f->ring = NULL;
    f->seen = NULL;
}
