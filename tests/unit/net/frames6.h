/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Known IPv6 frames with checksums computed elsewhere. 2001:2::2 (MAC ..02) sends to 2001:2::1
 * (MAC ..01).
 */
#ifndef TESTS_UNIT_NET_FRAMES6_H
#define TESTS_UNIT_NET_FRAMES6_H

#include "frames.h"

#define IP6_TCP_AT (14 + 40)

#define SYN6_FRAME                                                                                 \
    "020000000001 020000000002 86dd "                                                              \
    "60012345 00280640 20010002 00000000 00000000 00000002 20010002 00000000 "                     \
    "00000000 00000001 23289c40 fffffff0 00000000 a002faf0 49d90000 020405a0 "                     \
    "0402080a 000003e8 00000000 01030307"

#define DATA_TS6_FRAME                                                                             \
    "020000000001 020000000002 86dd "                                                              \
    "6b854321 002b0640 20010002 00000000 00000000 00000002 20010002 00000000 "                     \
    "00000000 00000001 9c402328 01020304 a0b0c0d0 801801f5 cb7f0000 0101080a "                     \
    "11223344 55667788 68656c6c 6f2c2077 697265"

#define ACK6_FRAME                                                                                 \
    "020000000001 020000000002 86dd "                                                              \
    "60000000 00140640 20010002 00000000 00000000 00000002 20010002 00000000 "                     \
    "00000000 00000001 9c402328 00000005 00000006 5010ffff b0580000"

#define ACK6_QINQ_FRAME                                                                            \
    "020000000001 020000000002 88a800c8 81000064 86dd "                                            \
    "60000000 00140640 20010002 00000000 00000000 00000002 20010002 00000000 "                     \
    "00000000 00000001 9c402328 00000005 00000006 5010ffff b0580000"

#define ACK6_DEST_FRAME                                                                            \
    "020000000001 020000000002 86dd "                                                              \
    "60000000 001c3c40 20010002 00000000 00000000 00000002 20010002 00000000 "                     \
    "00000000 00000001 06000104 00000000 9c402328 00000005 00000006 5010ffff "                     \
    "b0580000"

#define ACK6_CHAIN_FRAME                                                                           \
    "020000000001 020000000002 86dd "                                                              \
    "60000000 003c0040 20010002 00000000 00000000 00000002 20010002 00000000 "                     \
    "00000000 00000001 3c000104 00000000 2b01010c 00000000 00000000 00000000 "                     \
    "2c000200 00000000 06000000 01020304 9c402328 00000005 00000006 5010ffff "                     \
    "b0580000"

#define PING6_FRAME                                                                                \
    "020000000001 020000000002 86dd "                                                              \
    "60000000 00153a40 20010002 00000000 00000000 00000002 20010002 00000000 "                     \
    "00000000 00000001 8000c459 00070001 30313233 34353637 38393a3b 3c"

#define ASK6_FRAME                                                                                 \
    "3333ff000001 020000000002 86dd "                                                              \
    "60000000 00203aff 20010002 00000000 00000000 00000002 ff020000 00000000 "                     \
    "00000001 ff000001 87003793 00000000 20010002 00000000 00000000 00000001 "                     \
    "01010200 00000002"

#define ASK6_DAD_FRAME                                                                             \
    "3333ff000001 020000000002 86dd "                                                              \
    "60000000 00183aff 00000000 00000000 00000000 00000000 ff020000 00000000 "                     \
    "00000001 ff000001 87005aa3 00000000 20010002 00000000 00000000 00000001"

#define TELL6_FRAME                                                                                \
    "020000000001 020000000002 86dd "                                                              \
    "60000000 00203aff 20010002 00000000 00000000 00000002 20010002 00000000 "                     \
    "00000000 00000001 8800b393 60000000 20010002 00000000 00000000 00000002 "                     \
    "02010200 00000002"

static const char *const known_frames6[] = {
    SYN6_FRAME,       DATA_TS6_FRAME, ACK6_FRAME, ACK6_QINQ_FRAME, ACK6_DEST_FRAME,
    ACK6_CHAIN_FRAME, PING6_FRAME,    ASK6_FRAME, ASK6_DAD_FRAME,  TELL6_FRAME,
};

#define KNOWN_FRAMES6 (sizeof known_frames6 / sizeof *known_frames6)

/* Rights the checksum of TCP or ICMPv6 right behind the IPv6 header of an untagged frame. */
static inline void ip6_csum_fix(struct bytes f, uint8_t next_header)
{
    uint32_t len = f.len - IP6_TCP_AT, at = IP6_TCP_AT + (next_header == 6 ? 16 : 2);
    put16(f.data + at, 0);
    uint32_t sum = reference_sum(next_header + len, f.data + 14 + 8, 32);
    put16(f.data + at, ~reference_sum(sum, f.data + IP6_TCP_AT, len));
}

#endif
