/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The yardstick of a wire: two queues that swap MAC addresses and send every frame back, a core a
 * side, with nothing above the wire. What they turn round is the most that any engine can.
 */
#ifndef RUN_REFLECT_H
#define RUN_REFLECT_H

#include <stdint.h>

struct err;
struct turn;
struct wire_queue;

#define REFLECT_BATCH_MAX 512

struct reflector {
    struct wire_queue *q;
    uint32_t batch; /* frames a call, 1 to REFLECT_BATCH_MAX */
    const struct turn *turn; /* NULL: every frame comes back as it is */
};

/* One round of who reflects: what arrived goes back in the frames that it came in, or as the turn
 * says. How many arrived. */
uint32_t reflect_round(const struct reflector *r);
/* The addresses of a frame change places. */
void reflect_swap(uint8_t *frame);
/* The headers of a frame that all sides take, `len` bytes long. */
void reflect_frame(uint8_t *frame, uint32_t len);

struct reflect_config {
    uint32_t frame_len;    /* bytes without FCS, 60 to 1514; with `turn`: any */
    uint32_t in_flight;    /* frames that go to and fro, or turns */
    const struct turn *turn; /* what they do (run/turns.h); NULL: to and fro */
    uint32_t batch;        /* frames a call, at most; 0: the wire's default */
    int near_cpu, far_cpu; /* -1: wherever the scheduler likes */
    uint64_t warmup_ns, measure_ns;
};

struct reflect_result {
    uint64_t round_trips, took_ns; /* while measuring; turns, where there are */
    double round_trips_per_s;
    char detail[192]; /* the near wire's mode, for people */
};

/* Sends the first frames, then warms up and measures on the calling thread while something
 * reflects at the other end. 0, -ENOBUFS (more frames than the pool holds) or -EIO (frames were
 * lost, or none came back within 2 s). `wire` is for messages. */
int reflect_measure(const struct reflector *near, const char *wire,
                    const struct reflect_config *cfg, struct reflect_result *out, struct err *e);

/* Over AF_XDP on both ends of a lab made for it. Call before any other thread exists. 0 or -errno:
 * as lab_open, xdp_port_open and reflect_measure. */
int reflect_lab(const struct reflect_config *cfg, struct reflect_result *out, struct err *e);
/* Over the pair wire, on the calling thread and one of its own. */
int reflect_pair(const struct reflect_config *cfg, struct reflect_result *out, struct err *e);

/* Binds the calling thread to a CPU; -1 leaves it alone. 0 or -errno, told in `e`. */
int reflect_pin(int cpu, struct err *e);

#endif
