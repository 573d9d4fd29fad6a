/* SPDX-License-Identifier: BSD-3-Clause */
/* The reading half of sample_block.h: nothing in a block is believed before it is checked. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/cursor.h"
#include "db/pfor.h"
#include "db/sample_coding.h"

struct packed_column {
    uint8_t coding, compression;
    uint32_t plain_len, stored_len;
    const uint8_t *stored;
};

struct sample_reader {
    struct packed_column packed[SAMPLE_COLUMNS];
    uint32_t count;
    bool unpacked[SAMPLE_COLUMNS];
    uint64_t columns[SAMPLE_COLUMNS][SAMPLE_BLOCK_MAX];
    uint8_t plain[SAMPLE_PLAIN_MAX + PFOR_PADDING];
    ZSTD_DCtx *zstd;
};

struct sample_reader *sample_reader_new(void)
{
    struct sample_reader *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->zstd = ZSTD_createDCtx();
    if (r->zstd)
        return r;
    free(r);
    return NULL;
}

void sample_reader_free(struct sample_reader *r)
{
    if (!r)
        return;
    ZSTD_freeDCtx(r->zstd);
    free(r);
}

static uint32_t take_u32(struct cursor *c)
{
    const uint8_t *p = cursor_take(c, 4);
    return p ? sample_get_u32(p) : 0;
}

static void take_column(struct cursor *c, struct packed_column *out)
{
    out->coding = cursor_u8(c);
    out->compression = cursor_u8(c);
    out->plain_len = take_u32(c);
    out->stored_len = take_u32(c);
    out->stored = cursor_take(c, out->stored_len);
    c->bad |= out->coding >= CODINGS || out->compression > COMPRESSION_ZSTD ||
              out->plain_len > SAMPLE_PLAIN_MAX ||
              (out->compression == COMPRESSION_NONE && out->stored_len != out->plain_len);
}

int sample_reader_open(struct sample_reader *r, int64_t format, int64_t count, int64_t crc,
                       const void *data, size_t len, const char **why)
{
    struct cursor c = cursor_over(data, len);
    r->count = 0;
    memset(r->unpacked, 0, sizeof r->unpacked);
    *why = "another format than this program's";
    if (format != SAMPLE_BLOCK_FORMAT)
        return -EBADMSG;
    *why = "its checksum is wrong";
    if (len > SAMPLE_DATA_MAX || crc != (int64_t)crc32(0, data, (uInt)len))
        return -EBADMSG;
    uint32_t stored = take_u32(&c);
    *why = "its number of samples is wrong";
    if (count < 1 || count > SAMPLE_BLOCK_MAX || stored != count)
        return -EBADMSG;
    for (int i = 0; i < SAMPLE_COLUMNS; i++)
        take_column(&c, &r->packed[i]);
    *why = "its columns do not add up";
    if (c.bad || cursor_left(&c))
        return -EBADMSG;
    r->count = stored;
    return 0;
}

/* The column's bytes with padding behind them; false: damaged. */
static bool load_plain(struct sample_reader *r, const struct packed_column *p)
{
    if (p->compression == COMPRESSION_NONE) {
        memcpy(r->plain, p->stored, p->plain_len);
        return true;
    }
    size_t got = ZSTD_decompressDCtx(r->zstd, r->plain, SAMPLE_PLAIN_MAX, p->stored, p->stored_len);
    return !ZSTD_isError(got) && got == p->plain_len;
}

/* Returns the bytes that it took, 0: damaged. */
static size_t get_varint(const uint8_t *p, size_t len, uint64_t *v)
{
    *v = 0;
    for (size_t i = 0; i < len && i < 10; i++) {
        *v |= (uint64_t)(p[i] & 0x7f) << 7 * i;
        if (p[i] < 0x80)
            return i + 1;
    }
    return 0;
}

static void add_up(uint64_t *v, uint32_t n, uint64_t first, bool zigzag)
{
    uint64_t at = first;
    v[0] = first;
    if (zigzag)
        for (uint32_t i = 1; i < n; i++)
            v[i] = at += v[i] >> 1 ^ -(v[i] & 1);
    else
        for (uint32_t i = 1; i < n; i++)
            v[i] = at += v[i];
}

/* Runs of changes become times again. */
static bool settle_times(struct sample_reader *r, enum sample_column c, uint64_t *v,
                         const bool *changes)
{
    const uint64_t *start = sample_reader_column(r, SAMPLE_START);
    const uint64_t *queueing = c == SAMPLE_LATENESS ? sample_reader_column(r, SAMPLE_QUEUEING) : NULL;
    if (!start || (c == SAMPLE_LATENESS && !queueing))
        return false;
    for (uint32_t at = 0; at < r->count; at += PFOR_RUN) {
        uint32_t end = r->count - at < PFOR_RUN ? r->count : at + PFOR_RUN;
        if (!changes[at / PFOR_RUN])
            continue;
        uint64_t moment = at ? v[at - 1] + start[at - 1] + (queueing ? queueing[at - 1] : 0) : 0;
        for (uint32_t i = at; i < end; i++) {
            moment += v[i] >> 1 ^ -(v[i] & 1);
            v[i] = moment - start[i] - (queueing ? queueing[i] : 0);
        }
    }
    return true;
}

static bool unpack_times(struct sample_reader *r, enum sample_column c, uint64_t *out)
{
    bool changes[SAMPLE_BLOCK_MAX / PFOR_RUN + 1] = {false};
    if (!sample_is_time(c) ||
        pfor_unpack_either(r->plain, r->packed[c].plain_len, out, r->count, changes))
        return false;
    return !memchr(changes, true, sizeof changes) || settle_times(r, c, out, changes);
}

static bool unpack(struct sample_reader *r, enum sample_column column, uint64_t *out)
{
    const struct packed_column *p = &r->packed[column];
    uint64_t first = 0;
    if (!load_plain(r, p))
        return false;
    if (p->coding == CODING_EITHER)
        return unpack_times(r, column, out);
    if (p->coding == CODING_PLAIN)
        return !pfor_unpack(r->plain, p->plain_len, out, r->count);
    size_t head = get_varint(r->plain, p->plain_len, &first);
    if (!head)
        return false;
    if (p->coding == CODING_SAME) {
        for (uint32_t i = 0; i < r->count; i++)
            out[i] = first;
        return head == p->plain_len;
    }
    if (pfor_unpack(r->plain + head, p->plain_len - head, out + 1, r->count - 1))
        return false;
    add_up(out, r->count, first, p->coding == CODING_CHANGES);
    return true;
}

const uint64_t *sample_reader_column(struct sample_reader *r, enum sample_column column)
{
    uint64_t *out = r->columns[column];
    if (!r->unpacked[column] && !unpack(r, column, out))
        return NULL;
    r->unpacked[column] = true;
    return out;
}

const char *sample_reader_damage(struct sample_reader *r, int64_t format, int64_t count,
                                 int64_t crc, const void *data, size_t len)
{
    const char *why;
    if (sample_reader_open(r, format, count, crc, data, len, &why))
        return why;
    for (enum sample_column c = 0; c < SAMPLE_COLUMNS; c++)
        if (!sample_reader_column(r, c))
            return "a column cannot be unpacked";
    return NULL;
}
