/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A blob of a results file that anyone may have written. Each input is read as a whole blob, and
 * again as the plain bytes behind the compression, which the fuzzer would not get past. What is
 * refused leaves the sum alone; what is taken comes back the same from our own encoding.
 */
#include <errno.h>
#include <string.h>
#include <zlib.h>

#include "base/hist.h"
#include "db/histblob.h"
#include "tests/fuzz/fuzz.h"

static void encode_again(const struct hist_sum *s)
{
    static struct hist_sum again;
    uint8_t *blob;
    size_t len;
    FUZZ_CHECK(histblob_encode_sum(s, &blob, &len) == 0);
    hist_sum_reset(&again);
    FUZZ_CHECK(histblob_decode(blob, len, &again) == 0);
    FUZZ_CHECK(!memcmp(again.counts, s->counts, sizeof s->counts));
    FUZZ_CHECK(again.count == s->count - s->overflow);
    free(blob);
}

static void try_blob(const uint8_t *blob, size_t len)
{
    static struct hist_sum s;
    hist_sum_reset(&s);
    int ret = histblob_decode(blob, len, &s);
    FUZZ_CHECK(ret == 0 || ret == -EBADMSG || ret == -ENOMEM);
    if (ret)
        FUZZ_CHECK(!s.count && !s.overflow && !s.max_ns && s.min_ns == UINT64_MAX);
    else
        encode_again(&s);
}

static void try_plain(const uint8_t *plain, size_t plain_len)
{
    uLongf packed = compressBound(plain_len);
    uint8_t *blob = malloc(8 + packed);
    if (!blob || compress2(blob + 8, &packed, plain, plain_len, 1) != Z_OK)
        abort();
    memcpy(blob, "\x1c\x84\x93\x14", 4);
    for (int i = 0; i < 4; i++)
        blob[4 + i] = (uint8_t)(packed >> (24 - 8 * i));
    try_blob(blob, 8 + packed);
    free(blob);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_blob(data, size);
    try_plain(data, size);
    return 0;
}
