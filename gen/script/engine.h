/* SPDX-License-Identifier: BSD-3-Clause */
/* Our engine as the TCP that a script is about: a whole stack on a wire in one hand, in virtual time,
 * with sockets enough for a script's calls. */
#ifndef SCRIPT_ENGINE_H
#define SCRIPT_ENGINE_H

#include "script/script.h"
#include "stack/stack.h"

#define SCRIPT_PORT      8080 /* of whoever listens */
#define SCRIPT_OTHER     5000 /* of the other one */
#define SCRIPT_OUR_ADDR  0xc6120001u /* 198.18.0.1 (RFC 2544): the side under test */
#define SCRIPT_PEER_ADDR 0xc6120002u

struct script_engine;

/* `cfg`: how the stack is set up; addresses and pools are made to fit. `start_ns`: the virtual clock
 * when the script begins. */
struct script_engine *script_engine_open(const struct stack_config *cfg, uint64_t start_ns,
                                         struct err *e);
struct script_side script_engine_side(struct script_engine *g);
/* NULL: everything was given back after the connections were aborted; else what was not. */
const char *script_engine_leak(struct script_engine *g);
void script_engine_close(struct script_engine *g);

#endif
