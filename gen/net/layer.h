/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One function a layer, internal to net/. Each is given the bytes from its header to the end of
 * what the layer below vouches for, checks them, fills its part of the packet and tail-calls the
 * next one. All return 0 or -DROP_x and read nothing beyond `len`.
 */
#ifndef NET_LAYER_H
#define NET_LAYER_H

#include "net/pkt.h"

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

int arp_parse(struct pkt *p, const uint8_t *arp, uint32_t len);
int ip4_parse(struct pkt *p, const uint8_t *ip, uint32_t len, bool csum_ok);
int ip6_parse(struct pkt *p, const uint8_t *ip, uint32_t len, bool csum_ok);
int icmp_parse(struct pkt *p, const uint8_t *icmp, uint32_t len);
/* `pseudo_sum` as for tcp_parse; `hop_limit`: of the IPv6 header. */
int icmp6_parse(struct pkt *p, const uint8_t *icmp, uint32_t len, uint64_t pseudo_sum,
                uint8_t hop_limit);
int ndp_parse(struct pkt *p, const uint8_t *icmp, uint32_t len, uint8_t hop_limit);
/* `pseudo_sum`: partial sum of the pseudo header, length included. */
int tcp_parse(struct pkt *p, const uint8_t *seg, uint32_t len, uint64_t pseudo_sum, bool csum_ok);
/* The same of CSUM_LONG bytes at least. */
int tcp_parse_long(struct pkt *p, const uint8_t *seg, uint32_t len, uint64_t pseudo_sum);
int tcp_opts_parse(struct pkt_tcp *t, const uint8_t *opts, uint32_t len);

/* Link header with its tags; returns its length, 14 to 22. */
uint32_t eth_write(uint8_t *frame, const uint8_t dst[6], const uint8_t src[6],
                   struct net_vlan vlan, uint16_t type);
/* IPv4 header without options, DF set, id 0, checksum 0; returns its partial sum. */
uint64_t ip4_write(uint8_t *at, const struct net_path *path, uint8_t protocol, uint16_t total_len);
/* IPv6 header without extension headers, flow label 0; returns the pseudo header's partial sum
 * without the length. */
uint64_t ip6_write(uint8_t *at, const struct net_path *path, uint8_t next_header,
                   uint16_t payload_len);
/* The way back to the sender of a packet: everything turned round. */
struct net_path net_path_back(const struct pkt *p, const uint8_t src_mac[6]);
/* ::/64 holds the unspecified address, loopback, and IPv4 in disguise, which would pass for an IPv4
 * address of ours (RFC 4291 2.5.5.2); no host sends from or to them (RFC 4890 4.3.2), nor from a
 * group. */
static inline bool ip6_is_odd(struct ip_addr a)
{
    return a.hi == 0 || ip6_is_multicast(a);
}
/* Multicast, limited broadcast, loopback and "this network": no host sends from there
 * (RFC 1122 3.2.1.3). */
bool ip4_source_bad(uint32_t addr);
/* Writes them; returns their partial sum. */
uint64_t tcp_opts_write(uint8_t *at, const struct net_seg *s);

#endif
