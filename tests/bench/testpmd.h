/* SPDX-License-Identifier: BSD-3-Clause */
/* DPDK's own dpdk-testpmd on a device that gives back what it is sent, as a yardstick of the dpdk wire. */
#ifndef BENCH_TESTPMD_H
#define BENCH_TESTPMD_H

#include <stdint.h>

struct testpmd_config {
    const char *device;  /* "net_ring0" */
    const char *forward; /* what it does to frames: "io", "macswap" */
    uint32_t bursts, burst; /* of 64 bytes each, that go round */
    int cpu, other_cpu;  /* of its loop; of its prompt */
    uint64_t warmup_ns, measure_ns;
};

/* Frames a second that it received; below 0: none, and why went to stderr. */
double testpmd_run(const struct testpmd_config *cfg);

#endif
