/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A TCP segment for people: the bytes of its header as they are, and as packetdrill writes them:
 * `S. 0:0(0) ack 1 win 65535 <mss 1460,nop,wscale 7>`. For traces and scripts, not for the hot path.
 */
#ifndef NET_SEGMENT_H
#define NET_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"

#define SEGMENT_OPTIONS_MAX 40
#define SEGMENT_TEXT        400
#define SEGMENT_HEADERS_MAX 100 /* of IP and TCP */

struct segment {
    uint16_t src_port, dst_port;
    uint32_t seq, ack;
    uint16_t window, urgent;
    uint8_t flags;       /* enum tcp_flag */
    uint8_t opts_len;
    uint8_t opts[SEGMENT_OPTIONS_MAX]; /* as on the wire */
    uint8_t tos;         /* of the IP header: DSCP and ECN */
    uint32_t payload_len;
};

/* Of a whole Ethernet frame (tags and both IP versions are passed over), nothing verified but that
 * it lies inside. False: no TCP. */
bool segment_read(struct segment *s, const uint8_t *frame, size_t len);
/* Of one family. */
struct segment_ends {
    struct ip_addr src, dst;
};
/* The packet, IP header first, payload zero, checksums right; at most SEGMENT_HEADERS_MAX bytes and
 * the payload. Returns its length. */
uint32_t segment_write(uint8_t *packet, const struct segment *s, const struct segment_ends *ends);
/* Whether both say the same: everything but ports and checksum. */
bool segment_equal(const struct segment *a, const struct segment *b);
/* Numbers relative to the sender's and the other side's first (SACK blocks: the other side's).
 * Returns buf, SEGMENT_TEXT bytes. */
char *segment_text(char *buf, const struct segment *s, uint32_t iss, uint32_t other_iss);
/* The options alone, without the brackets; SACK blocks relative to `other_iss`. */
char *segment_options_text(char *buf, const struct segment *s, uint32_t other_iss);

#endif
