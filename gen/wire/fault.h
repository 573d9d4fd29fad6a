/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fault: a wire around a wire that loses, duplicates, reorders, delays, corrupts and truncates
 * frames it receives and sends, from a seed, and counts each under its drop reason. It copies.
 */
#ifndef WIRE_FAULT_H
#define WIRE_FAULT_H

#include "wire/wire.h"

struct fault_rates { /* probabilities in [0, 1], a frame */
    double loss, duplicate, reorder, corrupt, truncate;
    /* Bits flipped in a corrupted IP frame: 0 or 1, anywhere behind the Ethernet header; or 2, 4, 6,
     * 8 to pass checksums: the multi-bit mode flips the same bit position of two 16-bit words of a
     * TCP payload in opposite directions, so that the Internet checksum still holds, and leaves
     * frames without such a payload alone. */
    uint32_t corrupt_bits;
    /* For reordered frames: how long they are held at most (0: 1 ms); three later frames release
     * them earlier, unless all frames are delayed. */
    uint64_t delay_ns;
    uint64_t delay_all_ns, jitter_ns; /* every frame */
};

struct fault_config {
    struct fault_rates rx, tx;
    uint64_t seed;
    uint32_t store; /* frames that may be held at once a queue and direction; 0: 4096 */
};

/* Takes over `inner`: closing the outer port closes it. */
int fault_wrap(struct wire_port *inner, const struct fault_config *cfg, struct wire_port **out,
               struct err *e);
/* Other rates from each queue's next round on, for the port that fault_wrap made. NULL: as they are.
 * From one thread, while the queues run. -ENOMEM. */
int fault_change(struct wire_port *port, const struct fault_rates *rx, const struct fault_rates *tx);
/* 'loss=5%,reorder=5%,reorder_delay=1ms,duplicate=2%,corrupt=1%,corrupt_bits=2,truncate=1%,
 * delay=5ms,jitter=1ms'; delay and jitter are for all frames. 0 or -EINVAL. */
int fault_parse(const char *text, struct fault_rates *out, struct err *e);

#endif
