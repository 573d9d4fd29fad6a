/* SPDX-License-Identifier: BSD-3-Clause */
/* Whose a frame is. What is cut off or of no kind that has an owner is nobody's: its receiver judges it. */
#include <stddef.h>

#include "wire/handover.h"

enum { TYPE_IP4 = 0x0800, TYPE_ARP = 0x0806, TYPE_TAG = 0x8100, TYPE_IP6 = 0x86dd,
       TYPE_SERVICE_TAG = 0x88a8 };
enum { ETH_BYTES = 14, TAG_BYTES = 4, TAGS = 2, IP4_BYTES = 20, IP6_BYTES = 40, ICMP_BYTES = 8 };
enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_ICMP6 = 58, FRAGMENT_OFFSET = 0x1fff };
enum { ICMP_UNREACHABLE = 3, ICMP_TIME_EXCEEDED = 11, ICMP_PARAMETER = 12 };
enum { ICMP6_ERRORS = 127, ICMP6_NEIGHBOUR_ANSWER = 136, ARP_ANSWER = 2 };
enum { SRC_PORT = 0, DST_PORT = 2 };

/* What is left of the frame. */
struct view {
    const uint8_t *at, *end;
};

static bool has(const struct view *v, uint32_t len)
{
    return v->end - v->at >= (ptrdiff_t)len;
}

static uint16_t get16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static uint16_t owner_of_port(const uint16_t *owner, const struct view *tcp, uint32_t which)
{
    return has(tcp, 4) ? owner[get16(tcp->at + which)] : HANDOVER_NOBODY;
}

/* Past an IPv4 header to what it carries: the protocol, or -1. */
static int skip_ip4(struct view *v)
{
    if (!has(v, IP4_BYTES) || get16(v->at + 6) & FRAGMENT_OFFSET)
        return -1;
    uint32_t len = (v->at[0] & 0x0f) * 4u;
    int protocol = v->at[9];
    if (len < IP4_BYTES || !has(v, len))
        return -1;
    v->at += len;
    return protocol;
}

/* We send no extension headers, and whom we know sends none with TCP. */
static int skip_ip6(struct view *v)
{
    if (!has(v, IP6_BYTES))
        return -1;
    int protocol = v->at[6];
    v->at += IP6_BYTES;
    return protocol;
}

static uint16_t quoted(const uint16_t *owner, struct view v, int (*skip)(struct view *v))
{
    v.at += ICMP_BYTES;
    return skip(&v) == PROTOCOL_TCP ? owner_of_port(owner, &v, SRC_PORT) : HANDOVER_NOBODY;
}

static uint16_t owner_of_ip4(const uint16_t *owner, struct view v)
{
    int protocol = skip_ip4(&v);
    if (protocol == PROTOCOL_TCP)
        return owner_of_port(owner, &v, DST_PORT);
    if (protocol != PROTOCOL_ICMP || !has(&v, ICMP_BYTES))
        return HANDOVER_NOBODY;
    uint8_t type = v.at[0];
    bool error = type == ICMP_UNREACHABLE || type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETER;
    return error ? quoted(owner, v, skip_ip4) : HANDOVER_NOBODY;
}

static uint16_t owner_of_ip6(const uint16_t *owner, struct view v)
{
    int protocol = skip_ip6(&v);
    if (protocol == PROTOCOL_TCP)
        return owner_of_port(owner, &v, DST_PORT);
    if (protocol != PROTOCOL_ICMP6 || !has(&v, ICMP_BYTES))
        return HANDOVER_NOBODY;
    if (v.at[0] == ICMP6_NEIGHBOUR_ANSWER)
        return HANDOVER_ALL;
    return v.at[0] <= ICMP6_ERRORS ? quoted(owner, v, skip_ip6) : HANDOVER_NOBODY;
}

static uint16_t owner_of_arp(struct view v)
{
    return has(&v, 8) && get16(v.at + 6) == ARP_ANSWER ? HANDOVER_ALL : HANDOVER_NOBODY;
}

uint16_t handover_owner(const uint16_t owner[HANDOVER_PORTS], const struct frame *f)
{
    struct view v = {f->data, f->data + f->len};
    if (!has(&v, ETH_BYTES + TAGS * TAG_BYTES))
        return HANDOVER_NOBODY;
    uint16_t type = get16(v.at + ETH_BYTES - 2);
    v.at += ETH_BYTES;
    for (int i = 0; i < TAGS && (type == TYPE_TAG || type == TYPE_SERVICE_TAG); i++) {
        type = get16(v.at + 2);
        v.at += TAG_BYTES;
    }
    if (type == TYPE_IP4)
        return owner_of_ip4(owner, v);
    if (type == TYPE_IP6)
        return owner_of_ip6(owner, v);
    return type == TYPE_ARP ? owner_of_arp(v) : HANDOVER_NOBODY;
}
