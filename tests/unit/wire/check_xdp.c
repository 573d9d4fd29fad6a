/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/lib/check_main.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/wait.h>
#include <xdp/xsk.h>

#include "base/clock.h"
#include "base/err.h"
#include "need_lab.h"
#include "wire/lab.h"
#include "wire/xdp.h"
#include "wire/xdp_attach.h"

enum { NEAR_IP = 0xc6120001, FAR_IP = 0xc6128001, PORT = 9000, PATIENCE_MS = 3000 };

/* ---- frames ---- */

static void put16(uint8_t *at, uint32_t v)
{
    at[0] = (uint8_t)(v >> 8);
    at[1] = (uint8_t)v;
}

static void put32(uint8_t *at, uint32_t v)
{
    put16(at, v >> 16);
    put16(at + 2, v & 0xffff);
}

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint16_t put_arp(uint8_t *d, const uint8_t mac[6], uint32_t from, uint32_t to)
{
    memset(d, 0xff, 6);
    memcpy(d + 6, mac, 6);
    memcpy(d + 12, "\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01", 10);
    memcpy(d + 22, mac, 6);
    put32(d + 28, from);
    memset(d + 32, 0, 6);
    put32(d + 38, to);
    return 42;
}

/* Enough of a TCP segment for the filter; `tagged`: with a VLAN tag. */
static uint16_t put_tcp(uint8_t *d, uint32_t to, uint16_t port, uint32_t number, bool tagged)
{
    memset(d, 0x02, 12);
    if (tagged)
        memcpy(d + 12, "\x81\x00\x00\x07", 4);
    d += tagged ? 16 : 12;
    put16(d, 0x0800);
    memset(d + 2, 0, 52);
    d[2] = 0x45;
    put16(d + 4, 52);
    d[10] = 64;
    d[11] = 6;
    put32(d + 14, NEAR_IP);
    put32(d + 18, to);
    put16(d + 22, PORT);
    put16(d + 24, port);
    put32(d + 42, number);
    return (uint16_t)(tagged ? 70 : 66);
}

/* ---- ports ---- */

static struct wire_config config(const char *device, uint32_t ip)
{
    struct wire_config cfg = {.device = device, .queues = 1};
    cfg.filter = (struct wire_filter){
        .local = {{ip4_addr(ip), 1, 32}}, .local_count = 1, .ports = {{PORT, PORT}}, .ports_count = 1};
    return cfg;
}

struct opening {
    struct wire_config cfg;
    struct wire_port *port;
    struct err e;
};

static int open_port(void *arg)
{
    struct opening *o = arg;
    return xdp_port_open(&o->cfg, &o->port, &o->e);
}

struct bench {
    struct lab *lab;
    struct opening near;
    struct wire_queue *q;
};

static struct bench open_bench_to(char *far_device, int (*peer)(void *, int), bool far_kernel,
                                  struct wire_config near)
{
    struct bench b = {.near.cfg = near};
    struct err e = {0};
    struct lab_config cfg = {.queues = far_device ? 2 : 1,
                             .ctx = far_device,
                             .far_kernel = far_kernel,
                             .near_addr = {ip4_addr(NEAR_IP), 1, 32},
                             .far_addr = {ip4_addr(FAR_IP), 1, 32},
                             .peer = peer};
    ck_assert_msg(lab_open(&cfg, &b.lab, &e) == 0, "%s", e.message);
    ck_assert_msg(lab_call_near(b.lab, open_port, &b.near) == 0, "%s", b.near.e.message);
    ck_assert_int_eq(b.near.port->ops->queue_open(b.near.port, 0, &b.q, &e), 0);
    return b;
}

static struct bench open_bench(int (*peer)(void *, int), bool far_kernel, struct wire_config near)
{
    return open_bench_to(NULL, peer, far_kernel, near);
}

static void close_bench(struct bench *b)
{
    b->q->ops->queue_close(b->q);
    b->near.port->ops->port_close(b->near.port);
    lab_close(b->lab, 100, NULL);
}

/* One frame, waited for; its length or 0 after PATIENCE_MS. */
static uint32_t receive(struct wire_queue *q, struct frame *f)
{
    for (int ms = 0; ms < PATIENCE_MS; ms++) {
        if (q->ops->rx(q, f, 1))
            return f->len;
        q->ops->wait(q, 1000000);
    }
    return 0;
}

static void send_one(struct wire_queue *q, uint16_t (*put)(uint8_t *, void *), void *arg)
{
    struct frame f;
    ck_assert_uint_eq(q->ops->tx_alloc(q, &f, 1), 1);
    f.len = put(f.data, arg);
    ck_assert_uint_eq(q->ops->tx(q, &f, 1), 1);
    q->ops->flush(q);
}

/* ---- against the kernel ---- */

static uint16_t arp_request(uint8_t *d, void *port)
{
    return put_arp(d, ((struct wire_port *)port)->mac, NEAR_IP, FAR_IP);
}

START_TEST(the_kernel_answers_our_arp)
{
    struct bench b = open_bench(idle_peer, true, config("wb0", NEAR_IP));
    struct frame f;
    ck_assert_str_eq(b.near.port->caps.driver, "veth");
    ck_assert(b.near.port->caps.native);
    ck_assert(!b.near.port->caps.zero_copy);
    ck_assert_uint_eq(b.near.port->caps.mtu, 1500);
    send_one(b.q, arp_request, b.near.port);
    ck_assert_uint_ge(receive(b.q, &f), 42);
    ck_assert_int_eq(memcmp(f.data, b.near.port->mac, 6), 0);
    ck_assert_int_eq(memcmp(f.data + 20, "\0\2", 2), 0);
    ck_assert_uint_eq(get32(f.data + 28), FAR_IP);
    b.q->ops->rx_free(b.q, &f, 1);
    close_bench(&b);
}
END_TEST

START_TEST(generic_mode_works_and_is_told)
{
    struct wire_config cfg = config("wb0", NEAR_IP);
    cfg.force_generic = true;
    struct bench b = open_bench(idle_peer, true, cfg);
    struct frame f;
    ck_assert(!b.near.port->caps.native);
    ck_assert_ptr_nonnull(strstr(b.near.port->caps.detail, "generic"));
    send_one(b.q, arp_request, b.near.port);
    ck_assert_uint_ge(receive(b.q, &f), 42);
    b.q->ops->rx_free(b.q, &f, 1);
    close_bench(&b);
}
END_TEST

/* ---- against another port ---- */

static void serve(struct wire_queue *q, uint32_t n, struct frame *f)
{
    for (uint32_t i = 0; i < n; i++) {
        uint8_t mac[6];
        memcpy(mac, f[i].data, 6);
        memcpy(f[i].data, f[i].data + 6, 6);
        memcpy(f[i].data + 6, mac, 6);
        put32(f[i].data + (f[i].data[12] == 0x81 ? 34 : 30), NEAR_IP);
    }
    for (uint32_t sent = 0; sent < n; q->ops->flush(q))
        sent += q->ops->tx(q, f + sent, n - sent);
}

/* Sends every frame back that the far filter let through. */
static int reflect(void *ctx, int ready_fd)
{
    struct opening o = {.cfg = config(ctx ? ctx : "wb1", FAR_IP)};
    struct wire_queue *q;
    struct frame f[64];
    o.cfg.filter.shared_address = true;
    if (open_port(&o) || o.port->ops->queue_open(o.port, 0, &q, &o.e)) {
        fprintf(stderr, "%s\n", o.e.message);
        return 9;
    }
    if (write(ready_fd, "", 1) != 1)
        return 8;
    for (;;) {
        uint32_t n = q->ops->rx(q, f, 64);
        if (n)
            serve(q, n, f);
        else
            q->ops->wait(q, 10000000);
    }
}

enum { FRAMES = 10000, WINDOW = 32 };

static uint32_t send_some(struct wire_queue *q, uint32_t next, uint32_t n)
{
    struct frame f[WINDOW];
    n = q->ops->tx_alloc(q, f, n);
    for (uint32_t i = 0; i < n; i++)
        f[i].len = put_tcp(f[i].data, FAR_IP, PORT, next + i, false);
    uint32_t sent = q->ops->tx(q, f, n);
    q->ops->tx_free(q, f + sent, n - sent);
    q->ops->flush(q);
    return sent;
}

/* Every frame of the pool is free or in the fill ring, of 2048 and full. */
static void expect_all_frames_back(struct wire_queue *q)
{
    static struct frame all[4096];
    uint32_t n = 0, got;
    while ((got = q->ops->tx_alloc(q, all + n, 64)) > 0)
        n += got;
    ck_assert_uint_eq(n, 4096 - 2048);
    q->ops->tx_free(q, all, n);
}

START_TEST(ten_thousand_frames_go_there_and_back)
{
    struct bench b = open_bench(reflect, false, config("wb0", NEAR_IP));
    uint32_t sent = 0, got = 0, idle = 0;
    while (got < FRAMES && idle < PATIENCE_MS) {
        struct frame f[WINDOW];
        uint32_t want = WINDOW - (sent - got);
        want = want < FRAMES - sent ? want : FRAMES - sent;
        sent += want ? send_some(b.q, sent, want) : 0;
        uint32_t n = b.q->ops->rx(b.q, f, WINDOW);
        for (uint32_t i = 0; i < n; i++)
            ck_assert_uint_eq(get32(f[i].data + 54), got + i);
        b.q->ops->rx_free(b.q, f, n);
        got += n;
        idle = n ? 0 : idle + 1;
        if (!n)
            b.q->ops->wait(b.q, 1000000);
    }
    ck_assert_uint_eq(got, FRAMES);
    struct wire_stats s;
    b.q->ops->stats(b.q, &s);
    ck_assert_uint_eq(s.tx_frames, FRAMES);
    ck_assert_uint_eq(s.rx_frames, FRAMES);
    ck_assert_uint_eq(s.rx_dropped + s.rx_invalid + s.tx_invalid, 0);
    ck_assert_uint_gt(s.kicks, 0);
    expect_all_frames_back(b.q);
    close_bench(&b);
}
END_TEST

/* ---- which frames are ours ---- */

struct probe {
    uint32_t to;
    uint16_t port;
    uint8_t protocol; /* 0: as put_tcp makes it */
    uint16_t fragment;
    bool tagged, arp, quoting;
};

static uint16_t put_probe(uint8_t *d, void *arg)
{
    const struct probe *p = arg;
    if (p->arp)
        return put_arp(d, (const uint8_t *)"\2\2\2\2\2\2", NEAR_IP, p->to);
    uint16_t len = put_tcp(d, p->to, p->port, 0, p->tagged);
    uint8_t *ip = d + (p->tagged ? 18 : 14);
    put16(ip + 6, p->fragment);
    ip[9] = p->protocol ? p->protocol : ip[9];
    if (p->quoting) { /* ICMP unreachable about a segment of ours */
        memset(ip + 20, 0, 80);
        ip[20] = 3;
        ip[28] = 0x45;
        ip[28 + 9] = 6;
        put32(ip + 28 + 12, FAR_IP);
        put16(ip + 48, p->port);
        len = (uint16_t)(len + 80);
    }
    return len;
}

/* Whether the far side, whose filter has a shared address, sends it back before a marker that
 * follows. The reflector writes an address over bytes 30..33 and leaves the rest. */
static bool passes(struct wire_queue *q, const struct probe *p)
{
    static uint32_t marker = 0x10000000;
    struct probe copy = *p;
    struct frame f;
    bool seen = false;
    send_one(q, put_probe, &copy);
    struct frame m;
    ck_assert_uint_eq(q->ops->tx_alloc(q, &m, 1), 1);
    m.len = put_tcp(m.data, FAR_IP, PORT, ++marker, false);
    ck_assert_uint_eq(q->ops->tx(q, &m, 1), 1);
    q->ops->flush(q);
    for (bool done = false; !done; q->ops->rx_free(q, &f, 1)) {
        ck_assert_uint_gt(receive(q, &f), 0);
        done = f.len == 66 && get32(f.data + 54) == marker;
        seen = seen || !done;
    }
    return seen;
}

START_TEST(a_shared_address_gives_us_only_our_ports)
{
    struct wire_config near = config("wb0", NEAR_IP);
    struct bench b = open_bench(reflect, false, near);
    struct wire_queue *q = b.q;
    ck_assert(passes(q, &(struct probe){.to = FAR_IP, .port = PORT}));
    ck_assert(!passes(q, &(struct probe){.to = FAR_IP, .port = PORT, .tagged = true}));
    ck_assert(!passes(q, &(struct probe){.to = FAR_IP, .port = PORT + 1}));
    ck_assert(!passes(q, &(struct probe){.to = FAR_IP, .port = PORT + 1, .tagged = true}));
    ck_assert(!passes(q, &(struct probe){.to = FAR_IP, .port = PORT - 1}));
    ck_assert(!passes(q, &(struct probe){.to = FAR_IP + 1, .port = PORT}));
    ck_assert(!passes(q, &(struct probe){.to = FAR_IP, .port = PORT, .protocol = 17}));
    ck_assert(!passes(q, &(struct probe){.to = FAR_IP, .port = PORT, .fragment = 0x0010}));
    ck_assert(!passes(q, &(struct probe){.to = FAR_IP, .arp = true}));
    ck_assert(!passes(q, &(struct probe){.to = FAR_IP, .port = PORT, .protocol = 1}));
    ck_assert(
        passes(q, &(struct probe){.to = FAR_IP, .port = PORT, .protocol = 1, .quoting = true}));
    ck_assert(!passes(
        q, &(struct probe){.to = FAR_IP, .port = PORT + 1, .protocol = 1, .quoting = true}));
    close_bench(&b);
}
END_TEST

START_TEST(a_queue_may_be_chosen)
{
    char far_device[] = "wb1:1";
    struct bench b = open_bench_to(far_device, reflect, false, config("wb0:1", NEAR_IP));
    ck_assert(passes(b.q, &(struct probe){.to = FAR_IP, .port = PORT}));
    close_bench(&b);
}
END_TEST

/* ---- refusals ---- */

struct squatter {
    void *memory;
    struct xsk_umem *umem;
    struct xsk_socket *socket;
    struct xsk_ring_prod fill, tx;
    struct xsk_ring_cons comp, rx;
};

/* Binds the queue without a program, so that only our socket can find it busy. */
static int squat(void *arg)
{
    struct squatter *s = arg;
    struct xsk_socket_config cfg = {.rx_size = 64,
                                    .tx_size = 64,
                                    .libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD};
    s->memory = aligned_alloc(4096, 64 * 4096);
    int ret = xsk_umem__create(&s->umem, s->memory, 64 * 4096, &s->fill, &s->comp, NULL);
    return ret ? ret : xsk_socket__create(&s->socket, "wb0", 0, s->umem, &s->rx, &s->tx, &cfg);
}

START_TEST(a_queue_with_another_socket_is_refused_as_busy)
{
    struct lab_config cfg = {.queues = 1, .peer = idle_peer};
    struct squatter s = {0};
    struct opening o = {.cfg = config("wb0", NEAR_IP)};
    struct lab *lab;
    struct err e = {0};
    ck_assert_int_eq(lab_open(&cfg, &lab, &e), 0);
    ck_assert_int_eq(lab_call_near(lab, squat, &s), 0);
    ck_assert_int_eq(lab_call_near(lab, open_port, &o), -EBUSY);
    ck_assert_ptr_nonnull(strstr(o.e.message, "another socket"));
    xsk_socket__delete(s.socket);
    xsk_umem__delete(s.umem);
    free(s.memory);
    o = (struct opening){.cfg = config("wb0", NEAR_IP)};
    ck_assert_msg(lab_call_near(lab, open_port, &o) == 0, "%s", o.e.message);
    o.port->ops->port_close(o.port);
    lab_close(lab, 100, NULL);
}
END_TEST

START_TEST(a_second_port_is_refused_as_busy)
{
    struct bench b = open_bench(idle_peer, true, config("wb0", NEAR_IP));
    struct opening second = {.cfg = config("wb0", NEAR_IP)};
    struct wire_queue *q;
    ck_assert_int_eq(lab_call_near(b.lab, open_port, &second), -EBUSY);
    ck_assert_int_eq(second.e.exit_code, EXIT_ENVIRONMENT);
    ck_assert_ptr_nonnull(strstr(second.e.message, "wb0"));
    ck_assert_int_eq(b.near.port->ops->queue_open(b.near.port, 0, &q, &second.e), -EBUSY);
    ck_assert_int_eq(b.near.port->ops->queue_open(b.near.port, 1, &q, &second.e), -EINVAL);
    close_bench(&b);
}
END_TEST

START_TEST(a_port_opens_again_at_once)
{
    struct bench b = open_bench(idle_peer, true, config("wb0", NEAR_IP));
    for (int i = 0; i < 3; i++) {
        struct frame f;
        b.q->ops->queue_close(b.q);
        b.near.port->ops->port_close(b.near.port);
        b.near = (struct opening){.cfg = config("wb0:0", NEAR_IP)};
        ck_assert_msg(lab_call_near(b.lab, open_port, &b.near) == 0, "%s", b.near.e.message);
        ck_assert_int_eq(b.near.port->ops->queue_open(b.near.port, 0, &b.q, &b.near.e), 0);
        send_one(b.q, arp_request, b.near.port);
        ck_assert_uint_ge(receive(b.q, &f), 42);
        b.q->ops->rx_free(b.q, &f, 1);
    }
    close_bench(&b);
}
END_TEST

static void refused(struct bench *b, struct wire_config cfg, int ret, const char *says)
{
    struct opening o = {.cfg = cfg};
    ck_assert_int_eq(lab_call_near(b->lab, open_port, &o), ret);
    ck_assert_msg(strstr(o.e.message, says) != NULL, "'%s' in '%s'", says, o.e.message);
}

static int open_with(struct lab *lab, uint32_t queues, struct opening *o)
{
    *o = (struct opening){.cfg = config("wb0", NEAR_IP)};
    o->cfg.queues = queues;
    return lab_call_near(lab, open_port, o);
}

START_TEST(every_queue_of_the_interface_has_a_worker)
{
    struct lab_config cfg = {.queues = 2, .peer = idle_peer};
    struct lab *lab;
    struct opening o;
    struct err e = {0};
    ck_assert_int_eq(lab_open(&cfg, &lab, &e), 0);
    ck_assert_int_eq(open_with(lab, 1, &o), -EINVAL);
    ck_assert_int_eq(o.e.exit_code, EXIT_USAGE);
    ck_assert_msg(strstr(o.e.message, "workers = 1: found 2 queues") != NULL, "%s", o.e.message);
    ck_assert_int_eq(open_with(lab, 3, &o), -EINVAL);
    ck_assert_msg(strstr(o.e.message, "expected at most") != NULL, "%s", o.e.message);
    ck_assert_msg(open_with(lab, 2, &o) == 0, "%s", o.e.message);
    ck_assert_uint_eq(o.port->caps.queues, 2);
    o.port->ops->port_close(o.port);
    lab_close(lab, 100, NULL);
}
END_TEST

START_TEST(refuses_what_cannot_be)
{
    struct bench b = open_bench(idle_peer, true, config("wb0", NEAR_IP));
    struct wire_config cfg = config("wb0", NEAR_IP);
    refused(&b, config("nosuch0", NEAR_IP), -ENODEV, "nosuch0");
    refused(&b, config("wb0:x", NEAR_IP), -EINVAL, "IFACE:QUEUE");
    refused(&b, config("", NEAR_IP), -EINVAL, "IFACE");
    refused(&b, config("wb0:", NEAR_IP), -EINVAL, "IFACE:QUEUE");
    refused(&b, config("an_interface_of_16", NEAR_IP), -EINVAL, "IFACE");
    refused(&b, config("wb0:9", NEAR_IP), -EINVAL, "queue 9");
    cfg.ring_size = 100;
    refused(&b, cfg, -EINVAL, "power of two");
    cfg.ring_size = 64;
    cfg.frames = 64;
    refused(&b, cfg, -EINVAL, "pool");
    close_bench(&b);
}
END_TEST

/* ---- facts ---- */

struct asking {
    const char *iface;
    struct xdp_facts facts;
    struct err e;
};

static int ask_facts(void *arg)
{
    struct asking *a = arg;
    return xdp_facts(a->iface, &a->facts, &a->e);
}

START_TEST(facts_are_told_and_leave_nothing_attached)
{
    struct lab_config cfg = {.queues = 2, .mtu = 1400, .peer = idle_peer};
    struct lab *lab;
    struct err e = {0};
    ck_assert_int_eq(lab_open(&cfg, &lab, &e), 0);
    for (int i = 0; i < 2; i++) { /* a program left behind would make the second one busy */
        struct asking a = {.iface = "wb0"};
        ck_assert_msg(lab_call_near(lab, ask_facts, &a) == 0, "%s", a.e.message);
        ck_assert_str_eq(a.facts.driver, "veth");
        ck_assert_msg(a.facts.native, "%s", a.facts.remedy);
        ck_assert(!a.facts.zero_copy);
        ck_assert_uint_eq(a.facts.queues, 2);
        ck_assert_uint_eq(a.facts.mtu, 1400);
        ck_assert(a.facts.tx_csum_on && a.facts.tso_on && a.facts.gso_on);
    }
    struct asking none = {.iface = "nosuch0"};
    ck_assert_int_eq(lab_call_near(lab, ask_facts, &none), -ENODEV);
    ck_assert_ptr_nonnull(strstr(none.e.message, "nosuch0"));
    lab_close(lab, 100, NULL);
}
END_TEST

/* What a dry run asks. */
static int ask_attached(void *program)
{
    uint32_t ifindex = if_nametoindex("wb0");
    return ifindex ? xdp_attached(ifindex, program) : -errno;
}

START_TEST(an_attached_program_is_seen_without_attaching)
{
    uint32_t program = 77;
    struct lab_config cfg = {.queues = 1, .mtu = 1500, .peer = idle_peer};
    struct lab *lab;
    struct err e = {0};
    ck_assert_int_eq(lab_open(&cfg, &lab, &e), 0);
    ck_assert_int_eq(lab_call_near(lab, ask_attached, &program), 0);
    ck_assert_uint_eq(program, 0);
    lab_close(lab, 100, NULL);
    struct bench b = open_bench(idle_peer, true, config("wb0", NEAR_IP));
    ck_assert_int_eq(lab_call_near(b.lab, ask_attached, &program), 0);
    ck_assert_uint_ne(program, 0);
    close_bench(&b);
}
END_TEST

START_TEST(facts_of_a_held_interface_name_the_holder)
{
    struct bench b = open_bench(idle_peer, true, config("wb0", NEAR_IP));
    struct asking a = {.iface = "wb0"};
    ck_assert_int_eq(lab_call_near(b.lab, ask_facts, &a), 0);
    ck_assert(a.facts.native);
    ck_assert_ptr_nonnull(strstr(a.facts.remedy, "holds"));
    close_bench(&b);
}
END_TEST

CHECK_MAIN("wire/xdp", the_kernel_answers_our_arp, generic_mode_works_and_is_told,
           ten_thousand_frames_go_there_and_back, a_shared_address_gives_us_only_our_ports,
           a_queue_may_be_chosen, a_queue_with_another_socket_is_refused_as_busy,
           a_second_port_is_refused_as_busy, a_port_opens_again_at_once,
           every_queue_of_the_interface_has_a_worker, refuses_what_cannot_be,
           facts_are_told_and_leave_nothing_attached,
           an_attached_program_is_seen_without_attaching, facts_of_a_held_interface_name_the_holder)
