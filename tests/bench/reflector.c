/* SPDX-License-Identifier: BSD-3-Clause */
#include "reflector.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/units.h"
#include "wire/lab.h"
#include "wire/xdp.h"

enum { NEAR_IP = 0xc6120001, FAR_IP = 0xc6128001, PORT = 9000, NEAR_CORE = 0, FAR_CORE = 1 };
enum { MAX_BATCH = 512, ROUNDS_A_LOOK = 256 };

struct side {
    struct wire_config cfg;
    struct wire_port *port;
    struct wire_queue *q;
    uint32_t batch;
    struct err e;
};

/* Both sides take both addresses: only MACs are swapped. */
static struct side make_side(const char *device, uint32_t batch)
{
    struct side s = {.cfg = {.device = device, .queues = 1, .batch = batch}};
    s.cfg.filter = (struct wire_filter){
        .local = {{ip4_addr(NEAR_IP), 1, 32}, {ip4_addr(FAR_IP), 1, 32}},
        .local_count = 2,
        .port_lo = PORT,
        .port_hi = PORT,
    };
    return s;
}

static int open_side(void *arg)
{
    struct side *s = arg;
    int ret = xdp_port_open(&s->cfg, &s->port, &s->e);
    if (ret)
        return ret;
    s->batch = s->port->caps.burst < MAX_BATCH ? s->port->caps.burst : MAX_BATCH;
    ret = s->port->ops->queue_open(s->port, 0, &s->q, &s->e);
    if (ret)
        s->port->ops->port_close(s->port);
    return ret;
}

static void close_side(struct side *s)
{
    s->q->ops->queue_close(s->q);
    s->port->ops->port_close(s->port);
}

static int pin(int core)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    return -pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

static inline void swap_macs(uint8_t *d)
{
    uint8_t mac[6];
    memcpy(mac, d, 6);
    memcpy(d, d + 6, 6);
    memcpy(d + 6, mac, 6);
}

/* One round: what arrived goes back in the frames that it came in. */
static inline uint32_t reflect(struct side *s)
{
    struct frame f[MAX_BATCH];
    uint32_t n = s->q->ops->rx(s->q, f, s->batch);
    if (!n)
        return 0;
    for (uint32_t i = 0; i < n; i++)
        swap_macs(f[i].data);
    uint32_t sent = s->q->ops->tx(s->q, f, n);
    if (sent < n)
        s->q->ops->rx_free(s->q, f + sent, n - sent);
    s->q->ops->flush(s->q);
    return n;
}

static int run_far(void *ctx, int ready_fd)
{
    struct side *s = ctx;
    int ret = pin(FAR_CORE);
    ret = ret ? ret : open_side(s);
    if (ret) {
        fprintf(stderr, "reflector: %s\n", s->e.exit_code ? s->e.message : strerror(-ret));
        return EXIT_ENVIRONMENT;
    }
    if (write(ready_fd, "", 1) != 1)
        return EXIT_RUN;
    for (;;)
        reflect(s);
}

/* A TCP segment as far as the filter looks. */
static void put_frame(uint8_t *d, uint32_t len)
{
    static const uint8_t head[] = {
        2, 'w', 'b', 0,  0, 2, 2, 'w',  'b',  0, 0, 1,    8,    0,    0x45, 0,    0,    0,    0,
        0, 0,   0,   64, 6, 0, 0, 0xc6, 0x12, 0, 1, 0xc6, 0x12, 0x80, 1,    0x23, 0x28, 0x23, 0x28};
    memset(d, 0, len);
    memcpy(d, head, sizeof head);
    d[16] = (uint8_t)((len - 14) >> 8);
    d[17] = (uint8_t)(len - 14);
}

static int launch(struct side *s, uint32_t frame_len, uint32_t in_flight)
{
    for (uint32_t i = 0; i < in_flight; i++) {
        struct frame f;
        if (s->q->ops->tx_alloc(s->q, &f, 1) != 1)
            return -ENOBUFS;
        put_frame(f.data, frame_len);
        f.len = (uint16_t)frame_len;
        if (s->q->ops->tx(s->q, &f, 1) != 1)
            return -ENOBUFS;
    }
    s->q->ops->flush(s->q);
    return 0;
}

/* Round trips in `ns` or a little more, which goes to *took_ns. */
static uint64_t run_for(struct side *s, uint64_t ns, uint64_t *took_ns)
{
    uint64_t begin = clock_kernel_ns(), trips = 0;
    do {
        for (int i = 0; i < ROUNDS_A_LOOK; i++)
            trips += reflect(s);
        *took_ns = clock_kernel_ns() - begin;
    } while (*took_ns < ns);
    return trips;
}

static uint64_t lost_frames(struct side *s)
{
    struct wire_stats w;
    s->q->ops->stats(s->q, &w);
    return w.rx_dropped + w.rx_invalid + w.tx_invalid;
}

static int measure(struct side *s, double seconds, uint32_t frame_len, uint32_t in_flight,
                   double *per_s)
{
    uint64_t took_ns;
    int ret = launch(s, frame_len, in_flight);
    if (ret)
        return err_set(&s->e, EXIT_USAGE, ret,
                       "reflector: %u frames in flight: the pool is smaller", in_flight);
    run_for(s, NS_PER_S / 5, &took_ns);
    uint64_t trips = run_for(s, (uint64_t)(seconds * (double)NS_PER_S), &took_ns);
    if (!trips || lost_frames(s))
        return err_set(&s->e, EXIT_RUN, -EIO, "reflector: %lu frames lost, %lu round trips",
                       lost_frames(s), trips);
    *per_s = (double)trips * (double)NS_PER_S / (double)took_ns;
    return 0;
}

static int run_near(struct lab *lab, struct side *s, double seconds, uint32_t frame_len,
                    uint32_t in_flight, double *per_s)
{
    cpu_set_t before;
    pthread_getaffinity_np(pthread_self(), sizeof before, &before);
    int ret = lab_call_near(lab, open_side, s);
    if (ret)
        return ret;
    ret = pin(NEAR_CORE);
    if (ret)
        err_set(&s->e, EXIT_ENVIRONMENT, ret, "reflector: core %d: %s", NEAR_CORE, strerror(-ret));
    else
        ret = measure(s, seconds, frame_len, in_flight, per_s);
    pthread_setaffinity_np(pthread_self(), sizeof before, &before);
    close_side(s);
    return ret;
}

int bench_reflector(double seconds, uint32_t frame_len, uint32_t in_flight, uint32_t batch,
                    double *round_trips_per_s, struct err *e)
{
    struct side near = make_side(LAB_NEAR_IFACE, batch), far = make_side(LAB_FAR_IFACE, batch);
    struct lab_config cfg = {.queues = 1, .peer = run_far, .ctx = &far};
    struct lab *lab;
    if (frame_len < 60 || frame_len > 1514)
        return err_set(e, EXIT_USAGE, -EINVAL, "reflector: frame of %u bytes: expected 60 to 1514",
                       frame_len);
    int ret = lab_open(&cfg, &lab, e);
    if (ret)
        return ret;
    ret = run_near(lab, &near, seconds, frame_len, in_flight, round_trips_per_s);
    if (ret)
        err_set(e, (enum exit_code)near.e.exit_code, ret, "%s", near.e.message);
    lab_close(lab, 100, NULL);
    return ret;
}
