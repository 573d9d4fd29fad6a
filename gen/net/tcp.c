/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/tcp_take.h"

int tcp_parse(struct pkt *p, const uint8_t *seg, uint32_t len, uint64_t pseudo_sum, bool csum_ok)
{
    return tcp_take(p, seg, len, pseudo_sum, csum_ok);
}

__attribute__((noinline)) int tcp_parse_long(struct pkt *p, const uint8_t *seg, uint32_t len,
                                             uint64_t pseudo_sum)
{
    if (UNLIKELY(csum_fold(pseudo_sum + csum_add_long(seg, len)) != 0xffff))
        return -DROP_TCP_CSUM;
    return tcp_take(p, seg, len, 0, true);
}
