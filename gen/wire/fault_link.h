/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A link of a given speed with a queue before it, as arithmetic on time: no frame is kept here. A
 * frame enters at now and has left after those before it and its own bits.
 */
#ifndef WIRE_FAULT_LINK_H
#define WIRE_FAULT_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/fault.h"

struct fault_link {
    uint64_t free_ns;  /* when all that entered has left */
    uint64_t rest;     /* of a nanosecond, in 1 / rate */
};

/* Bytes that have entered and not left. */
uint64_t link_backlog_bytes(const struct fault_link *l, uint64_t rate_bit_per_s, uint64_t now_ns);
/* When the frame's last bit has left; false: the queue is full, nothing changed (tail drop). An
 * empty queue takes any frame. `now_ns` only grows. */
bool link_enter(struct fault_link *l, const struct fault_rates *rates, uint32_t len_bytes,
                uint64_t now_ns, uint64_t *left_ns);

#endif
