/* SPDX-License-Identifier: BSD-3-Clause */
#include "peers.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/csum.h"
#include "base/err.h"
#include "lib/leak_check.h"
#include "tests/lib/check_main.h"
#include "wire/fault.h"

#define SERVER_PORT PEERS_SERVER_PORT
#define CLIENT_PORT PEERS_CLIENT_PORT
#define MS          1000000ull
#define BULK_BYTES  (1u << 30)   /* more than any run has time for */
#define BULK_FRAMES (1u << 16)   /* that a fault wire may hold: a window and what it doubles */
#define RETRY_TK    (uint32_t)(3 * MS >> TCP_TICK_SHIFT)

static const uint32_t address[2] = {PEERS_CLIENT, PEERS_SERVER};

bool peers_ip6(void)
{
    const char *ip = getenv("IP");
    return ip && !strcmp(ip, "6");
}

struct ip_addr peers_addr(const struct peers_config *cfg, uint32_t host)
{
    return cfg->ip6 ? (struct ip_addr){PEERS_PREFIX, host} : ip4_addr(host);
}

static uint64_t word_of(const struct peers *p, uint32_t id, bool to_server, uint64_t at)
{
    return rng_mix(p->cfg.seed ^ (uint64_t)id << 1 ^ to_server, at / 8);
}

/* The bytes of a stream from `at` on. */
static void bytes_of(const struct peers *p, uint32_t id, bool to_server, uint64_t at, uint8_t *to,
                     uint32_t len)
{
    for (uint32_t i = 0, n; i < len; i += n) {
        uint64_t word = word_of(p, id, to_server, at + i) >> (at + i) % 8 * 8;
        n = 8 - (uint32_t)((at + i) % 8);
        n = n < len - i ? n : len - i;
        memcpy(to + i, &word, n);
    }
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
    return (uint32_t)(e->is_client ? c->lport : c->rport) - CLIENT_PORT;
}

/* Not one of those that are checked. */
static bool is_stranger(const struct peer *e, uint32_t conn)
{
    const struct path *path = &e->stack.paths[tcp_conn(&e->stack.tcp, conn)->path];
    return id_of(e, conn) >= e->all->cfg.conns || !ip_equal(path->remote, peers_addr(&e->all->cfg, address[e->is_client]));
}

static void stranger_event(struct peer *e, uint32_t conn, enum tcp_event event)
{
    e->strangers_ended[event]++;
    if (event == TCP_EVENT_PEER_CLOSED)
        tcp_close(&e->stack.tcp, conn);
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
    if (is_stranger(e, conn)) {
        stranger_event(e, conn, event);
        return;
    }
    uint32_t id = id_of(e, conn);
    struct peer_conn *c = &e->conns[id];
    note(e->all, (uint64_t)id << 8 | event | (uint64_t)e->is_client << 40);
    switch (event) {
    case TCP_EVENT_OPEN:
        ck_assert(!c->opened);
        *c = (struct peer_conn){.conn = conn, .opened = true};
        expect_message(e, id);
        if (e->is_client && e->all->cfg.bulk)
            tcp_send(&e->stack.tcp, conn, BULK_BYTES);
        else if (e->is_client)
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

static uint32_t stranger_data(struct peer *e, uint32_t conn, const uint8_t *data, uint32_t len)
{
    const struct conn *c = tcp_conn(&e->stack.tcp, conn);
    for (uint32_t i = 0; i < len && e->strangers_bytes + i < sizeof e->strangers_text; i++)
        e->strangers_text[e->strangers_bytes + i] = data[i];
    e->strangers_bytes += len;
    if (e->is_client || c->flags & CONN_FIN)
        return len;
    if (*data == 'Q')
        tcp_close(&e->stack.tcp, conn);
    else
        tcp_send(&e->stack.tcp, conn, len);
    return len;
}

static void check_bytes(struct peer *e, uint32_t id, const uint8_t *data, uint32_t len)
{
    uint8_t wanted[2048];
    uint64_t at = e->conns[id].received;
    for (uint32_t i = 0, n; i < len; i += n) {
        n = len - i < sizeof wanted ? len - i : sizeof wanted;
        bytes_of(e->all, id, !e->is_client, at + i, wanted, n);
        if (memcmp(data + i, wanted, n)) /* ck_assert costs a system call */
            ck_abort_msg("connection %u: wrong byte behind %lu", id, at + i);
    }
}

static uint32_t on_data(void *ctx, uint32_t conn, const uint8_t *data, uint32_t len)
{
    struct peer *e = ctx;
    if (is_stranger(e, conn))
        return stranger_data(e, conn, data, len);
    uint32_t id = id_of(e, conn), taken = taken_of(e, conn, len);
    struct peer_conn *c = &e->conns[id];
    check_bytes(e, id, data, taken);
    c->received += taken;
    if (e->all->cfg.bulk)
        return taken;
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

static uint64_t fill(void *ctx, uint32_t conn, uint32_t pos, uint8_t *buf, uint32_t len)
{
    struct peer *e = ctx;
    uint32_t id = id_of(e, conn);
    bytes_of(e->all, id, e->is_client, pos, buf, len);
    return csum_add(buf, len);
}

static struct stack_config stack_config_of(const struct peers_config *cfg, uint32_t local)
{
    uint32_t second_tk = (uint32_t)(1000 * MS >> TCP_TICK_SHIFT);
    return (struct stack_config){
        .tcp = {.conns = cfg->conns + cfg->strangers,
                .time_wait_entries = cfg->time_wait_entries ? cfg->time_wait_entries : cfg->conns,
                .ooo_pieces = cfg->ooo_pieces, .piece_bytes = 1460,
                .side_blocks = cfg->side_blocks,
                .half_open = cfg->half_open ? cfg->half_open : cfg->conns + cfg->strangers,
                .window = cfg->window,
                .window_scale = cfg->window_scale, .timestamps = cfg->timestamps,
                .delayed_ack = true, .congestion = cfg->congestion, .sack = cfg->sack,
                .rack = cfg->rack, .ecn = cfg->ecn, .nagle = cfg->nagle,
                .rto_min_tk = second_tk / 5, .rto_max_tk = 4 * second_tk,
                .rto_initial_tk = second_tk, .delack_tk = second_tk / 25,
                .time_wait_tk = 60 * second_tk, .init_cwnd = 10,
                .retries = cfg->retries ? cfg->retries : 30, .syn_retries = cfg->retries ? cfg->retries : 30,
                .secret = cfg->seed ^ local},
        .local = {{.first = peers_addr(cfg, local), .count = 1}},
        .local_count = 1,
        .paths = cfg->paths ? cfg->paths : 4,
        .mtu = 1500,
        .mss = cfg->mss,
        .batch = 64,
    };
}

/* The link's end, or a fault wire around it for what is sent there. */
static void open_queue(struct peers *p, uint32_t i)
{
    struct fault_config cfg = {.seed = rng_mix(p->cfg.link.seed, i), .store = BULK_FRAMES};
    struct err err = {0};
    p->queues[i] = &p->link->ends[i].queue;
    if (p->cfg.cuts) {
        cutting_open(&p->cutting[i], p->queues[i]);
        p->cutting[i].open = p->cfg.open_sums;
        p->queues[i] = &p->cutting[i].q;
    }
    if (!p->cfg.fault)
        return;
    ck_assert_msg(fault_parse(p->cfg.fault, &cfg.tx, &err) == 0, "%s", err.message);
    ck_assert_int_eq(fault_wrap(&p->link->ends[i].port, &cfg, &p->ports[i], &err), 0);
    ck_assert_int_eq(p->ports[i]->ops->queue_open(p->ports[i], 0, &p->queues[i], &err), 0);
    p->queues[i]->ops->tick(p->queues[i], p->now_ns);
}

static void open_end(struct peers *p, uint32_t i)
{
    struct peer *e = &p->ends[i];
    struct stack_config cfg = stack_config_of(&p->cfg, address[i]);
    if (i && p->cfg.server_conns)
        cfg.tcp.conns = p->cfg.server_conns;
    struct err err = {0};
    open_queue(p, i);
    e->all = p;
    e->is_client = i == 0;
    for (uint32_t c = 0; c < PEERS_CONNS_MAX; c++)
        e->conns[c].conn = CONN_NONE;
    ck_assert_msg(stack_init(&e->stack, &cfg, p->queues[i], &ops, fill, e, e->count,
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

/* When the next frame arrives, or leaves a fault wire. */
static uint64_t next_frame_ns(const struct peers *p)
{
    uint64_t next = link_next_ns(p->link);
    for (int i = 0; i < 2; i++) {
        struct fault_held held = {.next_due_ns = UINT64_MAX};
        if (p->ports[i])
            fault_held(p->queues[i], &held);
        next = held.next_due_ns < next ? held.next_due_ns : next;
    }
    return next;
}

void peers_step(struct peers *p)
{
    link_now(p->link, p->now_ns);
    for (int i = 0; i < 2; i++)
        if (p->ports[i])
            p->queues[i]->ops->tick(p->queues[i], p->now_ns);
    if (p->hook)
        p->hook(p);
    if (p->told_ns)
        *p->told_ns = p->now_ns;
    round_of(&p->ends[0], p->now_ns);
    round_of(&p->ends[1], p->now_ns);
    note(p, p->now_ns);
    if (p->rounds++ % 64 == 0) {
        tcp_validate(&p->ends[0].stack.tcp);
        tcp_validate(&p->ends[1].stack.tcp);
    }
    uint64_t arrival = next_frame_ns(p);
    uint64_t wheel = ((p->now_ns >> TCP_STEP_SHIFT) + 1) << TCP_STEP_SHIFT;
    p->now_ns = arrival < wheel ? (arrival > p->now_ns ? arrival : p->now_ns + 1) : wheel;
}

void peers_begin(struct peers *p)
{
    struct stack *s = &p->ends[0].stack;
    uint32_t path = stack_path(s, peers_addr(&p->cfg, address[0]), peers_addr(&p->cfg, address[1]), p->now_ns);
    uint64_t limit_ns = p->now_ns + 5000 * MS;
    while (stack_path_state(s, path) == NEIGH_WAIT && p->now_ns < limit_ns)
        peers_step(p);
    ck_assert_int_eq(stack_path_state(s, path), NEIGH_READY);
    for (uint32_t i = 0; i < p->cfg.conns; i++)
        ck_assert(tcp_open(&s->tcp, path, (uint16_t)(CLIENT_PORT + i), SERVER_PORT,
                           s->paths[path].mss, i) != CONN_NONE);
}

bool peers_over(const struct peers *p)
{
    for (int i = 0; i < 2; i++)
        if (p->ends[i].closed < p->cfg.conns)
            return false;
    return true;
}

static bool is_quiet(const struct peers *p)
{
    return !p->ends[0].stack.tcp.flows.count && !p->ends[1].stack.tcp.flows.count &&
           next_frame_ns(p) == UINT64_MAX;
}

void peers_settle(struct peers *p, uint64_t limit_ns)
{
    uint64_t end = p->now_ns + limit_ns;
    while (p->now_ns < end && !is_quiet(p)) /* TIME-WAIT and stragglers */
        peers_step(p);
}

uint64_t peers_run(struct peers *p, uint64_t limit_ns)
{
    peers_begin(p);
    uint64_t began = p->now_ns, end = began + limit_ns;
    while (!peers_over(p) && p->now_ns < end)
        peers_step(p);
    uint64_t took = p->now_ns - began;
    peers_settle(p, 300000 * MS);
    return took;
}

static void check_end(const struct peer *e)
{
    const struct peers_config *cfg = &e->all->cfg;
    ck_assert_uint_eq(e->failed, 0);
    ck_assert_uint_eq(e->closed, cfg->conns);
    for (uint32_t i = 0; i < cfg->conns; i++) {
        ck_assert_uint_eq(e->conns[i].messages_in, cfg->messages);
        ck_assert_uint_eq(e->conns[i].received, e->conns[i].in_end);
    }
    leak_check_tcp(&e->stack.tcp);
    ck_assert_uint_eq(e->stack.tcp.flows.count, 0);
}

void peers_check(const struct peers *p)
{
    check_end(&p->ends[0]);
    check_end(&p->ends[1]);
    leak_check_link(p->link, &p->ends[0].stack, &p->ends[1].stack);
}

uint64_t peers_bulk(struct peers *p, uint64_t ns)
{
    const struct peer_conn *server = &p->ends[1].conns[0];
    peers_begin(p);
    uint64_t limit_ns = p->now_ns + 60000 * MS;
    while (!server->opened && p->now_ns < limit_ns)
        peers_step(p);
    ck_assert(server->opened);
    for (uint64_t end_ns = p->now_ns + ns; p->now_ns < end_ns;)
        peers_step(p);
    return server->received;
}

static void close_queue(struct peers *p, uint32_t i)
{
    if (!p->ports[i])
        return;
    p->queues[i]->ops->queue_close(p->queues[i]);
    p->ports[i]->ops->port_close(p->ports[i]);
}

void peers_close(struct peers *p)
{
    stack_fini(&p->ends[0].stack);
    stack_fini(&p->ends[1].stack);
    close_queue(p, 0);
    close_queue(p, 1);
    for (int i = 0; p->cfg.cuts && i < 2; i++)
        cutting_close(&p->cutting[i]);
    ck_assert(p->cfg.bulk || p->link->free_count == LINK_FRAMES); /* bulk ends under way */
    link_close(p->link);
    free(p);
}
