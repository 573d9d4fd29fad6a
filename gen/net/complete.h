/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checksums that a kernel left to a device which has none: a virtual interface with `tx` offload on
 * hands over TCP and UDP whose checksum field holds the sum of the pseudo-header alone.
 */
#ifndef NET_COMPLETE_H
#define NET_COMPLETE_H

#include <stdbool.h>
#include <stdint.h>

/* Finishes the checksum of an unfragmented TCP or UDP packet directly behind IPv4 or IPv6 (tags
 * before it are passed over) when the field holds that sum; true when it did. One packet in 65536
 * holds it by chance and gets the checksum that it had: all others are left as they are, right or
 * wrong. */
bool net_complete(uint8_t *data, uint16_t len);

#endif
