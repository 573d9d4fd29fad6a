/* SPDX-License-Identifier: BSD-3-Clause */
/* Our engine as the TCP that a script is about: a whole stack on a wire in one hand, in virtual time,
 * with sockets enough for a script's calls. */
#ifndef SCRIPT_ENGINE_H
#define SCRIPT_ENGINE_H

#include "script/script.h"
#include "stack/stack.h"

#define SCRIPT_PORT      8080 /* of whoever listens */
#define SCRIPT_OTHER     5000 /* of the other one */

/* 198.18.0.1 and .2 (RFC 2544), 2001:2::1 and ::2 (RFC 5180). */
static inline struct ip_addr script_our_addr(bool ip6)
{
    return ip6 ? (struct ip_addr){0x2001000200000000, 1} : ip4_addr(0xc6120001);
}

static inline struct ip_addr script_peer_addr(bool ip6)
{
    return ip6 ? (struct ip_addr){0x2001000200000000, 2} : ip4_addr(0xc6120002);
}

/* What an IPv6 header is longer. With so much more MTU the same script tells the same segments. */
#define SCRIPT_IP6_MORE 20

struct script_engine;

/* `cfg`: how the stack is set up; addresses and pools are made to fit, the family is that of
 * local[0], IPv4 when there is none. Its MTU is that of IPv4: SCRIPT_IP6_MORE is put on top.
 * `start_ns`: the virtual clock when the script begins. */
struct script_engine *script_engine_open(const struct stack_config *cfg, uint64_t start_ns,
                                         struct err *e);
struct script_side script_engine_side(struct script_engine *g);
/* NULL: everything was given back after the connections were aborted; else what was not. */
const char *script_engine_leak(struct script_engine *g);
void script_engine_close(struct script_engine *g);

#endif
