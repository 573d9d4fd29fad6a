/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/fault_mark.h"

#include "base/cursor.h"
#include "wire/fault_harm.h"

enum { TYPE_IP4 = 0x0800, TYPE_IP6 = 0x86dd, IP4_BYTES = 20, IP6_BYTES = 40 };
enum { ECN_CE = 3, TOS = 1, CSUM = 10 };

/* HC' = ~(~HC + ~m + m'), RFC 1624 3, of the 16-bit word that holds the field. */
static void mark_ip4(uint8_t *ip)
{
    uint32_t old = (uint32_t)(ip[0] << 8 | ip[TOS]);
    ip[TOS] |= ECN_CE;
    uint32_t new = (uint32_t)(ip[0] << 8 | ip[TOS]), csum = (uint32_t)(ip[CSUM] << 8 | ip[CSUM + 1]);
    uint32_t sum = (~csum & 0xffff) + (~old & 0xffff) + new;
    sum = (sum & 0xffff) + (sum >> 16);
    sum = ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
    ip[CSUM] = (uint8_t)(sum >> 8);
    ip[CSUM + 1] = (uint8_t)sum;
}

bool fault_mark_ce(uint8_t *data, uint16_t len)
{
    struct cursor c = cursor_over(data, len);
    uint16_t type = harm_link_type(&c);
    bool ip4 = type == TYPE_IP4, ip6 = type == TYPE_IP6;
    const uint8_t *at = ip4 || ip6 ? cursor_take(&c, ip4 ? IP4_BYTES : IP6_BYTES) : NULL;
    if (!at)
        return false;
    uint8_t *ip = data + (at - data);
    uint8_t field = ip4 ? ip[TOS] & 3 : ip[1] >> 4 & 3; /* the low bits of the traffic class */
    if (field == 0)
        return false;
    if (ip4)
        mark_ip4(ip);
    else
        ip[1] |= ECN_CE << 4;
    return true;
}
