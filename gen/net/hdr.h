/* SPDX-License-Identifier: BSD-3-Clause */
/* Headers as they lie in a frame, alignment 1. Internal to net/. */
#ifndef NET_HDR_H
#define NET_HDR_H

#include <assert.h>

#include "base/addr.h"
#include "net/be.h"

enum eth_type {
    ETH_IP4 = 0x0800,
    ETH_ARP = 0x0806,
    ETH_VLAN = 0x8100,
    ETH_IP6 = 0x86dd,
    ETH_QINQ = 0x88a8
};

enum ip_protocol {
    IP_HOP_BY_HOP = 0, /* IPv6 extension headers (RFC 8200 4) */
    IP_ICMP = 1,
    IP_TCP = 6,
    IP_UDP = 17,
    IP_ROUTING = 43,
    IP_FRAGMENT = 44,
    IP_ICMP6 = 58,
    IP_DESTINATION = 60
};

struct eth_hdr {
    uint8_t dst[6], src[6];
    struct be16 type;
};

/* What follows an EtherType of ETH_VLAN or ETH_QINQ (IEEE 802.1Q 9.6). */
struct vlan_hdr {
    struct be16 tci; /* priority 3 bits, drop eligible 1, VLAN 12 */
    struct be16 type;
};

#define VLAN_ID 0x0fff

/* ARP for Ethernet and IPv4 (RFC 826). */
struct arp_hdr {
    struct be16 hw_type, proto_type;
    uint8_t hw_len, proto_len;
    struct be16 op;
    uint8_t sender_mac[6];
    struct be32 sender;
    uint8_t target_mac[6];
    struct be32 target;
} __attribute__((packed));

struct ip4_hdr {
    uint8_t version_len; /* 0x45: version 4, five words */
    uint8_t tos;
    struct be16 total_len, id, fragment;
    uint8_t ttl, protocol;
    struct be16 csum;
    struct be32 src, dst;
};

#define IP4_HEADER        20
#define IP4_VERSION_LEN   0x45
#define IP4_DONT_FRAGMENT 0x4000
#define IP4_FRAGMENT_OFFSET 0x1fff
#define IP4_FRAGMENT_MASK 0x3fff /* more-fragments flag and offset */

struct be128 {
    uint8_t byte[16];
};

static inline struct ip_addr be128_load(const struct be128 *at)
{
    return (struct ip_addr){be64_load(at->byte), be64_load(at->byte + 8)};
}

static inline void be128_store(struct be128 *at, struct ip_addr addr)
{
    be64_store(at->byte, addr.hi);
    be64_store(at->byte + 8, addr.lo);
}

struct ip6_hdr {
    struct be32 word; /* version 4 bits, traffic class 8, flow label 20 */
    struct be16 payload_len;
    uint8_t next_header, hop_limit;
    struct be128 src, dst;
};

#define IP6_HEADER      40
#define IP6_VERSION     (6u << 28)
#define IP6_CLASS_SHIFT 20
#define IP6_FLOW_LABEL  0xfffffu

struct icmp_hdr {
    uint8_t type, code;
    struct be16 csum;
};

enum icmp_type {
    ICMP_ECHO_REPLY = 0,
    ICMP_UNREACHABLE = 3,
    ICMP_ECHO = 8,
    ICMP_TIME_EXCEEDED = 11,
    ICMP_PARAMETER = 12
};

enum icmp6_type {
    ICMP6_UNREACHABLE = 1,
    ICMP6_TOO_BIG = 2,
    ICMP6_TIME_EXCEEDED = 3,
    ICMP6_PARAMETER = 4,
    ICMP6_ECHO = 128,
    ICMP6_ECHO_REPLY = 129,
    ICMP6_NEIGHBOUR_ASK = 135,
    ICMP6_NEIGHBOUR_TELL = 136
};

/* Neighbour solicitation and advertisement (RFC 4861 4.3, 4.4); options follow. */
struct ndp_hdr {
    struct icmp_hdr icmp;
    struct be32 flags; /* 0 in a solicitation */
    struct be128 target;
};

#define NDP_SOLICITED 0x40000000u
#define NDP_OVERRIDE  0x20000000u

enum ndp_opt { NDP_OPT_SOURCE_MAC = 1, NDP_OPT_TARGET_MAC = 2 };

struct tcp_hdr {
    struct be16 src_port, dst_port;
    struct be32 seq, ack;
    uint8_t data_offset; /* words in the high four bits */
    uint8_t flags;
    struct be16 window, csum, urgent;
};

#define TCP_HEADER 20

enum tcp_opt_kind {
    TCP_KIND_END = 0,
    TCP_KIND_NOP = 1,
    TCP_KIND_MSS = 2,
    TCP_KIND_WSCALE = 3,
    TCP_KIND_SACK_OK = 4,
    TCP_KIND_SACK = 5,
    TCP_KIND_TS = 8
};

enum tcp_opt_len { TCP_LEN_MSS = 4, TCP_LEN_WSCALE = 3, TCP_LEN_SACK_OK = 2, TCP_LEN_TS = 10 };

/* NOP NOP kind=TS length=10: how everyone writes it (RFC 7323 appendix A). */
#define TCP_TS_WORD 0x0101080au
#define TCP_TS_SIZE 12

static_assert(sizeof(struct eth_hdr) == 14 && sizeof(struct vlan_hdr) == 4, "layout");
static_assert(sizeof(struct arp_hdr) == 28, "layout");
static_assert(sizeof(struct ip4_hdr) == IP4_HEADER && sizeof(struct icmp_hdr) == 4, "layout");
static_assert(sizeof(struct tcp_hdr) == TCP_HEADER, "layout");
static_assert(sizeof(struct ip6_hdr) == IP6_HEADER && sizeof(struct ndp_hdr) == 24, "layout");

#endif
