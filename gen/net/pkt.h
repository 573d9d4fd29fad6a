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

enum pkt_kind { PKT_TCP, PKT_ARP, PKT_ICMP, PKT_NDP };

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

/* The low two bits of the type of service or traffic class (RFC 3168 5). */
enum net_ecn { ECN_NOT_ECT = 0, ECN_ECT1 = 1, ECN_ECT0 = 2, ECN_CE = 3 };

struct pkt_tcp {
    uint16_t src_port, dst_port;
    uint32_t seq, ack;
    uint16_t window;  /* as on the wire, not scaled */
    uint8_t flags;    /* enum tcp_flag */
    uint8_t opts;     /* enum tcp_opt and the number of SACK blocks */
    uint8_t ecn;      /* enum net_ecn, of the IP header */
    uint16_t mss;
    uint8_t wscale;   /* clamped to 14 (RFC 7323 2.3) */
    uint32_t ts_val, ts_ecr;
    struct sack_block sack[TCP_SACK_MAX]; /* as they came: nothing is checked */
    uint32_t payload_len;
    const uint8_t *payload;
};

/* VLAN tags of a frame, 0: none. */
struct net_vlan {
    uint16_t id;    /* the tag next to the packet */
    uint16_t outer; /* the tag around it (QinQ) */
};

static inline bool net_vlan_equal(struct net_vlan a, struct net_vlan b)
{
    return a.id == b.id && a.outer == b.outer;
}

struct pkt {
    enum pkt_kind kind;
    struct net_vlan vlan;
    const uint8_t *eth_src;  /* 6 bytes in the frame */
    struct ip_addr src, dst;
    union {
        struct pkt_tcp tcp;
        struct { uint8_t op; uint8_t sender_mac[6]; } arp;  /* op 1 request, 2 reply; src/dst = sender/target IP */
        struct { uint8_t type, code; const uint8_t *body; uint16_t body_len; } icmp; /* body: after the 4-byte header; of the family of src */
        /* Neighbour solicitation or advertisement; mac: of the sender, resp. of the target. */
        struct { bool tells, solicited, override, has_mac; uint8_t mac[6]; struct ip_addr target; } ndp;
    };
};

/* Parses and verifies one whole frame (Ethernet, ARP, IPv4 or IPv6; ICMP, NDP or TCP). `csum_ok`:
 * the device verified the TCP checksum already. The address checks that need our configuration are
 * the caller's. Returns 0 or -DROP_x; never reads past len. Padding after the IP total length is
 * ignored. IPv4 options and IPv6 extension headers are skipped (routes are refused). */
int pkt_parse(struct pkt *p, const uint8_t *frame, uint32_t len, bool csum_ok);

/* --- building ------------------------------------------------------------------------------- */

/* Headers of one path (MACs, VLAN, addresses), ready to be patched a segment. */
struct net_template {
    uint8_t bytes[64];    /* Ethernet, two tags, IPv6, and what is copied beyond */
    uint8_t len;          /* Ethernet + IP: where TCP begins */
    uint8_t ip_off;
    bool is4;
    uint64_t pseudo_sum;  /* csum_add partial sum: addresses and protocol, without the length */
    union {
        uint64_t ip_sum;  /* IPv4: partial sum of the header with length, id and checksum 0 */
        struct {
            uint32_t ip6_word;  /* version, class and, when a key chose it, the flow label */
            uint32_t label_key; /* makes each connection's own flow label; 0: a key chose it */
        };
    };
};

struct net_path {
    uint8_t src_mac[6], dst_mac[6];
    struct ip_addr src, dst;
    struct net_vlan vlan;
    uint8_t ttl, dscp;
    uint32_t flow_label; /* IPv6; 0: a hash of each connection's tuple (RFC 6437 3) */
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
    uint8_t ecn; /* enum net_ecn */
    struct sack_block sack[TCP_SACK_MAX];
};

/* Bytes that the options `opts` (enum tcp_opt, SACK blocks) take, padding included. */
uint32_t net_tcp_opts_table(uint8_t opts);
static inline uint32_t net_tcp_opts_len(uint8_t opts)
{
    return __builtin_expect(opts == TCP_OPT_TS, 1) ? 12 : net_tcp_opts_table(opts);
}
/* Bytes of Ethernet + IP + TCP with options for this segment: where the payload goes. */
static inline uint32_t net_tcp_header_len(const struct net_template *t, uint8_t opts)
{
    return t->len + 20u + net_tcp_opts_len(opts);
}
/* Writes all headers in front of a payload that already stands at frame + net_tcp_header_len().
 * `payload_sum` is its csum partial sum. Returns the frame's length. IPv4: DF set, id = 0 (RFC 6864). */
uint32_t net_tcp_build(const struct net_template *t, uint8_t *frame, const struct net_seg *s,
                       uint32_t payload_len, uint64_t payload_sum);
/* For a device that completes checksums: of the segment that was built in `frame`, `len` bytes in all,
 * the checksum field gets the sum of the pseudo-header alone, as such devices want it; `len` 0: without
 * the length, which the device adds to each segment that it cuts. */
void net_tcp_open_csum(const struct net_template *t, uint8_t *frame, uint32_t len);

/* ARP; returns the frame's length (60: padded to the minimum). dst_mac NULL: broadcast request. */
uint32_t net_arp_build(uint8_t *frame, uint8_t op, const uint8_t src_mac[6], struct ip_addr src,
                       const uint8_t *dst_mac, struct ip_addr dst, struct net_vlan vlan);
/* Neighbour solicitation to the target's group, and the advertisement that answers one held in
 * `ask`; each returns the frame's length (at most 94). */
uint32_t net_ndp_ask(uint8_t *frame, const uint8_t src_mac[6], struct ip_addr src,
                     struct ip_addr target, struct net_vlan vlan);
uint32_t net_ndp_tell(uint8_t *frame, const struct pkt *ask, const uint8_t src_mac[6]);
/* Whether an ICMP message, of either family, asks for an echo. */
bool net_icmp_asks_echo(const struct pkt *p);
/* Answer to such a message: copies its body, at most `room` bytes of frame. Returns the length, 0
 * when it does not fit. */
uint32_t net_icmp_echo_reply(uint8_t *frame, uint32_t room, const struct pkt *request,
                             const uint8_t src_mac[6]);

/* An ICMP error of either family, and the segment of ours that it quotes. */
enum net_error_kind {
    NET_ERROR_NONE,
    NET_ERROR_TOO_BIG, /* the packet was longer than `mtu` (RFC 1191, RFC 8201) */
    NET_ERROR_OTHER    /* unreachable, too old, malformed: ends no connection (RFC 5461) */
};
struct net_error {
    enum net_error_kind kind;
    uint16_t mtu;              /* of TOO_BIG: smaller than the quoted packet, not absurd */
    uint16_t quoted_len;
    struct ip_addr src, dst;   /* of the quoted packet: ours, the peer's */
    uint16_t src_port, dst_port;
    uint32_t seq;
};
/* 0, -DROP_ICMP_IGNORED (no error), -DROP_ICMP_QUOTE (quotes no TCP segment of the address that it
 * was sent to) or -DROP_ICMP_BAD (an MTU that cannot be). */
int net_icmp_error(const struct pkt *p, struct net_error *out);

/* 32-bit hash of a flow as the stack's tables use it, keyed: one 64x64 multiplication whose halves are
 * folded together. */
static inline uint32_t net_flow_hash(uint64_t key, uint32_t path, uint16_t lport, uint16_t rport)
{
    uint64_t flow = (uint64_t)path << 32 | (uint32_t)lport << 16 | rport;
    unsigned __int128 product = (unsigned __int128)(flow ^ key) * 0x9e3779b97f4a7c15ull;
    uint64_t mixed = (uint64_t)product ^ (uint64_t)(product >> 64);
    return (uint32_t)(mixed ^ mixed >> 32);
}

#endif
