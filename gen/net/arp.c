/* SPDX-License-Identifier: BSD-3-Clause */
/* ARP for IPv4 over Ethernet (RFC 826): questions, answers, probes (RFC 5227). */
#include "net/hdr.h"
#include "net/layer.h"

#define ARP_FRAME_MIN 60 /* Ethernet's minimum without its check sequence */

enum { ARP_HW_ETHERNET = 1, ARP_REQUEST = 1, ARP_REPLY = 2 };

static bool arp_form_ok(const struct arp_hdr *a)
{
    uint16_t op = be16_load(a->op);
    return be16_load(a->hw_type) == ARP_HW_ETHERNET && be16_load(a->proto_type) == ETH_IP4 &&
           a->hw_len == 6 && a->proto_len == 4 && (op == ARP_REQUEST || op == ARP_REPLY);
}

/* A group MAC is nobody's (RFC 1812 3.3.2). From 0.0.0.0 a probe asks, but nobody answers. */
static bool arp_sender_ok(const struct arp_hdr *a)
{
    uint32_t sender = be32_load(a->sender);
    if (a->sender_mac[0] & 1)
        return false;
    if (sender == 0)
        return be16_load(a->op) == ARP_REQUEST;
    return !ip4_source_bad(sender);
}

int arp_parse(struct pkt *p, const uint8_t *arp, uint32_t len)
{
    const struct arp_hdr *a = (const void *)arp;
    if (len < sizeof *a || !arp_form_ok(a) || !arp_sender_ok(a))
        return -DROP_ARP_BAD;
    p->kind = PKT_ARP;
    p->src = ip4_addr(be32_load(a->sender));
    p->dst = ip4_addr(be32_load(a->target));
    p->arp.op = (uint8_t)be16_load(a->op);
    memcpy(p->arp.sender_mac, a->sender_mac, 6);
    return 0;
}

uint32_t net_arp_build(uint8_t *frame, uint8_t op, const uint8_t src_mac[6], struct ip_addr src,
                       const uint8_t *dst_mac, struct ip_addr dst, struct net_vlan vlan)
{
    static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    memset(frame, 0, ARP_FRAME_MIN);
    uint32_t at = eth_write(frame, dst_mac ? dst_mac : broadcast, src_mac, vlan, ETH_ARP);
    struct arp_hdr *a = (void *)(frame + at);
    be16_store(&a->hw_type, ARP_HW_ETHERNET);
    be16_store(&a->proto_type, ETH_IP4);
    a->hw_len = 6;
    a->proto_len = 4;
    be16_store(&a->op, op);
    memcpy(a->sender_mac, src_mac, 6);
    be32_store(&a->sender, ip_to4(src));
    if (dst_mac)
        memcpy(a->target_mac, dst_mac, 6);
    be32_store(&a->target, ip_to4(dst));
    return ARP_FRAME_MIN;
}
