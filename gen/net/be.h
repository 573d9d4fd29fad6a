/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Big-endian values as they lie in a frame: byte arrays, so any alignment is fine and no arithmetic
 * is possible before the conversion. They exist in net/ only.
 */
#ifndef NET_BE_H
#define NET_BE_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct be16 {
    uint8_t byte[2];
};

struct be32 {
    uint8_t byte[4];
};

static inline uint16_t be16_load(struct be16 v)
{
    uint16_t raw;
    memcpy(&raw, v.byte, sizeof raw);
    return be16toh(raw);
}

/* Whether any of these bits is set. */
static inline bool be16_has(struct be16 v, uint16_t bits)
{
    uint16_t raw;
    memcpy(&raw, v.byte, sizeof raw);
    return raw & htobe16(bits);
}

static inline uint32_t be32_load(struct be32 v)
{
    uint32_t raw;
    memcpy(&raw, v.byte, sizeof raw);
    return be32toh(raw);
}

static inline void be16_store(struct be16 *at, uint16_t host)
{
    uint16_t raw = htobe16(host);
    memcpy(at->byte, &raw, sizeof raw);
}

static inline void be32_store(struct be32 *at, uint32_t host)
{
    uint32_t raw = htobe32(host);
    memcpy(at->byte, &raw, sizeof raw);
}

static inline uint64_t be64_load(const uint8_t *at)
{
    uint64_t raw;
    memcpy(&raw, at, sizeof raw);
    return be64toh(raw);
}

static inline void be64_store(uint8_t *at, uint64_t host)
{
    uint64_t raw = htobe64(host);
    memcpy(at, &raw, sizeof raw);
}

/* Stores 32 bits and returns them as csum partial sums count them: in the order of memory. */
static inline uint64_t be32_put(uint8_t *at, uint32_t host)
{
    uint32_t raw = htobe32(host);
    memcpy(at, &raw, sizeof raw);
    return raw;
}

/* A 16-bit value as csum partial sums count it. */
static inline uint64_t be16_sum(uint16_t host)
{
    return htobe16(host);
}

/* Stores a checksum: the complement of a partial sum, which is in memory order already. */
static inline void be16_store_csum(struct be16 *at, uint16_t folded)
{
    uint16_t raw = (uint16_t)~folded;
    memcpy(at->byte, &raw, sizeof raw);
}

#endif
