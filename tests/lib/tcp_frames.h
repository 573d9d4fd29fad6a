/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Between a script of rows and the engine: each segment becomes a whole frame of a family and is
 * parsed again, so that rows are played through what is really on the wire.
 */
#ifndef TESTS_LIB_TCP_FRAMES_H
#define TESTS_LIB_TCP_FRAMES_H

#include "tcp/tcp.h"

#define FRAME_BYTES (NET_HEADERS_MAX + 65536)

/* Both families' frames have two VLAN tags in one of four cases, by `variety`. Text that no packet
 * holds is left as it is. `frame`: FRAME_BYTES of room, where payload lies afterwards. */
void frames_through(int ip, uint32_t variety, struct pkt_tcp *seg, uint8_t *frame);
/* The same of a segment that the engine sends, whose text is text_byte(position). */
void frames_through_sent(int ip, uint32_t variety, struct tcp_seg *seg,
                         uint8_t (*text_byte)(uint64_t pos), uint8_t *frame);

#endif
