/* SPDX-License-Identifier: BSD-3-Clause */
/* One direction of a queue (struct fault_way): judging its frames, and holding them back. */
#ifndef WIRE_FAULT_WAY_H
#define WIRE_FAULT_WAY_H

#include "wire/fault_port.h"

struct verdict way_judge(const struct fault_queue *fq, struct fault_way *w, struct frame *f);
/* Under the drop reasons of what was done to it. */
void way_count(struct fault_queue *fq, const struct verdict *v);
/* A copy, until its time; frames that only are to be overtaken, while nothing holds up all, at most
 * that long. No room: lost and counted. */
void way_hold(struct fault_queue *fq, struct fault_way *w, const struct frame *f,
              const struct verdict *v);
/* The second one of a duplicate waits as long as the frame does. */
void way_hold_copy(struct fault_queue *fq, struct fault_way *w, const struct frame *f,
                   const struct verdict *v);
/* Takes it out of the store, where its bytes stay until store_free. */
struct frame way_release(struct fault_queue *fq, struct fault_way *w, const struct held *due);

/* fault_rx.c, fault_tx.c */
uint32_t fault_rx(struct wire_queue *q, struct frame *frames, uint32_t max);
void fault_rx_free(struct wire_queue *q, struct frame *frames, uint32_t n);
uint32_t fault_tx(struct wire_queue *q, struct frame *frames, uint32_t n);
void fault_send_due(struct fault_queue *fq); /* what waited and is due, to the inner wire */

#endif
