/* SPDX-License-Identifier: BSD-3-Clause */
/* What a device does that cuts text into segments (TSO), for who has to see them or stands in for one. */
#ifndef NET_CUT_H
#define NET_CUT_H

#include <stdint.h>

/* Segment number `i` of those with `mss` bytes of text that a frame of net_tcp_build is cut into; returns
 * its length, 0 behind the last. Its checksum field holds the sum of the pseudo-header (net_complete). Only
 * the last one says PSH and FIN, only the first CWR. `to` NULL: nothing is written. */
uint32_t net_tcp_cut(uint8_t *to, const uint8_t *frame, uint32_t len, uint32_t mss, uint32_t i);

#endif
