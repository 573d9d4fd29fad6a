/* SPDX-License-Identifier: BSD-3-Clause */
#include "peers.h"

#include <assert.h>
#include <check.h>
#include <stdlib.h>

#include "base/csum.h"
#include "base/err.h"

#define SERVER_PORT 9000
#define CLIENT_PORT 20000
#define MS          1000000ull
#define RETRY_TK    (uint32_t)(3 * MS >> TCP_TICK_SHIFT)

static const uint32_t address[2] = {0xc6120001, 0xc6120002}; /* 198.18.0.1, .2 (RFC 2544) */

static uint64_t word_of(const struct peers *p, uint32_t id, bool to_server, uint64_t at)
{
    return rng_mix(p->cfg.seed ^ (uint64_t)id << 1 ^ to_server, at / 8);
}

static uint8_t byte_of(const struct peers *p, uint32_t id, bool to_server, uint64_t at)
{
    return (uint8_t)(word_of(p, id, to_server, at) >> at % 8 * 8);
}

static uint32_t message_size(const struct peers *p, uint32_t id, bool to_server, uint32_t message)
{
    uint64_t h = rng_mix(rng_mix(p->cfg.seed + 7, id * 2u + to_server), message);
    uint32_t most = 1;
    for (uint32_t doublings = (uint32_t)(h % 17); doublings-- && most < p->cfg.message_max;)
        most *= 2;
    return 1 + (uint32_t)((h >> 32) % most);
}

static void note(struct peers *p, uint64_t what)
{
    p->digest = rng_mix(p->digest, what);
}

static uint32_t id_of(const struct peer *e, uint32_t conn)
{
    const struct conn *c = tcp_conn(&e->stack.tcp, conn);
    return (e->is_client ? c->lport : c->rport) - CLIENT_PORT;
}

static void send_message(struct peer *e, uint32_t id)
{
    struct peer_conn *c = &e->conns[id];
    tcp_send(&e->stack.tcp, c->conn, message_size(e->all, id, e->is_client, c->messages_out++));
}

static void expect_message(struct peer *e, uint32_t id)
{
    struct peer_conn *c = &e->conns[id];
    if (c->messages_in < e->all->cfg.messages)
        c->in_end += message_size(e->all, id, !e->is_client, c->messages_in);
}

/* A request wants its reply, a reply the next request; the end closes, even ids by the server. */
static void message_arrived(struct peer *e, uint32_t id)
{
    struct peer_conn *c = &e->conns[id];
    c->messages_in++;
    expect_message(e, id);
    if (c->messages_out < e->all->cfg.messages)
        send_message(e, id);
    else if (e->is_client && id % 2)
        tcp_close(&e->stack.tcp, c->conn);
    if (!e->is_client && id % 2 == 0 && c->messages_out == e->all->cfg.messages)
        tcp_close(&e->stack.tcp, c->conn);
}

static void on_event(void *ctx, uint32_t conn, enum tcp_event event)
{
    struct peer *e = ctx;
    uint32_t id = id_of(e, conn);
    struct peer_conn *c = &e->conns[id];
    note(e->all, (uint64_t)id << 8 | event | (uint64_t)e->is_client << 40);
    switch (event) {
    case TCP_EVENT_OPEN:
        ck_assert(!c->opened);
        *c = (struct peer_conn){.conn = conn, .opened = true};
        expect_message(e, id);
        if (e->is_client)
            send_message(e, id);
        break;
    case TCP_EVENT_PEER_CLOSED:
        tcp_close(&e->stack.tcp, conn);
        break;
    case TCP_EVENT_CLOSED:
        c->closed = true;
        e->closed++;
        break;
    case TCP_EVENT_RESET:
    case TCP_EVENT_REFUSED:
    case TCP_EVENT_TIMEOUT:
        e->failed++;
        break;
    }
}

static uint32_t taken_of(struct peer *e, uint32_t conn, uint32_t len)
{
    struct peer_conn *c = &e->conns[id_of(e, conn)];
    if (!e->all->cfg.moody || rng_below(&e->all->rng, 64))
        return len;
    if (!c->paused) {
        tcp_pause(&e->stack.tcp, conn);
        tcp_timer_set(&e->stack.tcp, conn, e->stack.tcp.now_tk + RETRY_TK);
        c->paused = true;
    }
    return (uint32_t)rng_below(&e->all->rng, len + 1);
}

static uint32_t on_data(void *ctx, uint32_t conn, const uint8_t *data, uint32_t len)
{
    struct peer *e = ctx;
    uint32_t id = id_of(e, conn), taken = taken_of(e, conn, len);
    struct peer_conn *c = &e->conns[id];
    for (uint32_t i = 0; i < taken; i++) /* ck_assert costs a system call */
        if (data[i] != byte_of(e->all, id, !e->is_client, c->received + i))
            ck_abort_msg("connection %u: wrong byte at %lu", id, c->received + i);
    c->received += taken;
    while (c->messages_in < e->all->cfg.messages && c->received >= c->in_end)
        message_arrived(e, id);
    if (c->received > c->in_end)
        ck_abort_msg("connection %u: more than was sent", id);
    return taken;
}

static void on_timer(void *ctx, uint32_t conn)
{
    struct peer *e = ctx;
    e->conns[id_of(e, conn)].paused = false;
    tcp_resume(&e->stack.tcp, conn);
}

static const struct tcp_ops ops = {.event = on_event, .data = on_data, .timer = on_timer};

static uint64_t fill(void *ctx, uint32_t conn, uint64_t pos, uint8_t *buf, uint32_t len)
{
    struct peer *e = ctx;
    uint32_t id = id_of(e, conn);
    for (uint32_t i = 0; i < len; i++)
        buf[i] = byte_of(e->all, id, e->is_client, pos + i);
    return csum_add(buf, len);
}

static struct stack_config stack_config_of(const struct peers_config *cfg, uint32_t local)
{
    uint32_t second_tk = (uint32_t)(1000 * MS >> TCP_TICK_SHIFT);
    return (struct stack_config){
        .tcp = {.conns = cfg->conns, .time_wait_entries = cfg->conns, .ooo_pieces = cfg->ooo_pieces,
                .piece_bytes = 1460, .side_blocks = cfg->side_blocks,
                .half_open = cfg->conns, .window = cfg->window,
                .window_scale = cfg->window_scale, .timestamps = cfg->timestamps,
                .delayed_ack = true, .congestion = cfg->congestion,
                .rto_min_tk = second_tk / 5, .rto_max_tk = 4 * second_tk,
                .rto_initial_tk = second_tk, .delack_tk = second_tk / 25,
                .time_wait_tk = 60 * second_tk, .init_cwnd = 10, .retries = 30, .syn_retries = 30,
                .secret = cfg->seed ^ local},
        .local = {{.first = ip4_addr(local), .count = 1}},
        .local_count = 1,
        .paths = 4,
        .mtu = 1500,
        .mss = cfg->mss,
        .batch = 64,
    };
}

static void open_end(struct peers *p, uint32_t i)
{
    struct peer *e = &p->ends[i];
    struct stack_config cfg = stack_config_of(&p->cfg, address[i]);
    struct err err = {0};
    e->all = p;
    e->is_client = i == 0;
    for (uint32_t c = 0; c < PEERS_CONNS_MAX; c++)
        e->conns[c].conn = CONN_NONE;
    ck_assert_msg(stack_init(&e->stack, &cfg, &p->link->ends[i].queue, &ops, fill, e, e->count,
                             e->drops, p->now_ns, &err) == 0, "%s", err.message);
}

struct peers *peers_open(const struct peers_config *cfg)
{
    struct peers *p = calloc(1, sizeof *p);
    assert(cfg->conns <= PEERS_CONNS_MAX);
    p->cfg = *cfg;
    p->link = link_open(&cfg->link);
    p->now_ns = cfg->start_ns;
    rng_seed(&p->rng, cfg->seed);
    open_end(p, 0);
    open_end(p, 1);
    ck_assert_int_eq(tcp_listen(&p->ends[1].stack.tcp, SERVER_PORT), 0);
    return p;
}

static void round_of(struct peer *e, uint64_t now_ns)
{
    struct stack *s = &e->stack;
    uint32_t n;
    while ((n = stack_poll(s)) > 0) {
        stack_input(s, 0, n, now_ns);
        stack_poll_done(s);
    }
    stack_timers(s, now_ns);
    while (tcp_timers(&s->tcp, now_ns, 16) == 16)
        continue;
    while (stack_output(s, 64))
        continue;
    stack_flush(s);
}

static void step(struct peers *p)
{
    link_now(p->link, p->now_ns);
    round_of(&p->ends[0], p->now_ns);
    round_of(&p->ends[1], p->now_ns);
    note(p, p->now_ns);
    if (p->rounds++ % 64 == 0) {
        tcp_validate(&p->ends[0].stack.tcp);
        tcp_validate(&p->ends[1].stack.tcp);
    }
    uint64_t arrival = link_next_ns(p->link);
    uint64_t wheel = ((p->now_ns >> TCP_STEP_SHIFT) + 1) << TCP_STEP_SHIFT;
    p->now_ns = arrival < wheel ? (arrival > p->now_ns ? arrival : p->now_ns + 1) : wheel;
}

static void open_connections(struct peers *p)
{
    struct stack *s = &p->ends[0].stack;
    uint32_t path = stack_path(s, ip4_addr(address[0]), ip4_addr(address[1]), p->now_ns);
    uint64_t limit_ns = p->now_ns + 5000 * MS;
    while (stack_path_state(s, path) == NEIGH_WAIT && p->now_ns < limit_ns)
        step(p);
    ck_assert_int_eq(stack_path_state(s, path), NEIGH_READY);
    for (uint32_t i = 0; i < p->cfg.conns; i++)
        ck_assert(tcp_open(&s->tcp, path, (uint16_t)(CLIENT_PORT + i), SERVER_PORT,
                           s->paths[path].mss, i) != CONN_NONE);
}

static bool is_over(const struct peers *p)
{
    for (int i = 0; i < 2; i++)
        if (p->ends[i].closed < p->cfg.conns)
            return false;
    return true;
}

static bool is_quiet(const struct peers *p)
{
    return !p->ends[0].stack.tcp.flows.count && !p->ends[1].stack.tcp.flows.count &&
           link_next_ns(p->link) == UINT64_MAX;
}

uint64_t peers_run(struct peers *p, uint64_t limit_ns)
{
    open_connections(p);
    uint64_t began = p->now_ns, end = began + limit_ns;
    while (!is_over(p) && p->now_ns < end)
        step(p);
    uint64_t took = p->now_ns - began;
    end = p->now_ns + 300000 * MS;
    while (p->now_ns < end && !is_quiet(p)) /* TIME-WAIT and stragglers */
        step(p);
    return took;
}

static void check_end(const struct peer *e)
{
    const struct tcp *t = &e->stack.tcp;
    const struct peers_config *cfg = &e->all->cfg;
    ck_assert_uint_eq(e->failed, 0);
    ck_assert_uint_eq(e->closed, cfg->conns);
    for (uint32_t i = 0; i < cfg->conns; i++) {
        ck_assert_uint_eq(e->conns[i].messages_in, cfg->messages);
        ck_assert_uint_eq(e->conns[i].received, e->conns[i].in_end);
    }
    tcp_validate(t);
    ck_assert_uint_eq(tcp_in_use(t), 0);
    ck_assert_uint_eq(t->wheel.count, 0);
    ck_assert_uint_eq(t->flows.count, 0);
    ck_assert_uint_eq(t->ooo.free_count, t->ooo.count);
    ck_assert_uint_eq(t->sides.free_count, t->sides.count);
    ck_assert_uint_eq(t->half_open, 0);
}

void peers_check(const struct peers *p)
{
    check_end(&p->ends[0]);
    check_end(&p->ends[1]);
    uint32_t lent = p->ends[0].stack.tx_count + p->ends[1].stack.tx_count;
    ck_assert_uint_eq(p->link->free_count + lent, LINK_FRAMES);
}

void peers_close(struct peers *p)
{
    stack_fini(&p->ends[0].stack);
    stack_fini(&p->ends[1].stack);
    ck_assert_uint_eq(p->link->free_count, LINK_FRAMES);
    link_close(p->link);
    free(p);
}
