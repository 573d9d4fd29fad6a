/* SPDX-License-Identifier: BSD-3-Clause */
/* ICMP for IPv4 (RFC 792): every message is checked and shown. Echo of either family is answered. */
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

struct net_path net_path_back(const struct pkt *p, const uint8_t src_mac[6])
{
    struct net_path back = {.src = p->dst, .dst = p->src, .vlan = p->vlan, .ttl = ICMP_REPLY_TTL};
    memcpy(back.src_mac, src_mac, 6);
    memcpy(back.dst_mac, p->eth_src, 6);
    return back;
}

bool net_icmp_asks_echo(const struct pkt *p)
{
    return p->icmp.code == 0 && p->icmp.type == (ip_is4(p->src) ? ICMP_ECHO : ICMP6_ECHO);
}

/* Writes link and IP header; *sum: what the ICMP checksum begins with. Returns where ICMP begins. */
static uint32_t write_headers(uint8_t *frame, const struct net_path *back, uint16_t icmp_len,
                              uint64_t *sum)
{
    bool is4 = ip_is4(back->src);
    uint32_t ip_off = eth_write(frame, back->dst_mac, back->src_mac, back->vlan,
                                is4 ? ETH_IP4 : ETH_IP6);
    if (!is4) { /* RFC 4443 2.3 */
        *sum = ip6_write(frame + ip_off, back, IP_ICMP6, icmp_len) + be16_sum(icmp_len);
        return ip_off + IP6_HEADER;
    }
    struct ip4_hdr *ip = (void *)(frame + ip_off);
    uint64_t ip_sum = ip4_write(frame + ip_off, back, IP_ICMP, (uint16_t)(IP4_HEADER + icmp_len));
    be16_store_csum(&ip->csum, csum_fold(ip_sum));
    *sum = 0;
    return ip_off + IP4_HEADER;
}

uint32_t net_icmp_echo_reply(uint8_t *frame, uint32_t room, const struct pkt *request,
                             const uint8_t src_mac[6])
{
    bool is4 = ip_is4(request->src);
    struct net_path back = net_path_back(request, src_mac);
    uint32_t icmp_len = sizeof(struct icmp_hdr) + request->icmp.body_len;
    uint32_t headers = ETH_HEADER + 4u * !!back.vlan.id + 4u * !!back.vlan.outer +
                       (is4 ? IP4_HEADER : IP6_HEADER);
    if (!net_icmp_asks_echo(request) || room < headers + icmp_len)
        return 0;
    uint64_t sum;
    uint32_t at = write_headers(frame, &back, (uint16_t)icmp_len, &sum);
    struct icmp_hdr *h = (void *)(frame + at);
    sum += be32_put((uint8_t *)h, (uint32_t)(is4 ? ICMP_ECHO_REPLY : ICMP6_ECHO_REPLY) << 24);
    sum += csum_copy(frame + at + sizeof *h, request->icmp.body, request->icmp.body_len);
    be16_store_csum(&h->csum, csum_fold(sum));
    return at + icmp_len;
}
