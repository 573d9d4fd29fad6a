/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames that a device is to cut into segments (TSO), and frames that nobody cut: from net_virtio_user to
 * net_vhost, both in this process. */
#include <rte_ethdev.h>
#include <rte_mempool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "net/pkt.h"
#include "tests/lib/check_main.h"
#include "wire/dpdk.h"
#include "wire/dpdk_port.h"

enum { RING = 256, FRAMES = 1024, BATCH = 32, MSS = 1448, WAIT_MS = 5000 };

struct ends {
    char socket[40];
    struct wire_port *port[2]; /* net_vhost, net_virtio_user */
    struct wire_queue *q[2];
};

static struct wire_port *open_port(const char *device, bool is4)
{
    struct wire_port *port = NULL;
    struct err e = {0};
    struct wire_config cfg = {.device = device, .queues = 1, .mtu = 1500, .ring_size = RING,
                              .frames = FRAMES, .batch = BATCH};
    cfg.filter.local[0].first = is4 ? ip4_addr(0x0a000001) : (struct ip_addr){0x2001000200000000, 1};
    cfg.filter.local_count = 1;
    ck_assert_msg(dpdk_port_open(&cfg, &port, &e) == 0, "%s", e.message);
    ck_assert_msg(port->ops->queue_open(port, 0, &(struct wire_queue *){NULL}, &e) == 0, "%s", e.message);
    return port;
}

static void open_ends(struct ends *s, const char *tso)
{
    char device[100];
    snprintf(s->socket, sizeof s->socket, "/tmp/wb-check-%d", getpid());
    snprintf(device, sizeof device, "net_vhost0,iface=%s%s", s->socket, tso);
    s->port[0] = open_port(device, true);
    snprintf(device, sizeof device, "net_virtio_user0,path=%s", s->socket);
    s->port[1] = open_port(device, true);
    for (int i = 0; i < 2; i++)
        s->q[i] = &((struct dpdk_port *)s->port[i])->queues[0].q;
}

/* Every long mbuf is back. */
static void close_ends(struct ends *s)
{
    struct wire_stats stats;
    for (int i = 1; i >= 0; i--) {
        struct dpdk_queue *d = (struct dpdk_queue *)s->q[i];
        s->q[i]->ops->stats(s->q[i], &stats);
        ck_assert_uint_eq(stats.drops[DROP_WIRE_LONG], 0);
        s->q[i]->ops->queue_close(s->q[i]);
        rte_eth_dev_stop(d->port_id); /* it keeps some of what it has sent */
        ((struct dpdk_port *)s->port[i])->started = false;
        if (i == 0)
            ck_assert_uint_eq(rte_mempool_avail_count(d->long_pool), DPDK_LONG_FRAMES);
        s->port[i]->ops->port_close(s->port[i]);
    }
    unlink(s->socket);
}

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static struct net_template template_of(bool is4, struct net_vlan vlan)
{
    struct net_path path = {.src_mac = {2, 0, 0, 0, 0, 1}, .dst_mac = {2, 0, 0, 0, 0, 2}, .vlan = vlan, .ttl = 64};
    struct net_template t;
    path.src = is4 ? ip4_addr(0x0a000001) : (struct ip_addr){0x2001000200000000, 1};
    path.dst = is4 ? ip4_addr(0x0a000002) : (struct ip_addr){0x2001000200000000, 2};
    net_template_init(&t, &path);
    return t;
}

/* Text of `len` bytes that tells where each of them belongs. */
static void build(struct frame *f, const struct net_template *t, uint32_t len)
{
    struct net_seg seg = {.src_port = 1000, .dst_port = 2000, .seq = 7, .ack = 9, .window = 100,
                          .flags = TCP_ACK | TCP_PSH, .opts = TCP_OPT_TS, .ts_val = 1, .ts_ecr = 2};
    uint8_t *text = f->data + net_tcp_header_len(t, seg.opts);
    for (uint32_t i = 0; i < len; i++)
        text[i] = (uint8_t)(i * 31 + i / 256);
    f->len = (uint16_t)net_tcp_build(t, f->data, &seg, len, 0);
    bool cut = len > MSS;
    net_tcp_open_csum(t, f->data, cut ? 0 : f->len);
    f->flags = cut ? FRAME_TX_CSUM | FRAME_TSO : FRAME_TX_CSUM;
    f->mss = MSS;
    f->l4_off = t->len;
}

static void check(const struct frame *f, uint32_t len)
{
    struct pkt p;
    ck_assert_int_eq(pkt_parse(&p, f->data, f->len, f->flags & FRAME_CSUM_OK), 0);
    ck_assert_uint_eq(p.tcp.payload_len, len);
    for (uint32_t i = 0; i < len; i++)
        ck_assert_uint_eq(p.tcp.payload[i], (uint8_t)(i * 31 + i / 256));
    ck_assert_int_eq(!!(f->flags & FRAME_TSO), len > MSS);
    ck_assert_uint_eq(f->mss, len > MSS ? MSS : 0);
}

static struct frame take_one(struct wire_queue *q)
{
    struct frame f;
    int waited_ms = 0;
    while (!q->ops->rx(q, &f, 1)) {
        ck_assert_int_lt(waited_ms++, WAIT_MS);
        nap();
    }
    return f;
}

static void send_one(struct ends *s, bool is4, struct net_vlan vlan, uint32_t len)
{
    struct net_template t = template_of(is4, vlan);
    struct wire_queue *q = s->q[1];
    struct frame f;
    uint32_t got = len > MSS ? q->ops->tx_alloc_long(q, &f, 1) : q->ops->tx_alloc(q, &f, 1);
    ck_assert_uint_eq(got, 1);
    build(&f, &t, len);
    for (int waited_ms = 0; !q->ops->tx(q, &f, 1); nap()) /* the other side may still be getting ready */
        ck_assert_int_lt(waited_ms++, WAIT_MS);
    f = take_one(s->q[0]);
    check(&f, len);
    s->q[0]->ops->rx_free(s->q[0], &f, 1);
}

START_TEST(a_long_frame_arrives_whole)
{
    struct ends s;
    const struct net_vlan none = {0}, tags[] = {{0}, {100, 0}, {100, 200}};
    open_ends(&s, ",tso=1");
    ck_assert_uint_ge(s.port[1]->caps.tso_bytes, 65000);
    ck_assert_ptr_nonnull(strstr(s.port[1]->caps.detail, "; TSO"));
    for (uint32_t i = 0; i < 3; i++) {
        send_one(&s, true, tags[i], 100);
        send_one(&s, true, tags[i], MSS + 1);
        send_one(&s, false, tags[i], 10 * MSS);
        send_one(&s, true, tags[i], s.port[1]->caps.tso_bytes - 14 - 8 - 60 - 60);
    }
    for (uint32_t i = 0; i < 300; i++) /* all of them in turn, several times */
        send_one(&s, true, none, 2 * MSS + i);
    close_ends(&s);
}
END_TEST

START_TEST(who_cannot_take_them_is_sent_none)
{
    struct ends s;
    open_ends(&s, "");
    ck_assert_uint_eq(s.port[1]->caps.tso_bytes, 0);
    ck_assert_ptr_null(strstr(s.port[1]->caps.detail, "; TSO"));
    close_ends(&s);
}
END_TEST

CHECK_MAIN("wire/dpdk_long", a_long_frame_arrives_whole, who_cannot_take_them_is_sent_none)
