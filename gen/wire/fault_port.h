/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the fault wire: what the port (fault_port.c) makes and the queues (fault.c) run on. */
#ifndef WIRE_FAULT_PORT_H
#define WIRE_FAULT_PORT_H

#include <stdatomic.h>

#include "wire/fault.h"
#include "wire/fault_link.h"
#include "wire/fault_store.h"
#include "wire/fault_verdict.h"

/* One direction of a queue. */
struct fault_way {
    const struct fault_rates *rates;
    struct rng rng;
    bool in_burst;
    struct fault_link link;
    struct store store;
    uint64_t held;       /* frames that waited */
    uint64_t released;   /* that went on then, second ones of duplicates included; of them: */
    uint64_t late_max_ns, late_sum_ns;
    uint64_t passed;     /* frames that went on, for those that wait to be overtaken */
    struct verdict kept; /* on a frame that the inner wire refused */
    bool has_kept;
};

struct fault_queue {
    struct wire_queue q;
    struct fault_way rx, tx;
    uint64_t now_ns;
    uint64_t drops[DROP_COUNT];
};

/* Rates as they were given, the newest first: queues may still read an older one. */
struct fault_rates_list {
    struct fault_rates rx, tx;
    struct fault_rates_list *older;
};

struct fault_port {
    struct wire_port p;
    struct wire_port *inner;
    struct fault_config cfg;
    _Atomic(struct fault_rates_list *) rates;
};

extern const struct wire_ops fault_ops;

int fault_queue_open(struct wire_port *port, uint32_t index, struct wire_queue **out,
                     struct err *e);
void fault_queue_close(struct wire_queue *q);
void fault_port_close(struct wire_port *port);

#endif
