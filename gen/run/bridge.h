/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames from one wire to another and back, all of them, on one thread. A frame is copied, its
 * checksum finished where its sender left that to a device, and sent; what happens to it on the way
 * is the fault wire's, which stands around the wire that it is sent on. No more is taken in than can
 * be sent: what a full ring loses is lost where it arrives, and counted by the kernel.
 */
#ifndef RUN_BRIDGE_H
#define RUN_BRIDGE_H

#include <signal.h>

#include "base/clock.h"
#include "wire/wire.h"

enum { BRIDGE_BATCH = 64 };

struct bridge_way {
    struct wire_queue *from, *to;
    struct frame waiting[BRIDGE_BATCH]; /* filled, and not taken by `to` yet */
    uint32_t waiting_count;
    uint64_t frames, bytes; /* taken in */
    uint64_t completed;     /* checksums finished */
    uint64_t too_long;      /* and so not passed on */
};

struct bridge {
    struct bridge_way ways[2];
    const struct clock *clock;
    uint64_t end_ns;     /* UINT64_MAX: no end */
    uint64_t count;      /* frames of both ways after which it ends; 0: no end */
    const volatile sig_atomic_t *signal;
};

/* Until one of the ends, or the signal. What is still held back then stays so. */
void bridge_run(struct bridge *b);

#endif
