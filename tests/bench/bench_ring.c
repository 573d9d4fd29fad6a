/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The dpdk wire alone, on net_ring, which gives back what it is sent: 512 frames of 64 bytes go round
 * through one loop, ours or dpdk-testpmd's, by bursts of 32, on one core each in a process of its own.
 */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/units.h"
#include "bench/bench.h"
#include "bench/testpmd.h"
#include "wire/wire.h"

#define DEVICE "net_ring0"

enum {
    BURST = 32,
    BURSTS = 16,
    FRAME_LEN = 64,
    LOOP_CPU = 1,
    BETWEEN_LOOKS = 4096, /* bursts that share one look at the clock */
    FIRST = -20,          /* nice: as priority = high */
};

static const uint64_t warmup_ns = NS_PER_S / 5, measure_ns = NS_PER_S;

/* --- our loop ----------------------------------------------------------------------------------- */

static void swap_macs(struct frame *frames, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        uint8_t two[12], *data = frames[i].data;
        memcpy(two, data + 6, 6);
        memcpy(two + 6, data, 6);
        memcpy(data, two, sizeof two);
    }
}

static void send_all(struct wire_queue *q, struct frame *frames, uint32_t n)
{
    uint32_t taken = q->ops->tx(q, frames, n);
    if (taken < n)
        q->ops->tx_free(q, frames + taken, n - taken);
    q->ops->flush(q);
}

static void fill_ring(struct wire_queue *q)
{
    struct frame frames[BURST];
    for (int i = 0; i < BURSTS; i++) {
        uint32_t n = q->ops->tx_alloc(q, frames, BURST);
        for (uint32_t k = 0; k < n; k++) {
            memset(frames[k].data, (int)k, FRAME_LEN);
            frames[k].len = FRAME_LEN;
        }
        send_all(q, frames, n);
    }
}

/* Frames that went through, until the time has come. */
static uint64_t go_round(struct wire_queue *q, bool swaps, uint64_t until_ns)
{
    struct frame frames[BURST];
    uint64_t sum = 0;
    while (clock_kernel_ns() < until_ns) {
        for (int i = 0; i < BETWEEN_LOOKS; i++) {
            uint32_t n = q->ops->rx(q, frames, BURST);
            if (swaps)
                swap_macs(frames, n);
            send_all(q, frames, n);
            sum += n;
        }
    }
    return sum;
}

static double frames_per_s(struct wire_queue *q, bool swaps)
{
    fill_ring(q);
    go_round(q, swaps, clock_kernel_ns() + warmup_ns);
    uint64_t begin_ns = clock_kernel_ns();
    uint64_t sum = go_round(q, swaps, begin_ns + measure_ns);
    return (double)sum * 1e9 / (double)(clock_kernel_ns() - begin_ns);
}

/* -1: told. */
static double our_rate(const struct wire_device *wire, bool swaps)
{
    struct wire_config cfg = {.device = DEVICE, .queues = 1, .mtu = 1500};
    struct wire_port *port;
    struct wire_queue *q;
    struct err e = {0};
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(LOOP_CPU, &cpus);
    sched_setaffinity(0, sizeof cpus, &cpus);
    if (wire->open(&cfg, &port, &e) || port->ops->queue_open(port, 0, &q, &e)) {
        fprintf(stderr, "bench: %s\n", e.message);
        return -1;
    }
    double rate = frames_per_s(q, swaps);
    q->ops->queue_close(q);
    port->ops->port_close(port);
    return rate;
}

/* DPDK's environment can be started once a process. */
static double ours(const struct wire_device *wire, bool swaps)
{
    double rate = -1;
    int out[2];
    if (pipe(out))
        return rate;
    pid_t pid = fork();
    if (pid == 0) {
        rate = our_rate(wire, swaps);
        _exit(write(out[1], &rate, sizeof rate) != sizeof rate);
    }
    close(out[1]);
    if (pid < 0 || read(out[0], &rate, sizeof rate) != sizeof rate)
        rate = -1;
    close(out[0]);
    waitpid(pid, NULL, 0);
    return rate;
}

/* --- beside testpmd ----------------------------------------------------------------------------- */

static int against_testpmd(double *values, bool swaps)
{
    const struct wire_kind *kind = wire_kind_find("dpdk");
    const struct testpmd_config theirs = {
        .device = DEVICE, .forward = swaps ? "macswap" : "io", .bursts = BURSTS, .burst = BURST,
        .cpu = LOOP_CPU, .other_cpu = 0, .warmup_ns = warmup_ns, .measure_ns = measure_ns,
    };
    int n = bench_rounds(11);
    if (!kind->device) {
        fprintf(stderr, "bench: no wire dpdk: %s\n", kind->later);
        return 0;
    }
    for (int i = 0; i < n; i++) {
        double mine = i % 2 ? ours(kind->device, swaps) : 0, pmd = testpmd_run(&theirs);
        if (!(i % 2))
            mine = ours(kind->device, swaps);
        if (mine < 0 || pmd < 0)
            return 0;
        values[i] = mine / pmd;
        fprintf(stderr, "  round %d: %.0f frames/s, testpmd %.0f: %.3f\n", i + 1, mine, pmd, values[i]);
    }
    return n;
}

/* As bare.c: all loops have the priority of runs. */
static int hurried(double *values, bool swaps)
{
    int before = getpriority(PRIO_PROCESS, 0);
    (void)setpriority(PRIO_PROCESS, 0, FIRST); /* without the right: as it is */
    int n = against_testpmd(values, swaps);
    (void)setpriority(PRIO_PROCESS, 0, before);
    return n;
}

static int ring_vs_testpmd(double *values)
{
    return hurried(values, true);
}

static int ring_vs_testpmd_io(double *values)
{
    return hurried(values, false);
}

const struct bench ring_benches[] = {
    {"ring_vs_testpmd", "ratio",
     "frames/s over net_ring, MAC addresses of each swapped, against dpdk-testpmd, alternating rounds",
     ring_vs_testpmd},
    {"ring_vs_testpmd_io", "ratio", "the same with frames that nobody looks into", ring_vs_testpmd_io},
    {0},
};
