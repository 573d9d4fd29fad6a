/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How a NIC deals flows to its queues: receive side scaling by the Toeplitz hash over addresses and
 * ports ("Scalable Networking: Eliminating the Receive Processing Bottleneck", Microsoft 2004), whose
 * low bits are a place in a table of queues.
 *
 * The hash is linear: that of an input is the sum (exclusive or) of those of its bytes, which are
 * worked out once for each key.
 */
#ifndef WIRE_RSS_H
#define WIRE_RSS_H

#include <stdint.h>

#include "base/addr.h"

#define RSS_INPUT_MAX 36  /* bytes: two IPv6 addresses and two ports */
#define RSS_KEY_LEAST 40  /* ... and the width of the hash, in bytes */
#define RSS_TABLE_MAX 512 /* a power of two */

struct rss {
    uint32_t byte_hash[RSS_INPUT_MAX][256];
    uint16_t queues[RSS_TABLE_MAX];
    uint32_t size;        /* of the table, a power of two */
};

/* A segment as it arrives. */
struct rss_flow {
    struct ip_addr from, to;
    uint16_t from_port, to_port;
};

/* `key`: RSS_KEY_LEAST bytes at least, of which the first ones count. The table is the caller's to fill. */
void rss_init(struct rss *r, const uint8_t *key);
uint32_t rss_hash(const struct rss *r, const struct rss_flow *flow);

static inline uint16_t rss_queue(const struct rss *r, const struct rss_flow *flow)
{
    return r->queues[rss_hash(r, flow) & (r->size - 1)];
}

#endif
