/* SPDX-License-Identifier: BSD-3-Clause */
/* Ethernet with up to two VLAN tags: the door through which every received frame comes. */
#include "net/hdr.h"
#include "net/layer.h"

static bool is_broadcast(const uint8_t mac[6])
{
    static const uint8_t all[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    return memcmp(mac, all, sizeof all) == 0;
}

static int group_parse(struct pkt *p, const uint8_t *frame, uint32_t offset, uint32_t len)
{
    if (frame[0] != 0x33 || frame[1] != 0x33)
        return -DROP_ETH_NOT_OURS;
    int drop = ip6_parse(p, frame + offset, len - offset, false);
    return drop || p->kind == PKT_NDP ? drop : -DROP_ETH_NOT_OURS;
}

static int packet_parse(struct pkt *p, const uint8_t *frame, uint32_t offset, uint32_t len,
                        uint16_t type, bool csum_ok)
{
    bool group = frame[0] & 1;
    if (frame[6] & 1) /* nobody sends from a group (IEEE 802 8.2.2): an answer would go to all */
        return -DROP_ETH_NOT_OURS;
    switch (type) {
    case ETH_IP4: /* TCP and our ICMP are between two hosts (RFC 9293 3.9.2.3) */
        if (UNLIKELY(group))
            return -DROP_ETH_NOT_OURS;
        return ip4_parse(p, frame + offset, len - offset, csum_ok);
    case ETH_ARP:
        if (group && !is_broadcast(frame))
            return -DROP_ETH_NOT_OURS;
        return arp_parse(p, frame + offset, len - offset);
    case ETH_IP6: /* neighbour discovery alone comes to groups (RFC 2464 7) */
        return group ? group_parse(p, frame, offset, len)
                     : ip6_parse(p, frame + offset, len - offset, csum_ok);
    }
    return -DROP_ETH_TYPE;
}

static bool is_tag(uint16_t type)
{
    return type == ETH_VLAN || type == ETH_QINQ;
}

/* Priority tags (VLAN 0) count as no tag, wherever they stand. */
static int tagged_parse(struct pkt *p, const uint8_t *frame, uint32_t len, uint16_t type,
                        bool csum_ok)
{
    uint32_t offset = ETH_HEADER;
    for (int tags = 0; is_tag(type); tags++) {
        const struct vlan_hdr *tag = (const void *)(frame + offset);
        if (tags == 2)
            return -DROP_ETH_TYPE;
        if (len - offset < sizeof *tag)
            return -DROP_ETH_SHORT;
        uint16_t id = be16_load(tag->tci) & VLAN_ID;
        if (id) {
            p->vlan.outer = p->vlan.id;
            p->vlan.id = id;
        }
        type = be16_load(tag->type);
        offset += sizeof *tag;
    }
    return packet_parse(p, frame, offset, len, type, csum_ok);
}

int pkt_parse(struct pkt *p, const uint8_t *frame, uint32_t len, bool csum_ok)
{
    const struct eth_hdr *eth = (const void *)frame;
    if (UNLIKELY(len < sizeof *eth))
        return -DROP_ETH_SHORT;
    uint16_t type = be16_load(eth->type);
    bool one_to_one = !((eth->dst[0] | eth->src[0]) & 1);
    p->vlan = (struct net_vlan){0, 0};
    p->eth_src = eth->src;
    if (LIKELY(type == ETH_IP4 && one_to_one))
        return ip4_parse(p, frame + ETH_HEADER, len - ETH_HEADER, csum_ok);
    if (LIKELY(type == ETH_IP6 && one_to_one))
        return ip6_parse(p, frame + ETH_HEADER, len - ETH_HEADER, csum_ok);
    if (is_tag(type))
        return tagged_parse(p, frame, len, type, csum_ok);
    return packet_parse(p, frame, ETH_HEADER, len, type, csum_ok);
}

static uint32_t tag_write(uint8_t *at, uint16_t type, uint16_t id)
{
    be16_store((struct be16 *)at, type);
    be16_store((struct be16 *)(at + 2), id & VLAN_ID);
    return sizeof(struct vlan_hdr);
}

uint32_t eth_write(uint8_t *frame, const uint8_t dst[6], const uint8_t src[6],
                   struct net_vlan vlan, uint16_t type)
{
    uint32_t at = 12;
    memcpy(frame, dst, 6);
    memcpy(frame + 6, src, 6);
    if (vlan.outer)
        at += tag_write(frame + at, ETH_QINQ, vlan.outer);
    if (vlan.id)
        at += tag_write(frame + at, ETH_VLAN, vlan.id);
    be16_store((struct be16 *)(frame + at), type);
    return at + 2;
}
