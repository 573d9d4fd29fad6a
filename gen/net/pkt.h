/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Received bytes -> one host-order view, and templates -> bytes to send. No I/O, no state.
 * Big-endian types live in net/ only; everything in these structs is host order.
 */
#ifndef NET_PKT_H
#define NET_PKT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/drop.h"

#define ETH_HEADER  14
#define NET_HEADERS_MAX (ETH_HEADER + 8 + 40 + 60) /* Ethernet + QinQ + IPv6 + TCP with options */

enum pkt_kind { PKT_TCP, PKT_ARP, PKT_ICMP };

enum tcp_flag { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16, TCP_URG = 32,
                TCP_ECE = 64, TCP_CWR = 128 };

/* Options present in a segment; the number of its SACK blocks stands above them. */
enum tcp_opt { TCP_OPT_MSS = 1, TCP_OPT_WSCALE = 2, TCP_OPT_TS = 4, TCP_OPT_SACK_OK = 8 };

#define TCP_SACK_SHIFT 4
#define TCP_SACK_MAX   4

static inline uint32_t tcp_sack_count(uint8_t opts)
{
    return opts >> TCP_SACK_SHIFT;
}

struct sack_block {
    uint32_t start, end; /* bytes [start, end) arrived (RFC 2018 3) */
};

struct pkt_tcp {
    uint16_t src_port, dst_port;
    uint32_t seq, ack;
    uint16_t window;  /* as on the wire, not scaled */
    uint8_t flags;    /* enum tcp_flag */
    uint8_t opts;     /* enum tcp_opt and the number of SACK blocks */
    uint16_t mss;
    uint8_t wscale;   /* clamped to 14 (RFC 7323 2.3) */
    uint32_t ts_val, ts_ecr;
    struct sack_block sack[TCP_SACK_MAX]; /* as they came: nothing is checked */
    uint32_t payload_len;
    const uint8_t *payload;
};

struct pkt {
    enum pkt_kind kind;
    uint16_t vlan;           /* the tag next to the packet, 0: none */
    uint16_t vlan_outer;     /* the tag around it (QinQ), 0: none */
    const uint8_t *eth_src;  /* 6 bytes in the frame */
    struct ip_addr src, dst;
    union {
        struct pkt_tcp tcp;
        struct { uint8_t op; uint8_t sender_mac[6]; } arp;  /* op 1 request, 2 reply; src/dst = sender/target IP */
        struct { uint8_t type, code; const uint8_t *body; uint16_t body_len; } icmp; /* body: after the 4-byte header */
    };
};

/* Parses and verifies one whole frame (Ethernet, ARP or IPv4, ICMP or TCP). `csum_ok`: the device
 * verified the TCP checksum already. The address checks that need our configuration are the
 * caller's. Returns 0 or -DROP_x; never reads past len. Padding after the IP total length is
 * ignored. IPv4 options are skipped (source routes are refused). */
int pkt_parse(struct pkt *p, const uint8_t *frame, uint32_t len, bool csum_ok);

/* --- building ------------------------------------------------------------------------------- */

/* Headers of one path (MACs, VLAN, addresses), ready to be patched a segment. */
struct net_template {
    uint8_t bytes[ETH_HEADER + 8 + 40];
    uint8_t len;          /* Ethernet + IP: where TCP begins */
    uint8_t ip_off;
    bool is4;
    uint64_t pseudo_sum;  /* csum_add partial sum: addresses and protocol, without the length */
    uint64_t ip_sum;      /* IPv4: partial sum of the header with length, id and checksum 0 */
};

struct net_path {
    uint8_t src_mac[6], dst_mac[6];
    struct ip_addr src, dst;
    uint16_t vlan;       /* 0: none */
    uint16_t vlan_outer; /* QinQ: a second tag around `vlan`; 0: none */
    uint8_t ttl, dscp;
};

void net_template_init(struct net_template *t, const struct net_path *path);
void net_template_set_dst_mac(struct net_template *t, const uint8_t mac[6]);

/* What a segment says; payload is placed by the caller. */
struct net_seg {
    uint16_t src_port, dst_port;
    uint32_t seq, ack;
    uint16_t window;
    uint8_t flags, opts;
    uint16_t mss;
    uint8_t wscale;
    uint32_t ts_val, ts_ecr;
    struct sack_block sack[TCP_SACK_MAX];
};

/* Bytes of Ethernet + IP + TCP with options for this segment: where the payload goes. */
uint32_t net_tcp_header_len(const struct net_template *t, uint8_t opts);
/* Writes all headers in front of a payload that already stands at frame + net_tcp_header_len().
 * `payload_sum` is its csum partial sum. Returns the frame's length. IPv4: DF set, id = 0 (RFC 6864). */
uint32_t net_tcp_build(const struct net_template *t, uint8_t *frame, const struct net_seg *s,
                       uint32_t payload_len, uint64_t payload_sum);

/* ARP; returns the frame's length (60: padded to the minimum). dst_mac NULL: broadcast request. */
uint32_t net_arp_build(uint8_t *frame, uint8_t op, const uint8_t src_mac[6], struct ip_addr src,
                       const uint8_t *dst_mac, struct ip_addr dst, uint16_t vlan);
/* Answer to an ICMP echo request held in `request` (a parsed frame): copies its body, at most
 * `room` bytes of frame. Returns the length, 0 when it does not fit. */
uint32_t net_icmp_echo_reply(uint8_t *frame, uint32_t room, const struct pkt *request,
                             const uint8_t src_mac[6]);

/* 32-bit hash of a flow as the stack's tables use it (any good mix, keyed). */
uint32_t net_flow_hash(uint64_t key, uint32_t path, uint16_t lport, uint16_t rport);

#endif
