/* SPDX-License-Identifier: BSD-3-Clause */
/* ICMP for IPv4 (RFC 792): every message is checked and shown, only echo is answered here. */
#include "base/csum.h"
#include "net/hdr.h"
#include "net/layer.h"

#define ICMP_MIN       8 /* every message has four more bytes after the header */
#define ICMP_REPLY_TTL 64

int icmp_parse(struct pkt *p, const uint8_t *icmp, uint32_t len)
{
    const struct icmp_hdr *h = (const void *)icmp;
    if (len < ICMP_MIN || csum_fold(csum_add(icmp, len)) != 0xffff)
        return -DROP_ICMP_BAD;
    p->kind = PKT_ICMP;
    p->icmp.type = h->type;
    p->icmp.code = h->code;
    p->icmp.body = icmp + sizeof *h;
    p->icmp.body_len = (uint16_t)(len - sizeof *h);
    return 0;
}

/* The path back: everything turned round. */
static struct net_path path_back(const struct pkt *p, const uint8_t src_mac[6])
{
    struct net_path back = {.src = p->dst,
                            .dst = p->src,
                            .vlan = p->vlan,
                            .vlan_outer = p->vlan_outer,
                            .ttl = ICMP_REPLY_TTL};
    memcpy(back.src_mac, src_mac, 6);
    memcpy(back.dst_mac, p->eth_src, 6);
    return back;
}

uint32_t net_icmp_echo_reply(uint8_t *frame, uint32_t room, const struct pkt *request,
                             const uint8_t src_mac[6])
{
    struct net_path back = path_back(request, src_mac);
    uint32_t icmp_len = sizeof(struct icmp_hdr) + request->icmp.body_len;
    uint32_t ip_off = ETH_HEADER + 4u * !!back.vlan + 4u * !!back.vlan_outer;
    uint32_t icmp_off = ip_off + IP4_HEADER;
    if (request->icmp.type != ICMP_ECHO || request->icmp.code != 0 || room < icmp_off + icmp_len)
        return 0;
    eth_write(frame, back.dst_mac, back.src_mac, back.vlan_outer, back.vlan, ETH_IP4);
    struct ip4_hdr *ip = (void *)(frame + ip_off);
    uint64_t sum = ip4_write(frame + ip_off, &back, IP_ICMP, (uint16_t)(IP4_HEADER + icmp_len));
    be16_store_csum(&ip->csum, csum_fold(sum));
    struct icmp_hdr *h = (void *)(frame + icmp_off);
    *h = (struct icmp_hdr){.type = ICMP_ECHO_REPLY};
    sum = csum_copy(frame + icmp_off + sizeof *h, request->icmp.body, request->icmp.body_len);
    be16_store_csum(&h->csum, csum_fold(sum));
    return icmp_off + icmp_len;
}
