/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Known frames, written by hand and with checksums computed elsewhere, and what tests do to them.
 * 198.18.0.2 (MAC ..02) sends to 198.18.0.1 (MAC ..01).
 */
#ifndef TESTS_UNIT_NET_FRAMES_H
#define TESTS_UNIT_NET_FRAMES_H

#include <stdlib.h>
#include <string.h>

#include "net/pkt.h"
#include "tests/lib/check_main.h"

#define SYN_FRAME                                                                                  \
    "020000000001 020000000002 0800 "                                                              \
    "4500003c 12344000 40069c60 c6120002 c6120001 "                                                \
    "23289c40 fffffff0 00000000 a002faf0 fda50000 "                                                \
    "020405b4 0402080a 000003e8 00000000 01030307"

#define DATA_TS_FRAME                                                                              \
    "020000000001 020000000002 0800 "                                                              \
    "4500003f 12344000 40069c5d c6120002 c6120001 "                                                \
    "9c402328 01020304 a0b0c0d0 801801f5 7f600000 "                                                \
    "0101080a 11223344 55667788 68656c6c 6f2c2077 697265"

#define ACK_FRAME                                                                                  \
    "020000000001 020000000002 0800 "                                                              \
    "45000028 12344000 40069c74 c6120002 c6120001 "                                                \
    "9c402328 00000005 00000006 5010ffff 64390000"

#define FIN_ECE_FRAME                                                                              \
    "020000000001 020000000002 0800 "                                                              \
    "45b80028 12344000 40069bbc c6120002 c6120001 "                                                \
    "0001ffff 80000000 7fffffff 50d10000 22eb0000"

#define ACK_VLAN_FRAME                                                                             \
    "020000000001 020000000002 8100a064 0800 "                                                     \
    "45000028 12344000 40069c74 c6120002 c6120001 "                                                \
    "9c402328 00000005 00000006 5010ffff 64390000"

#define ACK_QINQ_FRAME                                                                             \
    "020000000001 020000000002 88a800c8 81000064 0800 "                                            \
    "45000028 12344000 40069c74 c6120002 c6120001 "                                                \
    "9c402328 00000005 00000006 5010ffff 64390000"

#define ACK_IP_OPT_FRAME                                                                           \
    "020000000001 020000000002 0800 "                                                              \
    "47000030 12344000 400694d8 c6120002 c6120001 01940400 00000000 "                              \
    "9c402328 00000005 00000006 5010ffff 64390000"

#define PING_FRAME                                                                                 \
    "020000000001 020000000002 0800 "                                                              \
    "45000029 12344000 40019c78 c6120002 c6120001 "                                                \
    "08007cb2 00070001 30313233 34353637 38393a3b 3c"

#define ARP_ASK_FRAME                                                                              \
    "ffffffffffff 020000000002 0806 "                                                              \
    "00010800 06040001 "                                                                           \
    "020000000002 c6120002 000000000000 c6120001"

#define ARP_TELL_FRAME                                                                             \
    "020000000001 020000000002 0806 "                                                              \
    "00010800 06040002 "                                                                           \
    "020000000002 c6120002 020000000001 c6120001"

static const char *const known_frames[] = {
    SYN_FRAME,      DATA_TS_FRAME,    ACK_FRAME,  FIN_ECE_FRAME, ACK_VLAN_FRAME,
    ACK_QINQ_FRAME, ACK_IP_OPT_FRAME, PING_FRAME, ARP_ASK_FRAME, ARP_TELL_FRAME,
};

#define KNOWN_FRAMES (sizeof known_frames / sizeof *known_frames)

/* Exactly as long as the frame, so that a sanitizer sees the first byte read beyond. */
struct bytes {
    uint8_t *data;
    uint32_t len;
};

static inline struct bytes bytes_copy(const void *data, uint32_t len)
{
    struct bytes b = {malloc(len ? len : 1), len};
    memcpy(b.data, data, len);
    return b;
}

static inline struct bytes bytes_from_hex(const char *hex)
{
    struct bytes b = {malloc(strlen(hex) / 2), 0};
    for (; *hex; hex += 2) {
        while (*hex == ' ')
            hex++;
        char digits[3] = {hex[0], hex[1], 0};
        b.data[b.len++] = (uint8_t)strtoul(digits, NULL, 16);
    }
    struct bytes exact = bytes_copy(b.data, b.len);
    free(b.data);
    return exact;
}

static inline uint32_t get16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static inline void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

/* RFC 1071 as its section 4.1 says it, to judge the fast one by. `sum`: what came before. */
static inline uint32_t reference_sum(uint32_t sum, const uint8_t *at, uint32_t len)
{
    for (; len > 1; at += 2, len -= 2)
        sum += get16(at);
    if (len)
        sum += (uint32_t)at[0] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

#define IP_AT 14

static inline uint8_t *ip_payload(struct bytes f)
{
    return f.data + IP_AT + (f.data[IP_AT] & 15) * 4;
}

static inline uint32_t ip_payload_len(struct bytes f)
{
    return get16(f.data + IP_AT + 2) - (f.data[IP_AT] & 15u) * 4;
}

/* Both write a right checksum into an untagged frame. */
static inline void ip_csum_fix(struct bytes f)
{
    put16(f.data + IP_AT + 10, 0);
    put16(f.data + IP_AT + 10, ~reference_sum(0, f.data + IP_AT, (f.data[IP_AT] & 15u) * 4));
}

static inline void tcp_csum_fix(struct bytes f)
{
    uint8_t *tcp = ip_payload(f);
    uint32_t sum = reference_sum(f.data[IP_AT + 9] + ip_payload_len(f), f.data + IP_AT + 12, 8);
    put16(tcp + 16, 0);
    put16(tcp + 16, ~reference_sum(sum, tcp, ip_payload_len(f)));
}

/* Whole they are taken; cut anywhere they are dropped, with nothing read behind the cut. */
static inline void drop_every_truncation(const char *const *frames, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct bytes whole = bytes_from_hex(frames[i]);
        struct pkt p;
        ck_assert_int_eq(pkt_parse(&p, whole.data, whole.len, false), 0);
        for (uint32_t len = 0; len < whole.len; len++) {
            struct bytes part = bytes_copy(whole.data, len);
            ck_assert_int_lt(pkt_parse(&p, part.data, part.len, false), 0);
            ck_assert_int_lt(pkt_parse(&p, part.data, part.len, true), 0);
            free(part.data);
        }
        free(whole.data);
    }
}

#endif
