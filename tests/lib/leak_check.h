/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * After a test: everything is back where it came from. Pools are walked, not believed: a free list
 * must name each of its entries once, and a frame must be in exactly one place.
 */
#ifndef TESTS_LIB_LEAK_CHECK_H
#define TESTS_LIB_LEAK_CHECK_H

#include "tcp/tcp.h"

struct link;
struct stack;
struct wire_port;

/* No connection is left: pools full, wheel and output list empty; only TIME-WAIT entries may stand. */
void leak_check_tcp(const struct tcp *t);
/* Each buffer of the link is free, under way, or lent to one of the stacks. */
void leak_check_link(const struct link *l, const struct stack *a, const struct stack *b);
/* Each frame of every queue of a pair is on a list or in a ring, none is lent any more. */
void leak_check_pair(struct wire_port *const ports[2]);

#endif
