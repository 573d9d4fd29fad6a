/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses as rtnetlink has them: of their own family, in network order. */
#ifndef WIRE_NETLINK_ADDR_H
#define WIRE_NETLINK_ADDR_H

#include <arpa/inet.h>
#include <endian.h>
#include <libmnl/libmnl.h>
#include <sys/socket.h>

#include "base/addr.h"

static inline uint8_t netlink_family(struct ip_addr addr)
{
    return ip_is4(addr) ? AF_INET : AF_INET6;
}

static inline void netlink_put_addr(struct nlmsghdr *h, uint16_t type, struct ip_addr addr)
{
    const uint64_t six[2] = {htobe64(addr.hi), htobe64(addr.lo)};
    if (ip_is4(addr))
        mnl_attr_put_u32(h, type, htonl(ip_to4(addr)));
    else
        mnl_attr_put(h, type, sizeof six, six);
}

#endif
