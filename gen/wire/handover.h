/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A wire around a wire whose device deals arriving frames to its queues as it likes: by an RSS hash, or
 * as the sender's kernel chose. What arrives at a queue whose worker does not own the flow is handed
 * to the worker that does, and the frame comes back when it is done with it: a ring each way between any
 * two workers, nobody locks, nothing is copied. Answers of neighbours (ARP, neighbour advertisements)
 * go to all, as copies.
 *
 * The owner of a TCP segment, and of an ICMP error that quotes one, is said by the port on our side.
 * What has no owner stays where it arrived.
 *
 * A frame that was handed over may not be sent on by tx; rx_free only. wait() knows nothing of what other
 * workers hand over, and so sleeps for HANDOVER_NAP_NS at most.
 */
#ifndef WIRE_HANDOVER_H
#define WIRE_HANDOVER_H

#include "wire/wire.h"

#define HANDOVER_NOBODY 0xffff
#define HANDOVER_ALL    0xfffe
#define HANDOVER_PORTS  65536
#define HANDOVER_FRAMES 1024  /* of one queue that another one has at most; more are dropped */
#define HANDOVER_NAP_NS 50000

/* `owner`: of each TCP port on our side the queue, or HANDOVER_NOBODY; copied. The inner port is owned
 * from here on. */
int handover_wrap(struct wire_port *inner, const uint16_t owner[HANDOVER_PORTS], struct wire_port **out,
                  struct err *e);

/* Whose a frame is: a queue, HANDOVER_NOBODY or HANDOVER_ALL. */
uint16_t handover_owner(const uint16_t owner[HANDOVER_PORTS], const struct frame *f);

#endif
