/* SPDX-License-Identifier: BSD-3-Clause */
/* Flow hash: one 64x64 multiplication whose halves are folded together. */
#include "net/pkt.h"

uint32_t net_flow_hash(uint64_t key, uint32_t path, uint16_t lport, uint16_t rport)
{
    uint64_t flow = (uint64_t)path << 32 | (uint32_t)lport << 16 | rport;
    unsigned __int128 product = (unsigned __int128)(flow ^ key) * 0x9e3779b97f4a7c15ull;
    uint64_t mixed = (uint64_t)product ^ (uint64_t)(product >> 64);
    return (uint32_t)(mixed ^ mixed >> 32);
}
