/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Transactions as stored: blocks of up to SAMPLE_BLOCK_MAX, column by column, lossless to 1 ns.
 *
 *   block:  u32 count, then the columns in the order of enum sample_column
 *   column: u8 coding, u8 compression, u32 plain length, u32 stored length, stored bytes
 *
 * Little-endian. A block is ordered by intended start, so that a constant rate costs next to
 * nothing there. Codings: SAME (one varint stands for all), PLAIN (pfor.h), RISING (a varint, then
 * pfor.h over the differences), CHANGES (the same, differences as ZigZag), EITHER (the times: run by
 * run of 128 as they are, or as ZigZag differences of the moments at which they ended, which a
 * batch of replies and a stall have in common; "before the first" is moment 0). Compression: 0 none,
 * 1 zstd; it is tried column by column and kept where it pays. The checksum is a column of its
 * own in the database and covers every byte.
 *
 * Service time is not stored: it is what latency leaves after queueing and lateness.
 */
#ifndef DB_SAMPLE_BLOCK_H
#define DB_SAMPLE_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SAMPLE_BLOCK_MAX    16384u
#define SAMPLE_BLOCK_FORMAT 1

enum sample_column {
    SAMPLE_START,      /* intended start, ns; of any epoch: the recorder stores Unix time */
    SAMPLE_LATENCY,    /* ns */
    SAMPLE_QUEUEING,   /* ns */
    SAMPLE_LATENESS,   /* ns */
    SAMPLE_SIZE,       /* bytes of the request */
    SAMPLE_CONNECTION, /* its number over the whole run */
    SAMPLE_KIND,       /* sample_kind() */
    SAMPLE_COLUMNS
};

/* Target, operation (8 bits), enum result (4 bits) and whether it was started in a measured phase.
 * target: its place in the list of targets, from 1 to SAMPLE_TARGETS; 0: the only one, none, or not
 * recorded (by versions that did not). */
#define SAMPLE_TARGETS 255u
static inline uint64_t sample_kind(uint32_t target, uint32_t operation, uint32_t result,
                                   bool measured)
{
    return (uint64_t)target << 13 | (uint64_t)operation << 5 | result << 1 | measured;
}
static inline uint32_t sample_operation(uint64_t kind)
{
    return kind >> 5 & 255;
}
static inline uint32_t sample_target(uint64_t kind)
{
    return kind >> 13 & SAMPLE_TARGETS;
}
static inline uint32_t sample_result(uint64_t kind)
{
    return kind >> 1 & 15;
}
static inline bool sample_measured(uint64_t kind)
{
    return kind & 1;
}
static inline uint64_t sample_service(uint64_t latency, uint64_t queueing, uint64_t lateness)
{
    return latency > queueing + lateness ? latency - queueing - lateness : 0;
}

/* --- writing --------------------------------------------------------------------------------- */

/* One block being filled, and all memory that packing it takes: nothing is allocated afterwards. */
struct sample_packer;
struct sample_packer *sample_packer_new(void); /* NULL: no memory */
size_t sample_packer_bytes(void); /* of one, without its compressor */
void sample_packer_free(struct sample_packer *p);

/* Where to put `count` values before sample_packer_pack(): one array of SAMPLE_BLOCK_MAX a column,
 * in any order of starts. */
uint64_t *sample_packer_column(struct sample_packer *p, enum sample_column column);

struct sample_packed {
    const uint8_t *data; /* the packer's; good until it packs again */
    size_t len;
    uint32_t crc;
    uint64_t first_ns, last_ns; /* earliest intended start, latest end (start + latency) */
};
/* Packs the first `count` (1 to SAMPLE_BLOCK_MAX) entries; orders the columns by start. */
void sample_packer_pack(struct sample_packer *p, uint32_t count, struct sample_packed *out);

/* --- reading --------------------------------------------------------------------------------- */

/* A block of foreign bytes, checked as a whole; its columns are unpacked one at a time, as they
 * are asked for. */
struct sample_reader;
struct sample_reader *sample_reader_new(void); /* NULL: no memory */
void sample_reader_free(struct sample_reader *r);

/* `data` must live as long as columns are read. 0, or -EBADMSG with a reason in *why: another
 * format, checksum, lengths or counts that do not agree. */
int sample_reader_open(struct sample_reader *r, int64_t format, int64_t count, int64_t crc,
                       const void *data, size_t len, const char **why);
/* `count` values, NULL when the column is damaged. The reader's, until the next open. */
const uint64_t *sample_reader_column(struct sample_reader *r, enum sample_column column);
/* Opens and unpacks everything: NULL when the block is whole, else the reason. */
const char *sample_reader_damage(struct sample_reader *r, int64_t format, int64_t count,
                                 int64_t crc, const void *data, size_t len);

#endif
