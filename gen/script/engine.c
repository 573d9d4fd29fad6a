/* SPDX-License-Identifier: BSD-3-Clause */
#include "script/engine.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "net/segment.h"
#include "wire/hand.h"

#define POOL    16u
#define MTU     1500
#define STEP_NS 1000000u

static const uint8_t our_mac[6] = {2, 0, 0, 0, 0, 1}, peer_mac[6] = {2, 0, 0, 0, 0, 2};

enum use { FREE, MADE, LISTENING, OPENING, OPEN };

/* A socket, by its descriptor. */
struct sock {
    enum use use;
    bool resets;         /* SO_LINGER with 0: close is a reset */
    bool peer_closed, closed;
    uint32_t conn;
    uint64_t unread;
    const char *error;   /* what the next call gives; NULL: none */
};

struct script_engine {
    struct hand *hand;
    struct stack stack;
    uint64_t count[COUNTER_COUNT], drops[DROP_COUNT];
    uint64_t start_ns, now_ns;
    bool ip6;
    struct sock socks[SCRIPT_FDS];
    struct sock ready;   /* opened by the peer, not accepted yet; use FREE: none */
};

/* --- callbacks --------------------------------------------------------------------------------- */

static struct sock *sock_of(struct script_engine *g, uint32_t conn)
{
    for (int i = 0; i < SCRIPT_FDS; i++)
        if (g->socks[i].use >= OPENING && g->socks[i].conn == conn)
            return &g->socks[i];
    return g->ready.use && g->ready.conn == conn ? &g->ready : NULL;
}

static void on_event(void *ctx, uint32_t conn, enum tcp_event event)
{
    struct script_engine *g = ctx;
    struct sock *s = sock_of(g, conn);
    if (!s && event == TCP_EVENT_OPEN) {
        g->ready = (struct sock){.use = OPEN, .conn = conn};
        return;
    }
    if (!s)
        return;
    if (event == TCP_EVENT_OPEN)
        s->use = OPEN;
    else if (event == TCP_EVENT_PEER_CLOSED)
        s->peer_closed = true;
    else if (event == TCP_EVENT_RESET)
        s->error = s->peer_closed ? "EPIPE" : "ECONNRESET"; /* as sockets tell it */
    else if (event == TCP_EVENT_REFUSED)
        s->error = "ECONNREFUSED";
    else if (event == TCP_EVENT_TIMEOUT)
        s->error = "ETIMEDOUT";
    if (event > TCP_EVENT_PEER_CLOSED)
        s->conn = CONN_NONE;
}

static uint32_t on_data(void *ctx, uint32_t conn, const uint8_t *data, uint32_t len)
{
    struct sock *s = sock_of(ctx, conn);
    (void)data;
    if (s)
        s->unread += len;
    return len;
}

static void on_timer(void *ctx, uint32_t conn)
{
    (void)ctx, (void)conn;
}

static const struct tcp_ops ops = {.event = on_event, .data = on_data, .timer = on_timer};

static uint64_t fill(void *ctx, uint32_t conn, uint32_t pos, uint8_t *buf, uint32_t len)
{
    (void)ctx, (void)conn, (void)pos;
    memset(buf, 0, len);
    return 0;
}

/* --- time and segments ------------------------------------------------------------------------- */

static void output(struct script_engine *g)
{
    while (stack_output(&g->stack, POOL))
        continue;
}

static uint64_t engine_now(void *ctx)
{
    struct script_engine *g = ctx;
    return g->now_ns - g->start_ns;
}

static void pass(struct script_engine *g, uint64_t ns)
{
    g->now_ns += ns;
    tcp_timers(&g->stack.tcp, g->now_ns, 1000);
    output(g);
}

static bool has_sent(const struct script_engine *g)
{
    return hand_waits(g->hand);
}

static void engine_wait(void *ctx, uint64_t until_ns)
{
    struct script_engine *g = ctx;
    uint64_t until = g->start_ns + until_ns;
    output(g);
    while (!has_sent(g) && g->now_ns < until)
        pass(g, until - g->now_ns < STEP_NS ? until - g->now_ns : STEP_NS);
}

static bool engine_sent(void *ctx, struct segment *out, uint64_t *at_ns)
{
    struct script_engine *g = ctx;
    const struct frame *f;
    output(g);
    while ((f = hand_take(g->hand)))
        if (segment_read(out, f->data, f->len)) {
            *at_ns = engine_now(g);
            return true;
        }
    return false;
}

static void give(struct script_engine *g, const uint8_t *frame, uint32_t len)
{
    hand_give(g->hand, frame, len, 0);
    uint32_t n = stack_poll(&g->stack);
    stack_input(&g->stack, 0, n, g->now_ns);
    stack_poll_done(&g->stack);
}

/* The peer's port is that of the listener when we open, another when it does. */
static void engine_arrive(void *ctx, const struct segment *s)
{
    struct script_engine *g = ctx;
    const struct segment_ends ends = {script_peer_addr(g->ip6), script_our_addr(g->ip6)};
    uint8_t frame[ETH_HEADER + SEGMENT_HEADERS_MAX + SCRIPT_PAYLOAD_MAX];
    struct segment out = *s;
    bool listens = tcp_listens(&g->stack.tcp, SCRIPT_PORT);
    out.src_port = listens ? SCRIPT_OTHER : SCRIPT_PORT;
    out.dst_port = listens ? SCRIPT_PORT : SCRIPT_OTHER;
    assert(out.payload_len <= SCRIPT_PAYLOAD_MAX);
    memcpy(frame, our_mac, 6);
    memcpy(frame + 6, peer_mac, 6);
    memcpy(frame + 12, g->ip6 ? "\x86\xdd" : "\x08\x00", 2);
    give(g, frame, ETH_HEADER + segment_write(frame + ETH_HEADER, &out, &ends));
}

/* --- calls ------------------------------------------------------------------------------------- */

static int64_t gives(const char **error, const char *name)
{
    *error = name;
    return -1;
}

static int64_t call_accept(struct script_engine *g, const struct script_row *row, const char **error)
{
    if (!g->ready.use)
        return gives(error, "EAGAIN");
    if (row->result < 0)
        return 0;
    g->socks[row->result] = g->ready;
    g->ready = (struct sock){0};
    return row->result;
}

static int64_t call_connect(struct script_engine *g, struct sock *s, const char **error)
{
    uint32_t path = stack_path(&g->stack, script_our_addr(g->ip6), script_peer_addr(g->ip6),
                               g->now_ns);
    s->conn = path == PATH_NONE ? CONN_NONE
                                : tcp_open(&g->stack.tcp, path, SCRIPT_OTHER, SCRIPT_PORT,
                                           g->stack.paths[path].mss, 0);
    if (s->conn == CONN_NONE)
        return gives(error, "EADDRNOTAVAIL");
    s->use = OPENING;
    return gives(error, "EINPROGRESS");
}

static bool takes_text(struct script_engine *g, const struct sock *s)
{
    return s->use == OPEN && s->conn != CONN_NONE && !s->closed &&
           tcp_conn(&g->stack.tcp, s->conn)->state != TCP_CLOSED;
}

static int64_t call_write(struct script_engine *g, struct sock *s, uint32_t amount,
                          const char **error)
{
    const char *was = s->error;
    s->error = NULL;
    if (was)
        return gives(error, was);
    if (!takes_text(g, s))
        return gives(error, "EPIPE");
    tcp_send(&g->stack.tcp, s->conn, amount);
    return amount;
}

static int64_t call_read(struct sock *s, uint32_t amount, const char **error)
{
    uint64_t n = s->unread < amount ? s->unread : amount;
    const char *was = s->error;
    s->unread -= n;
    if (n)
        return (int64_t)n;
    s->error = NULL;
    if (was && strcmp(was, "EPIPE"))
        return gives(error, was);
    return s->peer_closed || s->conn == CONN_NONE ? 0 : gives(error, "EAGAIN");
}

static int64_t call_close(struct script_engine *g, struct sock *s)
{
    bool lives = s->use >= OPENING && s->conn != CONN_NONE;
    if (lives && s->resets)
        tcp_abort(&g->stack.tcp, s->conn);
    else if (lives)
        tcp_close(&g->stack.tcp, s->conn);
    *s = (struct sock){.use = FREE};
    return 0;
}

static int64_t call_on(struct script_engine *g, struct sock *s, const struct script_row *row,
                       const char **error)
{
    switch (row->call) {
    case CALL_SETSOCKOPT:
        if (!strcmp(row->name, "SO_LINGER"))
            s->resets = row->value;
        return 0;
    case CALL_LISTEN:
        s->use = LISTENING;
        return tcp_listen(&g->stack.tcp, SCRIPT_PORT);
    case CALL_ACCEPT:
        return call_accept(g, row, error);
    case CALL_CONNECT:
        return call_connect(g, s, error);
    case CALL_WRITE:
        return call_write(g, s, row->amount, error);
    case CALL_READ:
        return call_read(s, row->amount, error);
    case CALL_SHUTDOWN:
        if (!takes_text(g, s))
            return gives(error, "ENOTCONN");
        s->closed = true;
        tcp_close(&g->stack.tcp, s->conn);
        return 0;
    case CALL_CLOSE:
        return call_close(g, s);
    case CALL_SOCKET:
    case CALL_FCNTL:
    case CALL_BIND:
    case CALL_COUNT:
        break;
    }
    return 0;
}

static int64_t engine_call(void *ctx, const struct script_row *row, const char **error)
{
    struct script_engine *g = ctx;
    if (row->call == CALL_SOCKET) {
        g->socks[row->result < 0 ? 0 : row->result] = (struct sock){.use = MADE, .conn = CONN_NONE};
        return row->result;
    }
    if (row->fd < 0 || g->socks[row->fd].use == FREE)
        return gives(error, "EBADF");
    tcp_now(&g->stack.tcp, g->now_ns);
    int64_t result = call_on(g, &g->socks[row->fd], row, error);
    output(g);
    return result;
}

/* --- life -------------------------------------------------------------------------------------- */

struct script_side script_engine_side(struct script_engine *g)
{
    return (struct script_side){.now = engine_now, .wait = engine_wait, .sent = engine_sent,
                                .arrive = engine_arrive, .call = engine_call, .ctx = g};
}

static bool is_ip6(const struct stack_config *cfg)
{
    struct ip_addr first = cfg->local[0].first;
    return !ip_is_none(first) && !ip_is4(first);
}

static void fit(struct stack_config *cfg, bool ip6)
{
    cfg->tcp.conns = cfg->tcp.time_wait_entries = cfg->tcp.half_open = cfg->paths = POOL;
    cfg->local[0] = (struct ip_range){script_our_addr(ip6), 1, ip6 ? 128 : 32};
    cfg->local_count = 1;
    cfg->gateway = (struct ip_addr){0};
    cfg->mtu = (uint16_t)((cfg->mtu ? cfg->mtu : MTU) + (ip6 ? SCRIPT_IP6_MORE : 0));
    cfg->batch = cfg->batch && cfg->batch < POOL ? cfg->batch : POOL;
}

struct script_engine *script_engine_open(const struct stack_config *cfg, uint64_t start_ns,
                                         struct err *e)
{
    struct script_engine *g = calloc(1, sizeof *g);
    struct stack_config own = *cfg;
    if (!g) {
        err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "no memory for a script");
        return NULL;
    }
    g->start_ns = g->now_ns = start_ns;
    g->ip6 = is_ip6(cfg);
    fit(&own, g->ip6);
    g->hand = hand_open(own.mtu, our_mac, e);
    if (g->hand && !stack_init(&g->stack, &own, hand_queue(g->hand), &ops, fill, g, g->count,
                               g->drops, start_ns, e))
        return g;
    hand_close(g->hand);
    free(g);
    return NULL;
}

const char *script_engine_leak(struct script_engine *g)
{
    struct tcp *t = &g->stack.tcp;
    for (uint32_t i = 0; i < POOL; i++)
        tcp_abort(t, i);
    output(g);
    while (hand_take(g->hand))
        output(g);
    if (tcp_in_use(t))
        return "a connection is not given back";
    if (t->ooo.free_count != t->ooo.count)
        return "a piece out of order is not given back";
    return t->wheel.count ? "the wheel is not empty" : NULL;
}

void script_engine_close(struct script_engine *g)
{
    if (!g)
        return;
    stack_fini(&g->stack);
    hand_close(g->hand);
    free(g);
}
