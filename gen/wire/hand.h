/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A wire in one hand: what is given arrives, what is sent is taken, in order, nothing in between.
 * For whoever steps a stack through a recording or a script. One thread, one queue, no clock.
 */
#ifndef WIRE_HAND_H
#define WIRE_HAND_H

#include "wire/wire.h"

#define HAND_FRAMES      64
#define HAND_FRAME_BYTES 65536u

struct hand;

/* `mtu`: IP bytes that a frame may carry. NULL: no memory. */
struct hand *hand_open(uint16_t mtu, const uint8_t mac[6], struct err *e);
void hand_close(struct hand *h);
struct wire_queue *hand_queue(struct hand *h);

/* The next frame to arrive, with its flags (enum frame_flag); false: too long, or HAND_FRAMES wait already. */
bool hand_give(struct hand *h, const void *data, uint32_t len, uint16_t flags);
/* The oldest frame sent and not taken yet, valid until the next call; NULL: none. */
const struct frame *hand_take(struct hand *h);
bool hand_waits(const struct hand *h); /* whether there is one */

#endif
