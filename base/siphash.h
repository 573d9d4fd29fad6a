/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SipHash-2-4 (Aumasson and Bernstein 2012): a keyed hash that an attacker who sees its values
 * cannot continue. For what RFC 6528 asks of initial sequence numbers; tables in here are hashed
 * by cheaper ones.
 */
#ifndef BASE_SIPHASH_H
#define BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

/* Of `len` bytes. The key is 128 bits, its first 64 in front. */
uint64_t siphash(const uint64_t key[2], const void *message, size_t len);
/* Of the 8 bytes of `word`, the lowest first. */
uint64_t siphash_word(const uint64_t key[2], uint64_t word);

#endif
