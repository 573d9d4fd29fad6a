/* SPDX-License-Identifier: BSD-3-Clause */
/* Where TCP or any other transport stands in a frame that nothing is asked of but that it holds one:
 * frames of others, frames to be shown. Internal to net/; what the stack takes goes through
 * pkt_parse. */
#ifndef NET_PEEK_H
#define NET_PEEK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct net_transport {
    const uint8_t *at;       /* its header, in the frame */
    uint32_t len;            /* up to the packet's end */
    uint8_t protocol;        /* of the IP header: extension headers of IPv6 count as one */
    uint8_t tos;             /* or traffic class */
    bool fragment;           /* IPv4: not a whole packet */
    uint8_t addresses_len;
    const void *addresses;   /* source and destination, as the pseudo-header has them */
};

/* Tags are passed over, as many as there are. False: no IP, or lengths that reach out of the frame. */
bool net_peek(struct net_transport *t, const uint8_t *frame, size_t len);

#endif
