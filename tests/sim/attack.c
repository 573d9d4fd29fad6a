/* SPDX-License-Identifier: BSD-3-Clause */
#include "attack.h"

#include <string.h>

#include "base/csum.h"

#define OFFSET_WORD 12 /* of the TCP header: data offset and flags */
#define CSUM_WORD   16

static struct ip_addr addr(const struct attack *a, uint32_t host)
{
    return peers_addr(&a->p->cfg, host);
}

/* ---- what he sends ---- */

static uint16_t word_at(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static void word_put(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

/* What was payload becomes options: the data offset moves, and the checksum with it (RFC 1624). */
static void move_offset(uint8_t *tcp, uint32_t options_len)
{
    uint16_t before = word_at(tcp + OFFSET_WORD);
    uint16_t after = (uint16_t)((before & 0x0fff) | (5 + options_len / 4) << 12);
    uint32_t sum = (uint16_t)~word_at(tcp + CSUM_WORD) + (uint32_t)(uint16_t)~before + after;
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    word_put(tcp + OFFSET_WORD, after);
    word_put(tcp + CSUM_WORD, (uint16_t)~sum);
}

void attack_send(struct attack *a, int to, const struct forged *f)
{
    static const uint8_t mac[6] = {2, 0, 0, 0, 0, 9};
    uint8_t frame[LINK_FRAME_BYTES];
    struct net_path path = {.src = addr(a, f->src ? f->src : ATTACKER),
                            .dst = addr(a, f->dst ? f->dst : PEERS_SERVER), .ttl = 64};
    struct net_template head;
    memcpy(path.src_mac, mac, sizeof mac);
    memcpy(path.dst_mac, a->p->link->ends[to].port.mac, 6);
    net_template_init(&head, &path);
    uint8_t *text = frame + net_tcp_header_len(&head, f->seg.opts);
    if (f->options_len)
        memcpy(text, f->options, f->options_len);
    if (f->payload_len)
        memcpy(text + f->options_len, f->payload, f->payload_len);
    uint32_t len = f->options_len + f->payload_len;
    uint32_t whole = net_tcp_build(&head, frame, &f->seg, len, csum_add(text, len));
    if (f->options_len)
        move_offset(frame + head.len, f->options_len);
    a->sent += link_inject(a->p->link, to, frame, whole);
}

void foothold_send(struct attack *a, struct foothold *h, uint8_t flags, const void *payload,
                   uint32_t len)
{
    attack_send(a, 1, &(struct forged){
        .seg = {.src_port = h->port, .dst_port = PEERS_SERVER_PORT, .seq = h->seq, .ack = h->ack,
                .flags = flags, .window = 65535},
        .payload = payload, .payload_len = len});
    h->seq += len + !!(flags & TCP_SYN) + !!(flags & TCP_FIN);
}

bool foothold_ready(struct attack *a, struct foothold *h)
{
    if (h->stage == 2)
        return true;
    if (h->stage == 0)
        foothold_send(a, h, TCP_SYN, NULL, 0);
    else if (h->open)
        foothold_send(a, h, TCP_ACK, NULL, 0);
    else
        return false;
    return ++h->stage == 2;
}

static struct conn *find_conn(struct attack *a, uint32_t remote, uint16_t port)
{
    const struct stack *s = &attack_server(a)->stack;
    for (uint32_t i = 0; i < s->tcp.cfg.conns; i++) {
        struct conn *c = tcp_conn(&s->tcp, i);
        if (c->state != TCP_CLOSED && c->state < TCP_ABORTED && c->rport == port &&
            ip_equal(s->paths[c->path].remote, addr(a, remote)))
            return c;
    }
    return NULL;
}

struct conn *foothold_conn(struct attack *a, const struct foothold *h)
{
    return find_conn(a, ATTACKER, h->port);
}

struct conn *attack_far_end(struct attack *a, uint16_t client_port)
{
    return find_conn(a, PEERS_CLIENT, client_port);
}

uint16_t attack_victim_port(const struct attack *a)
{
    return (uint16_t)(PEERS_CLIENT_PORT + a->p->cfg.conns);
}

uint32_t attack_open_victim(struct attack *a)
{
    struct stack *s = &a->p->ends[0].stack;
    uint32_t path = stack_path(s, addr(a, PEERS_CLIENT), addr(a, PEERS_SERVER), a->p->now_ns);
    uint32_t conn = tcp_open(&s->tcp, path, attack_victim_port(a), PEERS_SERVER_PORT,
                             s->paths[path].mss, 0);
    ck_assert_uint_ne(conn, CONN_NONE);
    return conn;
}

/* ---- what he sees ---- */

static void see(struct foothold *h, const struct pkt_tcp *p)
{
    uint32_t end = p->seq + p->payload_len + !!(p->flags & TCP_SYN) + !!(p->flags & TCP_FIN);
    if (p->flags & TCP_RST) {
        h->resets++;
        return;
    }
    h->synacks += !!(p->flags & TCP_SYN);
    h->probes += h->shut && p->payload_len;
    h->acks += !p->payload_len && !(p->flags & (TCP_SYN | TCP_FIN));
    if (p->flags & TCP_SYN && !h->open) {
        h->open = true;
        h->ack = end;
    } else if (p->seq == h->ack && !h->shut) {
        h->bytes += p->payload_len;
        h->fin = h->fin || p->flags & TCP_FIN;
        h->ack = end;
    }
}

/* Frames for others than the client go no further: it would answer, and nobody is there. */
static bool tap(void *ctx, int to, const uint8_t *data, uint32_t len)
{
    struct attack *a = ctx;
    struct pkt p;
    if (pkt_parse(&p, data, len, false) || p.kind != PKT_TCP)
        return true;
    if (a->forgotten && (to ? p.tcp.src_port : p.tcp.dst_port) == a->forgotten) {
        a->forgotten_frames++;
        if (to)
            a->forgotten_last = p.tcp;
        return false;
    }
    if (to != 0 || ip_equal(p.dst, addr(a, PEERS_CLIENT)))
        return true;
    if (ip_equal(p.dst, addr(a, ATTACKER)) && (uint16_t)(p.tcp.dst_port - 1000) < FOOTHOLDS)
        see(&a->holds[p.tcp.dst_port - 1000], &p.tcp);
    return false;
}

/* ---- the course ---- */

static void most(uint32_t *max, uint32_t value)
{
    if (value > *max)
        *max = value;
}

/* Established peers are to stay unharmed; so first they are established. */
static bool all_open(const struct peers *p)
{
    for (uint32_t i = 0; i < p->cfg.conns; i++)
        if (!p->ends[0].conns[i].opened || !p->ends[1].conns[i].opened)
            return false;
    return true;
}

static void hook(struct peers *p)
{
    struct attack *a = p->hook_ctx;
    const struct tcp *t = &attack_server(a)->stack.tcp;
    a->on = a->on || all_open(p);
    if (a->act && a->on)
        a->act(a);
    most(&a->half_open_max, t->half_open);
    most(&a->in_use_max, tcp_in_use(t));
    most(&a->time_wait_max, t->time_wait.count);
    most(&a->pieces_max, t->ooo.count - t->ooo.free_count);
    most(&a->paths_max, attack_server(a)->stack.path_count);
}

struct peers_config attack_config(void)
{
    return (struct peers_config){
        .link = {.delay_ns = MS, .seed = 7}, .ip6 = peers_ip6(),
        .conns = 8, .messages = 40, .message_max = 16384, .strangers = FOOTHOLDS,
        .timestamps = true, .congestion = true, .window_scale = 7, .window = 65536,
        .ooo_pieces = 64, .side_blocks = 256, .start_ns = 1000 * MS, .seed = 3, .retries = 6,
    };
}

void attack_open(struct attack *a, const struct peers_config *cfg, void (*act)(struct attack *a))
{
    *a = (struct attack){.p = peers_open(cfg), .act = act};
    rng_seed(&a->rng, cfg->seed + 1);
    for (uint16_t i = 0; i < FOOTHOLDS; i++)
        a->holds[i] = (struct foothold){.port = (uint16_t)(1000 + i), .seq = 5000u * i};
    a->p->hook = hook;
    a->p->hook_ctx = a;
    a->p->link->tap = tap;
    a->p->link->tap_ctx = a;
    tcp_memory(&attack_server(a)->stack.tcp, &a->memory);
    peers_begin(a->p);
}

void attack_go_on(struct attack *a, uint64_t least_ns)
{
    uint64_t least = a->p->now_ns + least_ns, limit = a->p->now_ns + 600000 * MS;
    while ((!peers_over(a->p) && a->p->now_ns < limit) || a->p->now_ns < least)
        peers_step(a->p);
    ck_assert_msg(peers_over(a->p), "the others did not end within 600 s");
}

/* No pool past its bound, and nothing reserved that was not there at the beginning. */
static void check_bounds(const struct attack *a)
{
    const struct tcp *t = &attack_server(a)->stack.tcp;
    struct tcp_memory now;
    tcp_memory(t, &now);
    ck_assert_mem_eq(&now, &a->memory, sizeof now);
    ck_assert_uint_le(a->half_open_max, t->cfg.half_open);
    ck_assert_uint_le(a->in_use_max, t->cfg.conns);
    ck_assert_uint_le(a->time_wait_max, t->time_wait.size);
    ck_assert_uint_le(a->pieces_max, t->ooo.count);
    ck_assert_uint_le(attack_server(a)->stack.path_count, attack_server(a)->stack.cfg.paths);
}

static void end_strangers(struct peer *e)
{
    for (uint32_t i = 0; i < e->stack.tcp.cfg.conns; i++)
        tcp_abort(&e->stack.tcp, i);
}

void attack_close(struct attack *a)
{
    a->act = NULL;
    end_strangers(&a->p->ends[0]);
    end_strangers(&a->p->ends[1]);
    peers_step(a->p); /* their resets leave */
    peers_settle(a->p, 300000 * MS);
    check_bounds(a);
    peers_check(a->p);
    peers_close(a->p);
}

void attack_play(struct attack *a, const struct peers_config *cfg, void (*act)(struct attack *a),
                 uint64_t least_ns)
{
    attack_open(a, cfg, act);
    attack_go_on(a, least_ns);
    attack_close(a);
}

struct conn *attack_victim(struct attack *a, uint32_t id)
{
    const struct peer_conn *c = &attack_server(a)->conns[id];
    struct conn *conn = c->conn == CONN_NONE ? NULL : tcp_conn(&attack_server(a)->stack.tcp, c->conn);
    return conn && !c->closed && conn->state == TCP_ESTABLISHED ? conn : NULL;
}

uint64_t attack_count(const struct attack *a, enum counter c)
{
    return a->p->ends[0].count[c] + a->p->ends[1].count[c];
}
