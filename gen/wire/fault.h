/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fault: a wire around a wire that loses, duplicates, reorders, delays, corrupts and truncates
 * frames it receives and sends, from a seed, and counts each under its drop reason. It copies.
 *
 * Each direction is a link of its own: a queue, the link of a given speed behind it, then the way,
 * on which a frame is lost, altered, doubled, held up. What happens to the n-th frame on the way
 * depends on the seed and on n; only the queue depends on time.
 */
#ifndef WIRE_FAULT_H
#define WIRE_FAULT_H

#include "wire/wire.h"

#define FAULT_QUEUE_BYTES (256u << 10) /* before a slow link, when a rate comes without a queue */
#define FAULT_BURST_LEN   5            /* frames, when burst_loss comes without burst_len */

struct fault_rates { /* probabilities in [0, 1], a frame */
    double loss, duplicate, reorder, corrupt, truncate;
    /* Losses in bursts (Gilbert 1960; Elliott 1963 with `loss` in the good state): a share
     * `burst_loss` of all frames is lost in runs of `burst_len` frames in the mean. A good state is
     * left at a frame with p = burst_loss / (burst_len (1 - burst_loss)), a bad one, in which all is
     * lost, with r = 1 / burst_len; its share of the time is p / (p + r) = burst_loss. */
    double burst_loss, burst_len;
    /* Bits flipped in a corrupted IP frame: 0 or 1, anywhere behind the Ethernet header; or 2, 4, 6,
     * 8 to pass checksums: the multi-bit mode flips the same bit position of two 16-bit words of a
     * TCP payload in opposite directions, so that the Internet checksum still holds, and leaves
     * frames without such a payload alone. */
    uint32_t corrupt_bits;
    /* For reordered frames: how long they are held at most (0: 1 ms); three later frames release
     * them earlier, unless all frames are held up. */
    uint64_t delay_ns;
    uint64_t delay_all_ns, jitter_ns; /* every frame: the former, and up to the latter more */
    uint64_t rate_bit_per_s;          /* of the link, counting frames without FCS; 0: no limit */
    uint64_t queue_bytes;             /* before it, the frame being sent included; 0: the default */
    uint64_t ecn_mark_bytes; /* a frame that finds more waiting is marked CE (RFC 3168), if it is of
                              * a flow that speaks ECN; 0: never */
};

struct fault_config {
    struct fault_rates rx, tx;
    uint64_t seed;
    uint32_t store; /* frames that may be held at once a queue and direction; 0: 16384 */
};

/* Takes over `inner`: closing the outer port closes it. */
int fault_wrap(struct wire_port *inner, const struct fault_config *cfg, struct wire_port **out,
               struct err *e);
/* Other rates from each queue's next round on, for the port that fault_wrap made. NULL: as they are.
 * From one thread, while the queues run. -ENOMEM. */
int fault_change(struct wire_port *port, const struct fault_rates *rx, const struct fault_rates *tx);
/* 'loss=5%,burst_loss=1%,burst_len=8,reorder=5%,reorder_delay=1ms,duplicate=2%,corrupt=1%,
 * corrupt_bits=2,truncate=1%,delay=5ms±1ms,jitter=1ms,rate=1gbit,queue=64KiB,ecn_mark=16KiB'; delay
 * and jitter are for all frames, ± may be written +-. 0 or -EINVAL. */
int fault_parse(const char *text, struct fault_rates *out, struct err *e);

/* What a queue of the port that fault_wrap made holds back; its thread only. */
struct fault_held {
    uint64_t next_due_ns; /* UINT64_MAX: nothing waits */
    uint64_t waiting;     /* now, both ways */
    uint64_t held;        /* frames so far that did not go on at once, both ways */
    uint64_t released;    /* of them and of the second ones of duplicates, which went on, both ways */
    uint64_t late_max_ns, late_sum_ns; /* of those released: how much later than due */
};
void fault_held(const struct wire_queue *q, struct fault_held *out);

#endif
