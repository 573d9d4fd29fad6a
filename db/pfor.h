/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whole numbers in few bits: patched frame of reference (Zukowski, Heman, Nes and Boncz 2006,
 * "Super-Scalar RAM-CPU Cache Compression"). Runs of 128 values share a base (their minimum) and a
 * width; the few that do not fit keep their high bits aside.
 *
 *   run: u8 width (0x80 added: of the second choice), u8 exceptions, varint base, packed low bits,
 *        positions (u8 each), high bits (varint each)
 *
 * Bits fill bytes from the least significant one; varints are LEB128.
 */
#ifndef DB_PFOR_H
#define DB_PFOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PFOR_RUN     128u
#define PFOR_PADDING 16u /* bytes that may be read behind the packed bytes */

/* Bytes at most that `count` values take. */
static inline size_t pfor_bound(size_t count)
{
    return count * 8 + (count / PFOR_RUN + 1) * (2 + 10) + PFOR_PADDING;
}

/* Writes at most pfor_bound(count) bytes; returns how many. */
size_t pfor_pack(const uint64_t *values, size_t count, uint8_t *out);
/* The same data said in two ways: each run takes the one that is shorter. */
size_t pfor_pack_either(const uint64_t *first, const uint64_t *second, size_t count, uint8_t *out);

/* Foreign bytes; PFOR_PADDING more must be readable behind them. Fills all of `values`, and every
 * byte must be used: 0, else -EBADMSG. */
int pfor_unpack(const uint8_t *data, size_t len, uint64_t *values, size_t count);
/* `second`: a flag for each run; NULL: there must be no second choice. */
int pfor_unpack_either(const uint8_t *data, size_t len, uint64_t *values, size_t count,
                       bool *second);

#endif
