/* SPDX-License-Identifier: BSD-3-Clause */
/* Which capabilities (capabilities(7)) the calling thread lacks, by name, for messages. */
#ifndef WIRE_PRIVILEGE_H
#define WIRE_PRIVILEGE_H

#include <stddef.h>
#include <stdint.h>

#define PRIVILEGE_BIT(cap) (1ull << (cap))

/* Of the `wanted` bits, those not effective; their names, joined by commas, into `names`. */
uint64_t privilege_missing(uint64_t wanted, char *names, size_t size);

#endif
