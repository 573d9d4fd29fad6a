/* SPDX-License-Identifier: BSD-3-Clause */
#include "run/server_internal.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

#define NOBODY 0x1fffffffu /* behind the last one that waits */

/* --- pools ---------------------------------------------------------------------------------- */

/* An odd number of cache lines: what is in use does not crowd into a few sets of the cache. */
uint32_t server_chunk_bytes(uint32_t payload)
{
    uint32_t most = payload < SERVER_CHUNK_MOST ? payload : SERVER_CHUNK_MOST;
    uint32_t lines = ((uint32_t)sizeof(struct held) + most + CACHE_LINE - 1) / CACHE_LINE | 1;
    return lines * CACHE_LINE - (uint32_t)sizeof(struct held);
}

static uint32_t held_bytes(const struct server_config *cfg)
{
    return (uint32_t)sizeof(struct held) + cfg->chunk_bytes;
}

void server_memory_of(const struct server_config *cfg, struct server_memory *out)
{
    uint64_t each = sizeof(struct server_conn) + (cfg->parses ? sizeof(uint32_t) : 0);
    *out = (struct server_memory){.conns = cfg->conns * each,
                                  .parses = cfg->parses * sizeof(struct app_parse),
                                  .pending = (uint64_t)cfg->pending * held_bytes(cfg)};
}

static const struct server_conn idle_conn = {.head = SERVER_NONE, .wait_next = NOBODY};

static void thread_free_lists(struct server *s)
{
    for (uint32_t i = 0; i < SERVER_PLACES; i++)
        s->places[i] = (struct server_place){.conn = CONN_NONE};
    for (uint32_t i = 0; i < s->cfg.conns; i++)
        s->conns[i] = idle_conn;
    for (uint32_t i = 0; s->parse_of && i < s->cfg.conns; i++)
        s->parse_of[i] = SERVER_NONE;
    s->pending_free = s->parse_free = SERVER_NONE;
    for (uint32_t i = s->cfg.pending; i-- > 0;) {
        server_held(s, i)->next = s->pending_free;
        s->pending_free = i;
    }
    s->pending_left = s->cfg.pending;
    for (uint32_t i = s->cfg.parses; i-- > 0;) {
        s->parses[i].value = s->parse_free;
        s->parse_free = i;
    }
}

static bool reserve_parses(struct server *s, struct err *e)
{
    const struct server_config *cfg = &s->cfg;
    if (!cfg->parses)
        return true;
    s->parse_of = mem_reserve((size_t)cfg->conns * sizeof *s->parse_of, "responder connections", e);
    s->parses = mem_reserve((size_t)cfg->parses * sizeof *s->parses, "requests in progress", e);
    return s->parse_of && s->parses;
}

int server_init(struct server *s, const struct server_config *cfg, struct stack *stack,
                struct err *e)
{
    *s = (struct server){.cfg = *cfg, .stack = stack, .held_bytes = held_bytes(cfg),
                         .wait_head = SERVER_NONE, .wait_tail = SERVER_NONE};
    if (!s->cfg.ahead_bytes)
        s->cfg.ahead_bytes = SERVER_AHEAD;
    s->conns = mem_reserve((size_t)cfg->conns * sizeof *s->conns, "responder connections", e);
    s->pending = mem_reserve((size_t)cfg->pending * s->held_bytes,
                             server_retains(s) ? "retained bytes" : "replies", e);
    if (!s->conns || !s->pending || !reserve_parses(s, e)) {
        server_fini(s);
        return -ENOMEM;
    }
    thread_free_lists(s);
    return 0;
}

void server_fini(struct server *s)
{
    mem_release(s->conns, (size_t)s->cfg.conns * sizeof *s->conns);
    mem_release(s->parse_of, (size_t)s->cfg.conns * sizeof *s->parse_of);
    mem_release(s->parses, (size_t)s->cfg.parses * sizeof *s->parses);
    mem_release(s->pending, (size_t)s->cfg.pending * s->held_bytes);
    *s = (struct server){0};
}

static uint32_t pending_take(struct server *s)
{
    uint32_t i = s->pending_free;
    if (i == SERVER_NONE) {
        s->stack->count[COUNTER_POOL_EMPTY]++;
        return SERVER_NONE;
    }
    s->pending_free = server_held(s, i)->next;
    s->pending_left--;
    return i;
}

static void pending_give(struct server *s, struct held *h, uint32_t i)
{
    h->next = s->pending_free;
    s->pending_free = i;
    s->pending_left++;
}

static void append(struct server *s, struct server_conn *sc, struct held *h, uint32_t i)
{
    h->next = SERVER_NONE;
    if (sc->head == SERVER_NONE) {
        sc->head = h->last = i;
        return;
    }
    struct held *first = server_held(s, sc->head);
    server_held(s, first->last)->next = i;
    first->last = i;
}

static void release_first(struct server *s, struct server_conn *sc, struct held *h)
{
    uint32_t i = sc->head;
    sc->head = h->next;
    if (h->next != SERVER_NONE)
        server_held(s, h->next)->last = h->last;
    pending_give(s, h, i);
}

/* Everything below `pos` is acknowledged. */
static void release(struct server *s, uint32_t conn, uint32_t pos)
{
    struct server_conn *sc = &s->conns[conn];
    const struct server_place *p = server_place_of(s, conn);
    if (p->conn == conn && !seq_lt(pos, p->end))
        server_forget_place(s, conn);
    while (sc->head != SERVER_NONE) {
        struct held *h = server_held(s, sc->head);
        if (seq_lt(pos, server_end(h)))
            return;
        release_first(s, sc, h);
    }
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
    sc->wait_next = NOBODY;
    if (s->wait_tail == SERVER_NONE)
        s->wait_head = conn;
    else
        s->conns[s->wait_tail].wait_next = conn & NOBODY;
    s->wait_tail = conn;
}

static uint32_t waits_behind(const struct server_conn *sc)
{
    return sc->wait_next == NOBODY ? SERVER_NONE : sc->wait_next;
}

void server_resume(struct server *s)
{
    while (s->wait_head != SERVER_NONE && s->pending_left > s->cfg.pending / 8) {
        uint32_t conn = s->wait_head;
        struct server_conn *sc = &s->conns[conn];
        s->wait_head = waits_behind(sc);
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
        struct held *h = server_held(s, i);
        h->what.len = len - kept < s->cfg.chunk_bytes ? len - kept : s->cfg.chunk_bytes;
        h->pos = tcp_end(tcp_conn(&s->stack->tcp, conn)) + kept;
        memcpy(h->bytes, data + kept, h->what.len);
        append(s, sc, h, i);
        kept += h->what.len;
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
    struct held *h = server_held(s, i);
    h->pos = tcp_end(tcp_conn(&s->stack->tcp, conn));
    h->what = *r;
    append(s, &s->conns[conn], h, i);
    queue_bytes(s, conn, r->len);
    s->totals.replies++;
    return true;
}

/* Parse state is needed only by a request that spans segments; between requests it is zero. */
static struct app_parse *parse_state(struct server *s, uint32_t conn, struct app_parse *fresh)
{
    *fresh = (struct app_parse){0};
    return s->parse_of[conn] == SERVER_NONE ? fresh : &s->parses[s->parse_of[conn]];
}

static void parse_drop(struct server *s, uint32_t conn)
{
    uint32_t i = s->parse_of[conn];
    if (i == SERVER_NONE)
        return;
    s->parses[i].value = s->parse_free;
    s->parse_free = i;
    s->parse_of[conn] = SERVER_NONE;
}

static bool parse_keep(struct server *s, uint32_t conn, const struct app_parse *st)
{
    if (s->parse_of[conn] != SERVER_NONE)
        return true;
    uint32_t i = s->parse_free;
    if (i == SERVER_NONE) {
        s->stack->count[COUNTER_POOL_EMPTY]++;
        return false;
    }
    s->parse_free = s->parses[i].value;
    s->parses[i] = *st;
    s->parse_of[conn] = i;
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
        struct app_parse *st = parse_state(s, conn, &fresh);
        struct app_response r;
        bool done = false;
        if (!has_room(s, conn, st == &fresh))
            return used;
        used += s->cfg.proto->rx(s->cfg.app, st, data + used, len - used, &r, &done);
        if (!done) {
            parse_keep(s, conn, st);
            continue;
        }
        bool bad = st->bad;
        parse_drop(s, conn);
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

/* Out of the line of those that wait. */
static void leave_line(struct server *s, uint32_t conn)
{
    uint32_t before = SERVER_NONE, behind = waits_behind(&s->conns[conn]);
    for (uint32_t i = s->wait_head; i != conn; i = s->conns[i].wait_next)
        before = i;
    if (before == SERVER_NONE)
        s->wait_head = behind;
    else
        s->conns[before].wait_next = behind & NOBODY;
    if (s->wait_tail == conn)
        s->wait_tail = before;
}

static void forget(struct server *s, uint32_t conn)
{
    struct server_conn *sc = &s->conns[conn];
    while (sc->head != SERVER_NONE)
        release_first(s, sc, server_held(s, sc->head));
    if (s->parse_of)
        parse_drop(s, conn);
    if (sc->waiting)
        leave_line(s, conn);
    sc->waiting = sc->closing = sc->ahead = false;
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

static void on_acked(void *ctx, uint32_t conn, uint32_t pos)
{
    struct server *s = ctx;
    struct server_conn *sc = &s->conns[conn];
    release(s, conn, pos);
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
