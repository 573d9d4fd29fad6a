/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the pair wire: what pair_open (pair_port.c) makes and the queues (pair.c) run on. */
#ifndef WIRE_PAIR_PORT_H
#define WIRE_PAIR_PORT_H

#include "base/ring.h"
#include "wire/area.h"
#include "wire/pair.h"

/* From one side to the other. */
struct pair_way {
    struct ring full, empty;
    uint64_t *full_slot; /* index << 16 | len */
    uint32_t *empty_slot;
};

struct pair_queue {
    struct wire_queue q;
    struct pair_way *out, *in;
    uint8_t *frames;
    uint32_t stride;
    uint16_t capacity;
    uint32_t pending; /* slots written and not published */
    struct lifo free;
    uint32_t share, high_water; /* above the mark, what exceeds the share goes to the other side */
    bool open;
    struct wire_stats stats;
};

struct pair {
    _Atomic uint32_t ports;
    uint32_t queues;
    uint8_t **areas; /* by queue: the frames of both sides */
    size_t area_bytes;
    struct pair_way *ways;
};

struct pair_port {
    struct wire_port p;
    struct pair *pair;
    struct pair_queue *queues;
};

extern const struct wire_ops pair_ops;

void pair_port_close(struct wire_port *port);

#endif
