/* SPDX-License-Identifier: BSD-3-Clause */
/* The dpdk wire over net_ring, whose device gives back what it is sent, queue by queue. */
#include <errno.h>
#include <pthread.h>
#include <rte_ethdev.h>
#include <rte_mempool.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "tests/lib/check_main.h"
#include "wire/dpdk.h"
#include "wire/dpdk_port.h"

enum { RING = 64, FRAMES = 512, BATCH = 32, NET_RING = 1024 /* the driver's own size of a ring */ };

static struct wire_port *open_ring_of(uint32_t queues, uint32_t frames)
{
    struct wire_port *port = NULL;
    struct err e = {0};
    struct wire_config cfg = {.device = "net_ring0", .queues = queues, .mtu = 1500, .ring_size = RING,
                              .frames = frames, .batch = BATCH, .initiates = true};
    int rc = dpdk_port_open(&cfg, &port, &e);
    ck_assert_msg(rc == 0, "%s", e.message);
    return port;
}

static struct wire_port *open_ring(uint32_t queues)
{
    return open_ring_of(queues, FRAMES);
}

static struct wire_queue *open_queue(struct wire_port *port, uint32_t index)
{
    struct wire_queue *q = NULL;
    struct err e = {0};
    ck_assert_msg(port->ops->queue_open(port, index, &q, &e) == 0, "%s", e.message);
    return q;
}

/* Every mbuf is back: none in a ring, none with us. */
static void close_whole_of(struct wire_port *port, uint32_t frames)
{
    struct dpdk_port *d = (struct dpdk_port *)port;
    for (uint32_t i = 0; i < port->caps.queues; i++) {
        port->ops->queue_close(&d->queues[i].q);
        ck_assert_uint_eq(rte_mempool_avail_count(d->queues[i].pool), frames);
    }
    port->ops->port_close(port);
}

static void close_whole(struct wire_port *port)
{
    close_whole_of(port, FRAMES);
}

static void fill(struct frame *f, uint32_t number)
{
    f->len = (uint16_t)(60 + number % 1400);
    memset(f->data, (int)(number & 0xff), f->len);
    memcpy(f->data, &number, sizeof number);
}

static bool is_whole(const struct frame *f, uint32_t number)
{
    uint32_t said;
    memcpy(&said, f->data, sizeof said);
    return said == number && f->len == 60 + number % 1400 && f->data[4] == (number & 0xff) &&
           f->data[f->len - 1] == (number & 0xff);
}

START_TEST(what_is_sent_comes_back_whole_and_in_order)
{
    struct wire_port *port = open_ring(1);
    struct wire_queue *q = open_queue(port, 0);
    struct wire_stats s;
    struct frame f[BATCH];
    uint64_t bytes = 0;
    for (uint32_t number = 0, back = 0; number < 10000;) {
        ck_assert_uint_eq(q->ops->tx_alloc(q, f, BATCH), BATCH);
        for (uint32_t i = 0; i < BATCH; i++) {
            ck_assert_uint_ge(f[i].len, 1522);
            fill(&f[i], number + i);
            bytes += f[i].len;
        }
        ck_assert_uint_eq(q->ops->tx(q, f, BATCH), BATCH);
        q->ops->flush(q);
        number += BATCH;
        ck_assert_uint_eq(q->ops->rx(q, f, BATCH), BATCH);
        for (uint32_t i = 0; i < BATCH; i++, back++)
            ck_assert_msg(is_whole(&f[i], back), "frame %u of %u bytes", back, f[i].len);
        q->ops->rx_free(q, f, BATCH);
    }
    q->ops->stats(q, &s);
    ck_assert_uint_eq(s.tx_frames, 10016);
    ck_assert_uint_eq(s.rx_frames, 10016);
    ck_assert_uint_eq(s.tx_bytes, bytes);
    ck_assert_uint_eq(s.rx_bytes, bytes);
    close_whole(port);
}
END_TEST

START_TEST(a_full_ring_leaves_the_rest_with_the_caller)
{
    enum { ALL = 2 * NET_RING };
    struct wire_port *port = open_ring_of(1, ALL);
    struct wire_queue *q = open_queue(port, 0);
    static struct frame f[ALL];
    uint32_t lent = 0, sent, got;
    while ((got = q->ops->tx_alloc(q, f + lent, BATCH)) > 0)
        lent += got;
    ck_assert_uint_eq(lent, ALL);
    for (uint32_t i = 0; i < ALL; i++)
        fill(&f[i], i);
    for (sent = 0; (got = q->ops->tx(q, f + sent, ALL - sent)) > 0; sent += got)
        ;
    ck_assert_uint_eq(sent, NET_RING - 1);
    for (uint32_t i = sent; i < ALL; i++)
        ck_assert(is_whole(&f[i], i)); /* still ours */
    q->ops->tx_free(q, f + sent, ALL - sent);
    close_whole_of(port, ALL); /* and what nobody read is dropped */
}
END_TEST

START_TEST(an_empty_pool_lends_what_is_left)
{
    struct wire_port *port = open_ring(1);
    struct wire_queue *q = open_queue(port, 0);
    static struct frame all[FRAMES + 1];
    uint32_t n = 0, got;
    while ((got = q->ops->tx_alloc(q, all + n, 100)) > 0)
        n += got;
    ck_assert_uint_eq(n, FRAMES);
    for (uint32_t i = 0; i < n; i++)
        fill(&all[i], i);
    for (uint32_t i = 0; i < n; i++)
        ck_assert_msg(is_whole(&all[i], i), "frame %u was lent twice", i);
    q->ops->tx_free(q, all, n);
    close_whole(port);
}
END_TEST

START_TEST(a_received_frame_may_be_sent_on)
{
    struct wire_port *port = open_ring(1);
    struct wire_queue *q = open_queue(port, 0);
    struct frame f;
    ck_assert_uint_eq(q->ops->tx_alloc(q, &f, 1), 1);
    fill(&f, 7);
    for (int i = 0; i < 1000; i++) {
        ck_assert_uint_eq(q->ops->tx(q, &f, 1), 1);
        ck_assert_uint_eq(q->ops->rx(q, &f, 1), 1);
    }
    ck_assert(is_whole(&f, 7));
    q->ops->rx_free(q, &f, 1);
    close_whole(port);
}
END_TEST

static void *send_and_take(void *arg)
{
    struct wire_queue *q = open_queue(arg, 1);
    struct frame f[BATCH];
    ck_assert_uint_eq(q->ops->tx_alloc(q, f, BATCH), BATCH);
    for (uint32_t i = 0; i < BATCH; i++)
        fill(&f[i], 1000 + i);
    ck_assert_uint_eq(q->ops->tx(q, f, BATCH), BATCH);
    ck_assert_uint_eq(q->ops->rx(q, f, BATCH), BATCH);
    for (uint32_t i = 0; i < BATCH; i++)
        ck_assert(is_whole(&f[i], 1000 + i));
    q->ops->rx_free(q, f, BATCH);
    q->ops->queue_close(q);
    return NULL;
}

START_TEST(queues_are_apart_and_each_has_its_thread)
{
    struct wire_port *port = open_ring(2);
    struct wire_queue *q = open_queue(port, 0);
    struct err e = {0};
    struct frame f;
    pthread_t thread;
    ck_assert_uint_eq(port->caps.queues, 2);
    ck_assert_int_eq(pthread_create(&thread, NULL, send_and_take, port), 0);
    pthread_join(thread, NULL);
    ck_assert_uint_eq(q->ops->rx(q, &f, 1), 0);
    ck_assert_int_eq(port->ops->queue_open(port, 0, &q, &e), -EBUSY);
    ck_assert_int_eq(port->ops->queue_open(port, 2, &q, &(struct err){0}), -EINVAL);
    close_whole(port);
}
END_TEST

/* EAL stays, the device goes: the next job of a series finds it again. */
START_TEST(a_device_can_be_opened_again)
{
    for (int i = 0; i < 3; i++) {
        struct wire_port *port = open_ring(1);
        struct wire_queue *q = open_queue(port, 0);
        struct frame f;
        ck_assert_uint_eq(q->ops->rx(q, &f, 1), 0);
        close_whole(port);
    }
}
END_TEST

START_TEST(the_caller_keeps_its_processors_and_its_streams)
{
    cpu_set_t before, after;
    FILE *out = stdout, *err = stderr;
    ck_assert_int_eq(sched_getaffinity(0, sizeof before, &before), 0);
    struct wire_port *port = open_ring(1);
    ck_assert_int_eq(sched_getaffinity(0, sizeof after, &after), 0);
    ck_assert(CPU_EQUAL(&before, &after));
    ck_assert(stdout == out && stderr == err);
    ck_assert_uint_eq(port->caps.mtu, 1500);
    ck_assert_str_eq(port->caps.driver, "net_ring");
    ck_assert_ptr_nonnull(strstr(port->caps.detail, "DPDK "));
    port->ops->port_close(port);
}
END_TEST

/* ---- which device ---- */

static struct wire_port *open_named(const char *device, const char *eal, bool initiates)
{
    struct wire_port *port = NULL;
    struct err e = {0};
    struct wire_config cfg = {.device = device, .eal = eal, .queues = 1, .mtu = 1500, .ring_size = RING,
                              .frames = FRAMES, .batch = BATCH, .initiates = initiates};
    ck_assert_msg(dpdk_port_open(&cfg, &port, &e) == 0, "%s", e.message);
    return port;
}

/* Two devices that EAL makes. Their socket is one name for the whole network namespace. */
static struct wire_port *open_one_of_two(const char *device)
{
    char eal[256];
    snprintf(eal, sizeof eal,
             "--no-pci --vdev=net_memif3,mac=02:00:00:00:00:03,role=server,id=3,socket=wb-check-%d"
             " --vdev=net_memif4,mac=02:00:00:00:00:04,role=server,id=4,socket=wb-check-%d",
             getpid(), getpid());
    return open_named(device, eal, false);
}

START_TEST(a_device_by_its_name)
{
    struct wire_port *port = open_one_of_two("net_memif4");
    ck_assert_uint_eq(port->mac[5], 4);
    port->ops->port_close(port);
}
END_TEST

START_TEST(a_device_by_its_mac)
{
    struct wire_port *port = open_one_of_two("02:00:00:00:00:03");
    ck_assert_str_eq(port->caps.driver, "net_memif");
    ck_assert_uint_eq(port->mac[5], 3);
    port->ops->port_close(port);
}
END_TEST

enum { LATE_MS = 200 };

/* A server listens from when it is found, and takes who asks from when it is started. */
static void listen_only(const char *device)
{
    struct dpdk_start eal = {.memory_bytes = 8 << 20};
    struct dpdk_device d;
    struct err e = {0};
    uint16_t port_id;
    ck_assert_msg(!dpdk_device_parse(device, &d, &e) && !dpdk_eal_start(&eal, &e) &&
                  !dpdk_device_find(&d, &port_id, &e), "%s", e.message);
}

static _Noreturn void be_late(const char *device, bool listens)
{
    if (listens)
        listen_only(device);
    nanosleep(&(struct timespec){.tv_nsec = LATE_MS * 1000000L}, NULL);
    open_named(device, NULL, false);
    pause();
    _exit(0);
}

/* Who opens connections waits until somebody is at the other end; before there is no link. */
static void await_server(bool listens)
{
    char device[64];
    snprintf(device, sizeof device, "net_memif0,role=server,socket=wb-check-%d", getpid());
    pid_t pid = fork();
    if (pid == 0)
        be_late(device, listens);
    memcpy(strstr(device, "server"), "client", strlen("client"));
    struct wire_port *port = open_named(device, NULL, true);
    struct rte_eth_link link;
    ck_assert_int_eq(rte_eth_link_get_nowait(((struct dpdk_port *)port)->id, &link), 0);
    ck_assert_uint_eq(link.link_status, RTE_ETH_LINK_UP);
    port->ops->port_close(port);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

START_TEST(a_link_is_waited_for)
{
    await_server(false);
}
END_TEST

/* Refused for good by a server that was not started yet: the driver does not ask again by itself. */
START_TEST(a_link_that_was_refused_is_asked_for_again)
{
    await_server(true);
}
END_TEST

START_TEST(more_queues_than_it_has)
{
    struct wire_port *port;
    struct err e = {0};
    struct wire_config cfg = {.device = "net_ring0", .queues = 200, .mtu = 1500, .frames = FRAMES,
                              .ring_size = RING, .batch = BATCH};
    ck_assert_int_lt(dpdk_port_open(&cfg, &port, &e), 0);
    ck_assert_int_eq(e.exit_code, EXIT_USAGE);
    ck_assert_msg(strstr(e.message, "workers = 200: each has a queue, and net_ring has 16 here"), "%s", e.message);
}
END_TEST

/* net_null does as a NIC does, but for the dealing: it has a key and a table. */
START_TEST(how_a_device_deals_flows)
{
    struct wire_port *port = NULL;
    struct err e = {0};
    struct wire_config cfg = {.device = "net_null0", .queues = 2, .mtu = 1500, .ring_size = RING,
                              .frames = FRAMES, .batch = BATCH,
                              .filter = {.local = {{ip4_addr(0x0a000001), 1, 32}}, .local_count = 1}};
    ck_assert_msg(dpdk_port_open(&cfg, &port, &e) == 0, "%s", e.message);
    ck_assert_ptr_nonnull(port->caps.rss);
    ck_assert_uint_eq(port->caps.rss->size, 128);
    ck_assert_ptr_nonnull(strstr(port->caps.detail, "by a hash that is known"));
    port->ops->port_close(port);
}
END_TEST

/* ---- when a frame arrived ---- */

#define RECORDED_US 1700000000123456ull

/* A recording of one frame, in the classic form with microseconds. */
static void record(const char *path)
{
    uint8_t frame[64] = {0};
    uint32_t head[6] = {0xa1b2c3d4, 4u << 16 | 2, 0, 0, 65535, 1};
    uint32_t entry[4] = {RECORDED_US / 1000000, RECORDED_US % 1000000, sizeof frame, sizeof frame};
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    fwrite(head, sizeof head, 1, f);
    fwrite(entry, sizeof entry, 1, f);
    fwrite(frame, sizeof frame, 1, f);
    ck_assert_int_eq(fclose(f), 0);
}

START_TEST(arrivals_are_stamped_where_the_driver_does)
{
    char path[] = "/tmp/wb-check-XXXXXX", device[80];
    struct frame f;
    ck_assert_int_eq(close(mkstemp(path)), 0);
    record(path);
    snprintf(device, sizeof device, "net_pcap0,rx_pcap=%s", path);
    struct wire_port *port = open_named(device, NULL, false);
    struct wire_queue *q = open_queue(port, 0);
    ck_assert_int_eq(port->caps.rx_stamps, WIRE_STAMPS_DEVICE);
    ck_assert_ptr_nonnull(strstr(port->caps.detail, "stamped by the driver"));
    ck_assert_uint_eq(q->ops->rx(q, &f, 1), 1);
    ck_assert_uint_eq(f.stamp_ns, RECORDED_US * 1000);
    q->ops->rx_free(q, &f, 1);
    close_whole(port);
    unlink(path);
}
END_TEST

START_TEST(no_stamps_elsewhere)
{
    struct wire_port *port = open_ring(1);
    struct wire_queue *q = open_queue(port, 0);
    struct frame f;
    ck_assert_int_eq(port->caps.rx_stamps, WIRE_STAMPS_NONE);
    ck_assert_uint_eq(q->ops->tx_alloc(q, &f, 1), 1);
    fill(&f, 7);
    ck_assert_uint_eq(q->ops->tx(q, &f, 1), 1);
    ck_assert_uint_eq(q->ops->rx(q, &f, 1), 1);
    ck_assert_uint_eq(f.stamp_ns, 0);
    q->ops->rx_free(q, &f, 1);
    close_whole(port);
}
END_TEST

static void refused(const char *device, const char *eal, uint16_t mtu, int code, const char *text)
{
    struct wire_port *port;
    struct err e = {0};
    struct wire_config cfg = {.device = device, .eal = eal, .queues = 1, .mtu = mtu};
    ck_assert_int_lt(dpdk_port_open(&cfg, &port, &e), 0);
    ck_assert_msg(e.exit_code == code, "%d: %s", e.exit_code, e.message);
    ck_assert_msg(strstr(e.message, text), "no '%s' in: %s", text, e.message);
}

START_TEST(what_cannot_be_is_refused_by_name)
{
    refused("", NULL, 1500, EXIT_USAGE, "expected a virtual device");
    refused("net_nosuch0", NULL, 1500, EXIT_ENVIRONMENT, "dpdk:net_nosuch0: cannot be opened");
    refused("net_memif0,role=king", NULL, 1500, EXIT_ENVIRONMENT, "role");
    refused("net_af_xdp0,iface=wb-none", NULL, 1500, EXIT_ENVIRONMENT, "wb-none");
}
END_TEST

START_TEST(arguments_that_eal_does_not_know)
{
    refused("net_ring0", "--no-such-option", 1500, EXIT_ENVIRONMENT, "--no-such-option");
}
END_TEST

START_TEST(a_pci_device_that_is_not_there)
{
    refused("1f:1f.7", NULL, 1500, EXIT_ENVIRONMENT, "dpdk:0000:1f:1f.7: no such PCI device");
}
END_TEST

START_TEST(what_devargs_mean)
{
    struct dpdk_device d;
    struct err e = {0};
    ck_assert_int_eq(dpdk_device_parse("net_memif0,role=client,id=3", &d, &e), 0);
    ck_assert(d.pci == DPDK_PCI_NONE && !d.by_mac);
    ck_assert_str_eq(d.name, "net_memif0");
    ck_assert_str_eq(d.args, "net_memif0,role=client,id=3");
    ck_assert_int_eq(dpdk_device_parse("3:00.1,key=value", &d, &e), 0);
    ck_assert(d.pci == DPDK_PCI_ONE);
    ck_assert_str_eq(d.name, "0000:03:00.1");
    ck_assert_str_eq(d.args, "0000:03:00.1,key=value");
    ck_assert_int_eq(dpdk_device_parse("0001:a3:1f.7", &d, &e), 0);
    ck_assert_str_eq(d.args, "0001:a3:1f.7");
    ck_assert_int_eq(dpdk_device_parse("02:00:00:0a:0b:ff", &d, &e), 0);
    ck_assert(d.pci == DPDK_PCI_ALL && d.by_mac && d.mac[5] == 0xff && d.mac[0] == 2);
    ck_assert_int_eq(dpdk_device_parse("lo", &d, &e), 0);
    ck_assert(d.pci == DPDK_PCI_NONE); /* an interface without a PCI device is a mere name */
}
END_TEST

CHECK_MAIN("wire/dpdk", what_is_sent_comes_back_whole_and_in_order,
           a_full_ring_leaves_the_rest_with_the_caller, an_empty_pool_lends_what_is_left,
           a_received_frame_may_be_sent_on, queues_are_apart_and_each_has_its_thread,
           a_device_can_be_opened_again, the_caller_keeps_its_processors_and_its_streams,
           a_device_by_its_name, a_device_by_its_mac, a_link_is_waited_for,
           a_link_that_was_refused_is_asked_for_again, more_queues_than_it_has,
           how_a_device_deals_flows, arrivals_are_stamped_where_the_driver_does, no_stamps_elsewhere,
           what_cannot_be_is_refused_by_name, arguments_that_eal_does_not_know,
           a_pci_device_that_is_not_there, what_devargs_mean)
