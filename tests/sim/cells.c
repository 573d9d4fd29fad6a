/* SPDX-License-Identifier: BSD-3-Clause */
#include "cells.h"

#include <stdio.h>

#include "base/units.h"
#include "peers.h"

#define COUNT(a)  (sizeof(a) / sizeof *(a))
#define LINK      "rate=100mbit,queue=256KiB" /* tail drop; two round trips of 10 ms */
#define MSS_BYTES 1448                        /* with timestamps */

static const double losses[] = {0, 0.001, 0.01, 0.05, 0.10}, reorders[] = {0, 0.05};
static const uint64_t rtts_us[] = {100, 1000, 20000, 100000};
static const uint32_t buffers[] = {64u << 10, 1u << 20, 16u << 20};

const struct cell_control cell_controls[] = {{"reno", CONGESTION_NEWRENO}, {"cubic", CONGESTION_CUBIC}, {NULL, 0}};

uint32_t cell_count(void)
{
    return COUNT(losses) * COUNT(rtts_us) * COUNT(reorders) * COUNT(buffers);
}

/* Loss varies fastest, so that a block of rows is a curve. */
struct cell cell_at(uint32_t index)
{
    struct cell c = {.loss = losses[index % COUNT(losses)]};
    index /= COUNT(losses);
    c.rtt_us = rtts_us[index % COUNT(rtts_us)];
    index /= COUNT(rtts_us);
    c.reorder = reorders[index % COUNT(reorders)];
    c.buffer = buffers[index / COUNT(reorders)];
    return c;
}

/* A reordered frame comes a quarter of a round trip later, and past several others. */
const char *cell_fault(const struct cell *c, char *buf, size_t size)
{
    uint64_t late_us = c->rtt_us / 4 > 500 ? c->rtt_us / 4 : 500;
    snprintf(buf, size, "%s,delay=%luus,loss=%g%%,reorder=%g%%,reorder_delay=%luus", LINK,
             c->rtt_us / 2, c->loss * 100, c->reorder * 100, late_us);
    return buf;
}

uint64_t cell_duration_ns(const struct cell *c)
{
    return (c->rtt_us >= 100000 ? 10 : c->rtt_us >= 20000 ? 5 : 2) * NS_PER_S;
}

struct cell_figures cell_run(const struct cell *c, const struct cell_control *control, uint64_t seed)
{
    char fault[160];
    struct peers_config cfg = {
        .fault = cell_fault(c, fault, sizeof fault), .bulk = true, .ip6 = c->ip6,
        .link = {.seed = seed}, .conns = 1, .messages = 1, .message_max = 1,
        .timestamps = true, .sack = true, .rack = true, .congestion = (uint8_t)control->value,
        .window_scale = 9, .window = c->buffer, .ooo_pieces = c->buffer / MSS_BYTES + 64,
        .side_blocks = 8192, .start_ns = 1000 * NS_PER_MS, .seed = seed,
    };
    struct peers *p = peers_open(&cfg);
    uint64_t ns = cell_duration_ns(c), bytes = peers_bulk(p, ns);
    struct cell_figures f = {
        .goodput_mbit_per_s = (double)bytes * 8e3 / (double)ns,
        .sent = (double)p->ends[0].count[COUNTER_SEGMENTS_TX],
        .resent = (double)p->ends[0].count[COUNTER_RETRANSMITS],
        .spurious = (double)p->ends[1].drops[DROP_TCP_DUPLICATE],
    };
    peers_close(p);
    return f;
}
