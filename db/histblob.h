/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Histograms as stored: the HdrHistogram V2 compressed encoding (HdrHistogram 2.1, Histogram.java
 * encodeIntoCompressedByteBuffer), so that any HdrHistogram reads our blobs.
 *
 *   be32 0x1c849314, be32 length of the zlib stream, zlib stream of:
 *   be32 0x1c849313, be32 length of the counts, be32 normalizing offset (0), be32 digits (3),
 *   be64 lowest (1), be64 highest, be64 double ratio (1.0), counts.
 *   counts: ZigZag LEB128 (at most 9 bytes); a negative n stands for -n empty buckets.
 *
 * The encoding holds bucket counts only: `overflow`, exact min, max and mean are columns beside
 * the blob, and are estimated from the buckets by a decode.
 */
#ifndef DB_HISTBLOB_H
#define DB_HISTBLOB_H

#include <stddef.h>
#include <stdint.h>

struct hist;
struct hist_sum;

/* Into `out`, which the caller frees with free(). 0, -ENOMEM. */
int histblob_encode(const struct hist *h, uint8_t **out, size_t *len);
int histblob_encode_sum(const struct hist_sum *s, uint8_t **out, size_t *len);

/* Adds the blob's counts to `s` (hist_sum_reset() it first). Exact for our own layout; a blob with
 * other digits or another unit counts at the highest value of its buckets, so percentiles come out
 * as its own reader says them. min and max widen to the buckets' bounds, sum_ns grows by bucket
 * middles: set the columns' exact values over them where they are at hand. Values above
 * HIST_MAX_NS count as overflow. Foreign bytes: -EBADMSG when it is not a whole, sane V2 blob,
 * -ENOMEM; `s` is then unchanged. */
int histblob_decode(const void *blob, size_t len, struct hist_sum *s);

#endif
