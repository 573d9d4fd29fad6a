/* SPDX-License-Identifier: BSD-3-Clause */
/* Congestion experienced, written into an IP header as a router would (RFC 3168 5). */
#ifndef WIRE_FAULT_MARK_H
#define WIRE_FAULT_MARK_H

#include <stdbool.h>
#include <stdint.h>

/* ECT becomes CE, the IPv4 header checksum follows (RFC 1624). False, and nothing changes: no IP
 * packet, cut short, or of a flow that does not speak ECN. One that is CE already counts as marked. */
bool fault_mark_ce(uint8_t *data, uint16_t len);

#endif
