/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/server_internal.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

/* --- pools ---------------------------------------------------------------------------------- */

static const struct server_conn idle_conn = {.head = SERVER_NONE, .tail = SERVER_NONE,
                                             .parse = SERVER_NONE, .wait_next = SERVER_NONE};

static void thread_free_lists(struct server *s)
{
    for (uint32_t i = 0; i < SERVER_PLACES; i++)
        s->places[i] = (struct server_place){.conn = CONN_NONE};
    for (uint32_t i = 0; i < s->cfg.conns; i++)
        s->conns[i] = idle_conn;
    s->pending_free = s->parse_free = SERVER_NONE;
    for (uint32_t i = s->cfg.pending; i-- > 0;) {
        *server_link(s, i) = s->pending_free;
        s->pending_free = i;
    }
    s->pending_left = s->cfg.pending;
    for (uint32_t i = s->cfg.parses; i-- > 0;) {
        s->parses[i].value = s->parse_free;
        s->parse_free = i;
    }
}

int server_init(struct server *s, const struct server_config *cfg, struct stack *stack,
                struct err *e)
{
    *s = (struct server){.cfg = *cfg, .stack = stack, .wait_head = SERVER_NONE,
                         .wait_tail = SERVER_NONE};
    if (!s->cfg.ahead_bytes)
        s->cfg.ahead_bytes = SERVER_AHEAD;
    s->conns = mem_reserve((size_t)cfg->conns * sizeof *s->conns, "responder connections", e);
    s->parses = mem_reserve((size_t)cfg->parses * sizeof *s->parses, "requests in progress", e);
    if (server_retains(s))
        s->chunks = mem_reserve((size_t)cfg->pending * sizeof *s->chunks, "retained bytes", e);
    else
        s->described = mem_reserve((size_t)cfg->pending * sizeof *s->described, "replies", e);
    if (!s->conns || !s->parses || (!s->chunks && !s->described)) {
        server_fini(s);
        return -ENOMEM;
    }
    thread_free_lists(s);
    return 0;
}

void server_fini(struct server *s)
{
    mem_release(s->conns, (size_t)s->cfg.conns * sizeof *s->conns);
    mem_release(s->parses, (size_t)s->cfg.parses * sizeof *s->parses);
    mem_release(s->chunks, (size_t)s->cfg.pending * sizeof *s->chunks);
    mem_release(s->described, (size_t)s->cfg.pending * sizeof *s->described);
    *s = (struct server){0};
}

static uint32_t pending_take(struct server *s)
{
    uint32_t i = s->pending_free;
    if (i == SERVER_NONE) {
        s->stack->count[COUNTER_POOL_EMPTY]++;
        return SERVER_NONE;
    }
    s->pending_free = *server_link(s, i);
    s->pending_left--;
    return i;
}

static void pending_give(struct server *s, uint32_t i)
{
    *server_link(s, i) = s->pending_free;
    s->pending_free = i;
    s->pending_left++;
}

static void append(struct server *s, struct server_conn *sc, uint32_t i)
{
    *server_link(s, i) = SERVER_NONE;
    if (sc->tail == SERVER_NONE)
        sc->head = i;
    else
        *server_link(s, sc->tail) = i;
    sc->tail = i;
}

/* Everything below `pos` is acknowledged. */
static void release(struct server *s, struct server_conn *sc, uint64_t pos)
{
    while (sc->head != SERVER_NONE && server_end(s, sc->head) <= pos) {
        uint32_t i = sc->head;
        sc->head = *server_link(s, i);
        pending_give(s, i);
    }
    if (sc->head == SERVER_NONE)
        sc->tail = SERVER_NONE;
}

/* --- requests ------------------------------------------------------------------------------- */

/* The peer has to wait: its window closes, and it stands in line for what becomes free. */
static void stop(struct server *s, uint32_t conn)
{
    struct server_conn *sc = &s->conns[conn];
    tcp_pause(&s->stack->tcp, conn);
    if (sc->waiting)
        return;
    sc->waiting = true;
    sc->wait_next = SERVER_NONE;
    if (s->wait_tail == SERVER_NONE)
        s->wait_head = conn;
    else
        s->conns[s->wait_tail].wait_next = conn;
    s->wait_tail = conn;
}

void server_resume(struct server *s)
{
    while (s->wait_head != SERVER_NONE && s->pending_left > s->cfg.pending / 8) {
        uint32_t conn = s->wait_head;
        struct server_conn *sc = &s->conns[conn];
        s->wait_head = sc->wait_next;
        if (s->wait_head == SERVER_NONE)
            s->wait_tail = SERVER_NONE;
        sc->waiting = false;
        tcp_resume(&s->stack->tcp, conn);
    }
}

static bool is_ahead(const struct server *s, uint32_t conn)
{
    return tcp_unacked(tcp_conn(&s->stack->tcp, conn)) >= s->cfg.ahead_bytes;
}

static void queue_bytes(struct server *s, uint32_t conn, uint32_t len)
{
    tcp_send(&s->stack->tcp, conn, len);
    s->totals.bytes_out += len;
}

/* Echo: keeps as much as the pool holds. */
static uint32_t retain(struct server *s, uint32_t conn, const uint8_t *data, uint32_t len)
{
    struct server_conn *sc = &s->conns[conn];
    uint32_t kept = 0;
    while (kept < len) {
        uint32_t i = pending_take(s);
        if (i == SERVER_NONE) {
            stop(s, conn);
            break;
        }
        struct chunk *c = &s->chunks[i];
        c->len = len - kept < CHUNK_BYTES ? len - kept : CHUNK_BYTES;
        c->pos = tcp_end(tcp_conn(&s->stack->tcp, conn)) + kept;
        memcpy(c->bytes, data + kept, c->len);
        append(s, sc, i);
        kept += c->len;
    }
    if (kept)
        queue_bytes(s, conn, kept);
    return kept;
}

static bool reply(struct server *s, uint32_t conn, const struct app_response *r)
{
    uint32_t i = pending_take(s);
    if (i == SERVER_NONE)
        return false;
    s->described[i].pos = tcp_end(tcp_conn(&s->stack->tcp, conn));
    s->described[i].reply = *r;
    append(s, &s->conns[conn], i);
    queue_bytes(s, conn, r->len);
    s->totals.replies++;
    return true;
}

/* Parse state is needed only by a request that spans segments; between requests it is zero. */
static struct app_parse *parse_state(struct server *s, struct server_conn *sc,
                                     struct app_parse *fresh)
{
    *fresh = (struct app_parse){0};
    return sc->parse == SERVER_NONE ? fresh : &s->parses[sc->parse];
}

static void parse_drop(struct server *s, struct server_conn *sc)
{
    if (sc->parse == SERVER_NONE)
        return;
    s->parses[sc->parse].value = s->parse_free;
    s->parse_free = sc->parse;
    sc->parse = SERVER_NONE;
}

static bool parse_keep(struct server *s, struct server_conn *sc, const struct app_parse *st)
{
    if (sc->parse != SERVER_NONE)
        return true;
    uint32_t i = s->parse_free;
    if (i == SERVER_NONE) {
        s->stack->count[COUNTER_POOL_EMPTY]++;
        return false;
    }
    s->parse_free = s->parses[i].value;
    s->parses[i] = *st;
    sc->parse = i;
    return true;
}

/* Whether another request may be taken; else the connection was stopped. */
static bool has_room(struct server *s, uint32_t conn, bool fresh)
{
    if (s->pending_free == SERVER_NONE || (fresh && s->parse_free == SERVER_NONE)) {
        s->stack->count[COUNTER_POOL_EMPTY]++;
        stop(s, conn);
        return false;
    }
    if (!is_ahead(s, conn))
        return true;
    s->conns[conn].ahead = true;
    tcp_pause(&s->stack->tcp, conn);
    return false;
}

/* Requests to replies. Takes whole requests only as long as a reply has room. */
static uint32_t parse_requests(struct server *s, uint32_t conn, const uint8_t *data, uint32_t len)
{
    struct server_conn *sc = &s->conns[conn];
    uint32_t used = 0;
    while (used < len && !sc->closing) {
        struct app_parse fresh;
        struct app_parse *st = parse_state(s, sc, &fresh);
        struct app_response r;
        bool done = false;
        if (!has_room(s, conn, st == &fresh))
            return used;
        used += s->cfg.proto->rx(s->cfg.app, st, data + used, len - used, &r, &done);
        if (!done) {
            parse_keep(s, sc, st);
            continue;
        }
        bool bad = st->bad;
        parse_drop(s, sc);
        s->totals.requests++;
        reply(s, conn, &r);
        sc->closing = bad || s->cfg.close_first;
    }
    if (sc->closing)
        tcp_close(&s->stack->tcp, conn);
    return len;
}

static uint32_t on_data(void *ctx, uint32_t conn, const uint8_t *data, uint32_t len)
{
    struct server *s = ctx;
    uint32_t taken = len;
    switch (s->cfg.proto->answer) {
    case APP_ANSWER_NONE:
        break;
    case APP_ANSWER_RETAINED:
        taken = s->conns[conn].closing ? len : retain(s, conn, data, len);
        break;
    case APP_ANSWER_DESCRIBED:
        taken = parse_requests(s, conn, data, len);
        break;
    }
    s->totals.bytes_in += taken;
    return taken;
}

/* --- the connection's life ------------------------------------------------------------------ */

static void forget(struct server *s, uint32_t conn)
{
    struct server_conn *sc = &s->conns[conn];
    release(s, sc, UINT64_MAX);
    parse_drop(s, sc);
    sc->closing = sc->ahead = false;
    if (!sc->waiting)
        return;
    uint32_t *link = &s->wait_head, before = SERVER_NONE;
    while (*link != conn) {
        before = *link;
        link = &s->conns[*link].wait_next;
    }
    *link = sc->wait_next;
    if (s->wait_tail == conn)
        s->wait_tail = before;
    sc->waiting = false;
}

static void on_event(void *ctx, uint32_t conn, enum tcp_event event)
{
    struct server *s = ctx;
    switch (event) {
    case TCP_EVENT_OPEN:
        s->conns[conn] = idle_conn;
        server_forget_place(s, conn);
        break;
    case TCP_EVENT_PEER_CLOSED:
        s->conns[conn].closing = true;
        tcp_close(&s->stack->tcp, conn);
        break;
    case TCP_EVENT_CLOSED:
    case TCP_EVENT_RESET:
    case TCP_EVENT_REFUSED:
    case TCP_EVENT_TIMEOUT:
        forget(s, conn);
        break;
    }
}

static void on_acked(void *ctx, uint32_t conn, uint64_t pos)
{
    struct server *s = ctx;
    struct server_conn *sc = &s->conns[conn];
    release(s, sc, pos);
    if (__builtin_expect(sc->ahead, 0) && !is_ahead(s, conn)) {
        sc->ahead = false;
        tcp_resume(&s->stack->tcp, conn);
    }
}

static void on_timer(void *ctx, uint32_t conn)
{
    (void)ctx, (void)conn; /* the responder sets none */
}

const struct tcp_ops server_tcp_ops = {
    .event = on_event,
    .data = on_data,
    .acked = on_acked,
    .timer = on_timer,
};
