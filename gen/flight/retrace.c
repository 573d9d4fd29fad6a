/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Records are taken one by one. What the application did inside a callback is recorded with the
 * callback's number; when the engine comes to the same callback, it is done there.
 */
#include "flight/retrace.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "flight/retrace_tell.h"

#define STEP_NS   (1ull << TCP_STEP_SHIFT)
#define READY_MAX ((1u << 31) - 2) /* with a FIN behind it, what sequence numbers tell apart */

/* --- the tape ---------------------------------------------------------------------------------- */

static void advance(struct retrace *r)
{
    r->next = NULL;
    if (!r->left)
        return;
    while ((r->next = tape_next(&r->cursor)))
        if (tape_has(&r->part, r->next, r->cursor.number))
            break;
    r->number = r->cursor.number;
    r->left--;
}

static const struct tape_record *take(struct retrace *r)
{
    const struct tape_record *record = r->next;
    tell_record(r, record);
    advance(r);
    return record;
}

static uint32_t body_number(const struct tape_record *record)
{
    return *(const uint32_t *)tape_body(record);
}

/* --- the application's part -------------------------------------------------------------------- */

static bool lives(const struct retrace *r)
{
    return r->conn != CONN_NONE && tcp_conn(&r->stack.tcp, r->conn)->state != TCP_CLOSED;
}

/* Foreign bytes: the engine trusts the application that it has not closed, and has so much. */
static void call_send(struct retrace *r, const struct tape_record *record)
{
    const struct conn *c = tcp_conn(&r->stack.tcp, r->conn);
    uint32_t len = body_number(record);
    if (c->flags & CONN_FIN)
        tell_difference(r, record, NULL, "the engine has been told to close before");
    else if ((uint64_t)tcp_unacked(c) + len > READY_MAX)
        tell_difference(r, record, NULL, "no connection has so much to send");
    else
        tcp_send(&r->stack.tcp, r->conn, len);
}

static void call(struct retrace *r, const struct tape_record *record)
{
    struct tcp *t = &r->stack.tcp;
    enum tape_kind kind = tape_kind_of(record);
    if (!lives(r)) {
        tell_difference(r, record, NULL, "the engine has no such connection any more");
        return;
    }
    if (kind == TAPE_SEND)
        call_send(r, record);
    else if (kind == TAPE_CLOSE)
        tcp_close(t, r->conn);
    else if (kind == TAPE_ABORT)
        tcp_abort(t, r->conn);
    else if (kind == TAPE_PAUSE)
        tcp_pause(t, r->conn);
    else if (kind == TAPE_RESUME)
        tcp_resume(t, r->conn);
}

static bool is_call(enum tape_kind kind)
{
    return kind >= TAPE_SEND && kind <= TAPE_RESUME;
}

/* What the application did in this callback. */
static void inside(struct retrace *r)
{
    r->callback++;
    while (r->next && r->next->kind & TAPE_INSIDE && r->next->callback == r->callback &&
           is_call(tape_kind_of(r->next)))
        call(r, take(r));
}

static void on_event(void *ctx, uint32_t conn, enum tcp_event event)
{
    struct retrace *r = ctx;
    tell_event(r, event);
    if (event > TCP_EVENT_PEER_CLOSED && conn == r->conn)
        r->conn = CONN_NONE;
    inside(r);
}

static uint32_t on_data(void *ctx, uint32_t conn, const uint8_t *data, uint32_t len)
{
    struct retrace *r = ctx;
    (void)conn, (void)data;
    inside(r);
    if (!r->next || tape_kind_of(r->next) != TAPE_TOOK || r->next->callback != r->callback)
        return len;
    uint32_t taken = body_number(take(r));
    return taken < len ? taken : len;
}

static void on_acked(void *ctx, uint32_t conn, uint32_t pos)
{
    (void)conn, (void)pos;
    inside(ctx);
}

/* The application's timers are not kept: what it did when they fired is. */
static void on_timer(void *ctx, uint32_t conn)
{
    (void)ctx, (void)conn;
}

static const struct tcp_ops ops = {.event = on_event, .data = on_data, .acked = on_acked,
                                   .timer = on_timer};

/* Contents are not compared: the application that made them is not here. */
static uint64_t fill(void *ctx, uint32_t conn, uint32_t pos, uint8_t *buf, uint32_t len)
{
    (void)ctx, (void)conn, (void)pos;
    memset(buf, 0, len);
    return 0;
}

/* --- the engine's part ------------------------------------------------------------------------- */

/* It was verified when it arrived, by the device or by us; one that a virtual device handed over may hold
 * an open checksum. */
static void arrives(struct retrace *r, const struct tape_record *record)
{
    r->callback = record->callback;
    hand_give(r->hand, tape_body(record), record->bytes, FRAME_CSUM_OK);
    uint32_t n = stack_poll(&r->stack);
    stack_input(&r->stack, 0, n, record->at_ns);
    stack_poll_done(&r->stack);
}

static void leaves(struct retrace *r, const struct tape_record *record)
{
    char what[RETRACE_TELL];
    stack_output(&r->stack, record->conn == CONN_NONE ? 0 : 1);
    const struct frame *sent = hand_take(r->hand);
    if (!sent)
        tell_difference(r, record, NULL, "the engine sends nothing");
    else if (frames_differ(record, sent, what))
        tell_difference(r, record, sent, what);
    else
        r->sent++;
}

static void is_dry(struct retrace *r, const struct tape_record *record)
{
    stack_output(&r->stack, 1);
    const struct frame *sent = hand_take(r->hand);
    if (sent)
        tell_difference(r, record, sent, "the engine sends one more");
}

static uint32_t path_of(struct retrace *r, uint64_t now_ns)
{
    return stack_path(&r->stack, r->part.tuple.local, r->part.tuple.remote, now_ns);
}

static void opens(struct retrace *r, const struct tape_record *record)
{
    const struct tape_open *o = tape_body(record);
    uint32_t path = path_of(r, record->at_ns);
    r->conn = path == PATH_NONE ? CONN_NONE
                                : tcp_open(&r->stack.tcp, path, o->tuple.lport, o->tuple.rport,
                                           o->mss, 0);
    if (r->conn == CONN_NONE)
        tell_difference(r, record, NULL, "the engine opens no connection");
    else
        tcp_renumber(&r->stack.tcp, r->conn, o->iss);
}

/* The first one is where to begin, the others are held against the engine's. */
static void stands(struct retrace *r, const struct tape_record *record)
{
    const struct tape_state *s = tape_body(record);
    char what[RETRACE_TELL];
    if (record->bytes != sizeof *s) {
        tell_difference(r, record, NULL, "the state is of another build");
        return;
    }
    if (r->conn != CONN_NONE) {
        if (states_differ(&s->saved.conn, tcp_conn(&r->stack.tcp, r->conn), what))
            tell_difference(r, record, NULL, what);
        return;
    }
    uint32_t path = path_of(r, record->at_ns);
    tcp_now(&r->stack.tcp, record->at_ns - STEP_NS); /* what is due now is still to come */
    bool fits = path != PATH_NONE && s->saved.conn.mss <= r->stack.paths[path].mss;
    r->conn = fits ? tcp_adopt(&r->stack.tcp, &s->saved, path) : CONN_NONE;
    tcp_now(&r->stack.tcp, record->at_ns);
    if (r->conn == CONN_NONE) {
        tell_difference(r, record, NULL, "the engine cannot take this state over");
        return;
    }
    tcp_timer_clear(&r->stack.tcp, r->conn);
    tcp_more_out(&r->stack.tcp, r->conn); /* it may have been in the middle of its turn */
}

static void step(struct retrace *r, const struct tape_record *record)
{
    tcp_now(&r->stack.tcp, record->at_ns);
    switch (tape_kind_of(record)) {
    case TAPE_RX:
        arrives(r, record);
        break;
    case TAPE_TX:
        leaves(r, record);
        break;
    case TAPE_DRY:
        is_dry(r, record);
        break;
    case TAPE_TIMER:
        r->callback = record->callback;
        tcp_timers(&r->stack.tcp, record->at_ns, 16);
        break;
    case TAPE_OPEN:
        opens(r, record);
        break;
    case TAPE_STATE:
        stands(r, record);
        break;
    case TAPE_SEND:
    case TAPE_CLOSE:
    case TAPE_ABORT:
    case TAPE_PAUSE:
    case TAPE_RESUME:
        call(r, record);
        break;
    case TAPE_TOOK: /* of a callback that did not come */
        tell_difference(r, record, NULL, "the engine delivers nothing here");
        break;
    case TAPE_KINDS:
        break;
    }
    tell_state(r, record->at_ns);
}

enum retrace_verdict retrace_run(struct retrace *r)
{
    while (r->next && !r->differences) {
        const struct tape_record *record = take(r);
        if (r->running)
            step(r, record);
    }
    if (!r->running)
        return RETRACE_UNKNOWN;
    return r->differences ? RETRACE_DIFFERS : RETRACE_SAME;
}

/* --- life -------------------------------------------------------------------------------------- */

static int choose(struct retrace *r, struct err *e)
{
    struct tape_tuple tuple = r->file->head.tuple;
    if (r->file->head.scope == FLIGHT_WHOLE && !tape_last(&r->file->tape, &tuple))
        return err_set(e, EXIT_USAGE, -ENOENT, "the recording is empty: expected a connection in it");
    if (ip_is4(tuple.local) != ip_is4(tuple.remote))
        return err_set(e, EXIT_USAGE, -EAFNOSUPPORT,
                       "the recording's two addresses are not of one family: expected that");
    r->part = tape_find(&r->file->tape, &tuple);
    r->running = r->part.from && r->file->head.layout == flight_layout();
    r->cursor = tape_start(&r->file->tape);
    advance(r);
    if (!r->next)
        return err_set(e, EXIT_USAGE, -ENOENT,
                       "the recording has nothing of the connection that it is about");
    return 0;
}

int retrace_open(struct retrace *r, const struct flight_file *file, const struct stack_config *cfg,
                 uint32_t most, retrace_show *show, void *ctx, struct err *e)
{
    *r = (struct retrace){.file = file, .left = most ? most : UINT32_MAX, .conn = CONN_NONE,
                          .show = show, .ctx = ctx};
    int rc = choose(r, e);
    if (rc)
        return rc;
    r->hand = hand_open(file->head.mtu, file->head.mac, e);
    if (!r->hand)
        return -ENOMEM;
    rc = stack_init(&r->stack, cfg, hand_queue(r->hand), &ops, fill, r, r->count, r->drops,
                    r->next->at_ns - STEP_NS, e);
    if (rc) {
        hand_close(r->hand);
        r->hand = NULL;
    }
    return rc;
}

void retrace_close(struct retrace *r)
{
    if (!r->hand)
        return;
    stack_fini(&r->stack);
    hand_close(r->hand);
    r->hand = NULL;
}
