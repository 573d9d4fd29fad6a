/* SPDX-License-Identifier: BSD-3-Clause */
/* Operations of a wire around another one, for those that it leaves to the inner queue as they are. */
#ifndef WIRE_OVER_H
#define WIRE_OVER_H

#include "wire/wire.h"

void over_rx_free(struct wire_queue *q, struct frame *frames, uint32_t n);
uint32_t over_tx_alloc(struct wire_queue *q, struct frame *frames, uint32_t n);
uint32_t over_tx_alloc_long(struct wire_queue *q, struct frame *frames, uint32_t n);
void over_tx_free(struct wire_queue *q, struct frame *frames, uint32_t n);
uint32_t over_tx(struct wire_queue *q, struct frame *frames, uint32_t n);
void over_flush(struct wire_queue *q);
uint32_t over_reap(struct wire_queue *q, struct wire_stamp *stamps, uint32_t max);
void over_wait(struct wire_queue *q, uint64_t timeout_ns);
int over_fd(const struct wire_queue *q);
void over_stats(struct wire_queue *q, struct wire_stats *out);
void over_tick(struct wire_queue *q, uint64_t now_ns);

#endif
