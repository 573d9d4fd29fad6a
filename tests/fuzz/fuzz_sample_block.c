/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A block of a results file that anyone may have written. The first two bytes stand for the
 * database's `count`; the checksum is made to fit, which the fuzzer would not get past. What is
 * taken comes back the same from our own packing.
 */
#include <string.h>
#include <zlib.h>

#include "db/sample_block.h"
#include "tests/fuzz/fuzz.h"

static uint64_t total(const uint64_t *v, uint32_t n)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += v[i];
    return sum;
}

/* Order may change, sums may not. */
static void pack_again(struct sample_reader *r, uint32_t n)
{
    struct sample_packer *p = sample_packer_new();
    struct sample_packed again;
    const char *why;
    uint64_t sums[SAMPLE_COLUMNS];
    FUZZ_CHECK(p);
    for (enum sample_column c = 0; c < SAMPLE_COLUMNS; c++) {
        const uint64_t *v = sample_reader_column(r, c);
        sums[c] = total(v, n);
        memcpy(sample_packer_column(p, c), v, n * sizeof *v);
    }
    sample_packer_pack(p, n, &again);
    FUZZ_CHECK(!sample_reader_open(r, SAMPLE_BLOCK_FORMAT, n, again.crc, again.data, again.len,
                                   &why));
    for (enum sample_column c = 0; c < SAMPLE_COLUMNS; c++) {
        const uint64_t *v = sample_reader_column(r, c);
        FUZZ_CHECK(v && total(v, n) == sums[c]);
    }
    sample_packer_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    uint32_t count = data[0] | (uint32_t)data[1] << 8;
    struct sample_reader *r = sample_reader_new();
    FUZZ_CHECK(r);
    int64_t crc = (int64_t)crc32(0, data + 2, (uInt)(size - 2));
    if (!sample_reader_damage(r, SAMPLE_BLOCK_FORMAT, count, crc, data + 2, size - 2))
        pack_again(r, count);
    sample_reader_free(r);
    return 0;
}
