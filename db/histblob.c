/* SPDX-License-Identifier: BSD-3-Clause */
#include "db/histblob.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/cursor.h"
#include "base/hist.h"

#define COOKIE_COUNTS  0x1c849313u
#define COOKIE_DEFLATE 0x1c849314u
#define HEADER_LEN     40u
#define DIGITS         3u
#define VARINT_MAX     9u
#define COUNTS_MAX_LEN (4u << 20) /* far beyond any real histogram: a bomb is refused */

static uint8_t *put_be32(uint8_t *p, uint32_t v)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *p++ = (uint8_t)(v >> shift);
    return p;
}

static uint8_t *put_be64(uint8_t *p, uint64_t v)
{
    return put_be32(put_be32(p, (uint32_t)(v >> 32)), (uint32_t)v);
}

static uint64_t get_be64(struct cursor *c)
{
    uint64_t high = cursor_be32(c);
    return high << 32 | cursor_be32(c);
}

/* ZigZag, then 7 bits a byte; the ninth byte carries eight. */
static uint8_t *put_varint(uint8_t *p, int64_t value)
{
    uint64_t v = ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
    for (unsigned i = 1; i < VARINT_MAX && v >= 0x80; i++, v >>= 7)
        *p++ = (uint8_t)(v | 0x80);
    *p++ = (uint8_t)v;
    return p;
}

static int64_t get_varint(struct cursor *c)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < VARINT_MAX; i++) {
        uint64_t byte = cursor_u8(c), last = i == VARINT_MAX - 1;
        v |= (last ? byte : byte & 0x7f) << 7 * i;
        if (byte < 0x80)
            break;
    }
    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

/* Bucket counts of either width, read one at a time. */
struct counts {
    const uint32_t *narrow;
    const uint64_t *wide;
    uint32_t used; /* one past the last bucket that may be filled */
};

static uint64_t count_at(const struct counts *c, uint32_t i)
{
    return c->narrow ? c->narrow[i] : c->wide[i];
}

static uint8_t *put_counts(uint8_t *p, const struct counts *c)
{
    int64_t empty = 0;
    for (uint32_t i = 0; i < c->used; i++) {
        uint64_t n = count_at(c, i);
        if (!n) {
            empty++;
            continue;
        }
        if (empty)
            p = put_varint(p, -empty);
        p = put_varint(p, (int64_t)n);
        empty = 0;
    }
    return p;
}

static void put_header(uint8_t *p, uint32_t counts_len)
{
    double ratio = 1.0;
    uint64_t ratio_bits;
    memcpy(&ratio_bits, &ratio, sizeof ratio);
    p = put_be32(p, COOKIE_COUNTS);
    p = put_be32(p, counts_len);
    p = put_be32(p, 0);
    p = put_be32(p, DIGITS);
    p = put_be64(p, 1);
    p = put_be64(p, HIST_MAX_NS);
    put_be64(p, ratio_bits);
}

/* Level 1: the recorder shares a core, and counts are small already. */
static int deflate_whole(const uint8_t *plain, size_t plain_len, uint8_t **out, size_t *len)
{
    uLongf packed_len = compressBound(plain_len);
    uint8_t *packed = malloc(8 + packed_len);
    if (!packed || compress2(packed + 8, &packed_len, plain, plain_len, 1) != Z_OK) {
        free(packed);
        return -ENOMEM;
    }
    put_be32(put_be32(packed, COOKIE_DEFLATE), (uint32_t)packed_len);
    *out = packed;
    *len = 8 + packed_len;
    return 0;
}

static int encode(const struct counts *c, uint8_t **out, size_t *len)
{
    uint8_t *plain = malloc(HEADER_LEN + (size_t)c->used * VARINT_MAX);
    if (!plain)
        return -ENOMEM;
    uint8_t *end = put_counts(plain + HEADER_LEN, c);
    put_header(plain, (uint32_t)(end - plain) - HEADER_LEN);
    int ret = deflate_whole(plain, (size_t)(end - plain), out, len);
    free(plain);
    return ret;
}

static uint32_t used_buckets(uint64_t max_ns)
{
    return hist_index(max_ns < HIST_MAX_NS ? max_ns : HIST_MAX_NS) + 1;
}

int histblob_encode(const struct hist *h, uint8_t **out, size_t *len)
{
    return encode(&(struct counts){.narrow = h->counts, .used = used_buckets(h->max_ns)}, out,
                  len);
}

int histblob_encode_sum(const struct hist_sum *s, uint8_t **out, size_t *len)
{
    return encode(&(struct counts){.wide = s->counts, .used = used_buckets(s->max_ns)}, out, len);
}

/* Another histogram's bucket layout: 2^sub_bits sub-buckets of 2^unit_bits each. */
struct layout {
    unsigned unit_bits, sub_bits;
};

static bool read_header(struct cursor *c, struct layout *l, uint32_t *counts_len)
{
    uint32_t cookie = cursor_be32(c);
    *counts_len = cursor_be32(c);
    uint32_t offset = cursor_be32(c), digits = cursor_be32(c);
    uint64_t lowest = get_be64(c);
    if (c->bad || cookie != COOKIE_COUNTS || offset || digits < 1 || digits > 5 || !lowest ||
        *counts_len > COUNTS_MAX_LEN)
        return false;
    l->unit_bits = 63u - (unsigned)__builtin_clzll(lowest);
    l->sub_bits = (unsigned)ceil(log2(2 * pow(10, digits)));
    return l->unit_bits + l->sub_bits <= 61;
}

/* Values of bucket `index`; false when they do not fit into 63 bits. */
static bool bucket_bounds(const struct layout *l, uint64_t index, uint64_t *low, uint64_t *high)
{
    uint64_t half = index >> (l->sub_bits - 1);
    uint64_t shift = l->unit_bits + (half < 2 ? 0 : half - 1);
    if (shift + l->sub_bits > 63)
        return false;
    uint64_t sub = half < 2 ? index : index - ((half - 1) << (l->sub_bits - 1));
    *low = sub << shift;
    *high = *low + (1ull << shift) - 1;
    return true;
}

static void add_bucket(struct hist_sum *s, uint64_t low, uint64_t high, uint64_t n)
{
    s->count += n;
    s->sum_ns += ((double)low + (double)high) / 2 * (double)n;
    s->min_ns = low < s->min_ns ? low : s->min_ns;
    s->max_ns = high > s->max_ns ? high : s->max_ns;
    if (high > HIST_MAX_NS)
        s->overflow += n;
    else
        s->counts[hist_index(high)] += n;
}

/* Checks the counts, and adds them when there is an `s`. Always ends: each varint takes a byte.
 * All counts together must fit into 63 bits, as those of one bucket must to be encoded again. */
static bool walk(struct cursor c, const struct layout *l, struct hist_sum *s)
{
    uint64_t index = 0;
    int64_t total = 0;
    while (cursor_left(&c)) {
        int64_t n = get_varint(&c);
        uint64_t low, high, skip = n < 0 ? -(uint64_t)n : 1;
        if (c.bad || skip > UINT32_MAX || !bucket_bounds(l, index + skip - 1, &low, &high) ||
            (n > 0 && __builtin_add_overflow(total, n, &total)))
            return false;
        if (n > 0 && s)
            add_bucket(s, low, high, (uint64_t)n);
        index += skip;
    }
    return true;
}

/* Inflates exactly `want` more bytes to `to`. */
static bool inflate_some(z_stream *z, uint8_t *to, uint32_t want)
{
    z->next_out = to;
    z->avail_out = want;
    int rc = want ? inflate(z, Z_SYNC_FLUSH) : Z_OK;
    return (rc == Z_OK || rc == Z_STREAM_END) && !z->avail_out;
}

static int decode_stream(z_stream *z, struct hist_sum *s)
{
    uint8_t header[HEADER_LEN];
    struct layout layout;
    uint32_t counts_len;
    struct cursor c = cursor_over(header, sizeof header);
    if (!inflate_some(z, header, HEADER_LEN) || !read_header(&c, &layout, &counts_len))
        return -EBADMSG;
    uint8_t *counts = malloc(counts_len + 1u);
    if (!counts)
        return -ENOMEM;
    struct cursor over = cursor_over(counts, counts_len);
    bool good = inflate_some(z, counts, counts_len) && walk(over, &layout, NULL) &&
                walk(over, &layout, s);
    free(counts);
    return good ? 0 : -EBADMSG;
}

int histblob_decode(const void *blob, size_t len, struct hist_sum *s)
{
    struct cursor c = cursor_over(blob, len);
    uint32_t cookie = cursor_be32(&c), packed_len = cursor_be32(&c);
    const uint8_t *packed = cursor_take(&c, packed_len);
    if (c.bad || cookie != COOKIE_DEFLATE)
        return -EBADMSG;
    z_stream z = {.next_in = (Bytef *)(uintptr_t)packed, .avail_in = packed_len};
    if (inflateInit(&z) != Z_OK)
        return -ENOMEM;
    int ret = decode_stream(&z, s);
    inflateEnd(&z);
    return ret;
}
