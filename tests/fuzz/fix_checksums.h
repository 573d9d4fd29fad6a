/* SPDX-License-Identifier: BSD-3-Clause */
/* Rights the checksums of whatever looks enough like IP, in place, so that a fuzzer gets past them. */
#ifndef TESTS_FUZZ_FIX_CHECKSUMS_H
#define TESTS_FUZZ_FIX_CHECKSUMS_H

#include <string.h>

#include "base/csum.h"

enum { FIX_TCP = 6, FIX_ICMP = 1, FIX_ICMP6 = 58 };

static inline void fix_store(uint8_t *at, uint64_t sum)
{
    uint16_t raw = (uint16_t)~csum_fold(sum);
    memcpy(at, &raw, 2);
}

static inline uint32_t fix_get16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

/* `addrs`: of the pseudo header; addrs_len 0: there is none. */
static inline void fix_l4(uint8_t *l4, size_t len, uint8_t protocol, const uint8_t *addrs,
                          size_t addrs_len)
{
    uint8_t pseudo[4] = {0, protocol, (uint8_t)(len >> 8), (uint8_t)len};
    size_t at = protocol == FIX_TCP ? 16 : 2;
    if (len < at + 2)
        return;
    memset(l4 + at, 0, 2);
    uint64_t sum = addrs_len ? csum_add(addrs, addrs_len) + csum_add(pseudo, 4) : 0;
    fix_store(l4 + at, sum + csum_add(l4, len));
}

static inline void fix_ip4(uint8_t *ip, size_t room)
{
    size_t header = (ip[0] & 15u) * 4, total = fix_get16(ip + 2);
    if (total > room || header < 20 || header > total)
        return;
    memset(ip + 10, 0, 2);
    fix_store(ip + 10, csum_add(ip, header));
    fix_l4(ip + header, total - header, ip[9], ip + 12, ip[9] == FIX_TCP ? 8 : 0);
}

static inline void fix_ip6(uint8_t *ip, size_t room)
{
    size_t total = 40 + fix_get16(ip + 4), at = 40;
    uint8_t next = ip[6];
    if (total > room)
        return;
    while (next != FIX_TCP && next != FIX_ICMP6) {
        bool known = next == 0 || next == 43 || next == 44 || next == 60;
        if (!known || total < at + 8)
            return;
        uint8_t len = next == 44 ? 0 : ip[at + 1];
        next = ip[at];
        at += (len + 1u) * 8;
        if (at > total)
            return;
    }
    fix_l4(ip + at, total - at, next, ip + 8, 32);
}

static inline void fix_checksums(uint8_t *f, size_t size)
{
    size_t at = 14;
    while (at <= size && at < 22 && (fix_get16(f + at - 2) == 0x8100 || fix_get16(f + at - 2) == 0x88a8))
        at += 4;
    if (size >= at + 20 && fix_get16(f + at - 2) == 0x0800)
        fix_ip4(f + at, size - at);
    if (size >= at + 40 && fix_get16(f + at - 2) == 0x86dd)
        fix_ip6(f + at, size - at);
}

#endif
