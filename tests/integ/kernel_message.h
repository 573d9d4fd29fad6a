/* SPDX-License-Identifier: BSD-3-Clause */
/* The messages of kernel_client: a function of seed and number, checked to the last byte. */
#ifndef TESTS_INTEG_KERNEL_MESSAGE_H
#define TESTS_INTEG_KERNEL_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#define MESSAGE_LINE_MIN 88 /* the envelope of a line with the longest id */

struct message_plan {
    uint64_t seed;
    uint32_t min, max; /* bytes */
    bool line;         /* a JSON-RPC request and a newline; else any bytes */
};

/* The first has `min` bytes, the second `max`, the others lie between, as many short as long. */
uint32_t message_len(const struct message_plan *p, uint64_t number);
void message_fill(const struct message_plan *p, uint64_t number, uint8_t *to, uint32_t len);
/* Is the reply the request's own bytes or, for a line, a JSON-RPC result with its id and length? */
bool message_answered(const struct message_plan *p, uint64_t number, const uint8_t *request,
                      const uint8_t *reply, uint32_t len);

#endif
