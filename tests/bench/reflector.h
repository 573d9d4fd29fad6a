/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The yardstick of the lab: two bare AF_XDP ports that swap MAC addresses and send every frame
 * back, a core a side, with nothing above the wire.
 */
#ifndef TESTS_BENCH_REFLECTOR_H
#define TESTS_BENCH_REFLECTOR_H

#include <stdint.h>

struct err;

/* Round trips a second of `in_flight` frames of `frame_len` bytes (60 to 1514), at most `batch` a
 * call (0: the wire's default), near on core 0 and far on core 1, after 0.2 s of warming up. Call
 * before any other thread exists. 0 or -errno: as lab_open and xdp_port_open; -EIO: frames were
 * lost on the way. */
int bench_reflector(double seconds, uint32_t frame_len, uint32_t in_flight, uint32_t batch,
                    double *round_trips_per_s, struct err *e);

#endif
