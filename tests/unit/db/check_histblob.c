/* SPDX-License-Identifier: BSD-3-Clause */
#include "db/histblob.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "base/hist.h"
#include "base/rng.h"
#include "tests/lib/check_main.h"

static int base64_digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static size_t base64_decode(const char *text, uint8_t *out)
{
    uint32_t bits = 0, have = 0;
    size_t len = 0;
    for (int d; (d = base64_digit(*text)) >= 0; text++) {
        bits = bits << 6 | (uint32_t)d;
        have += 6;
        if (have >= 8)
            out[len++] = (uint8_t)(bits >> (have -= 8));
    }
    return len;
}

/* 48761, 1745879039 and 1796210687 are what the reader's test of HdrHistogram expects of this log.
 * It sums at the lowest value of a bucket, this decode at the highest: the same bucket of 2^23 ns,
 * and with it the maximum that the log itself states. */
START_TEST(reads_a_log_that_hdrhistogram_wrote)
{
    FILE *log = fopen(TEST_DATA_DIR "/hdr/jHiccup-2.0.7S.logV2.hlog", "r");
    ck_assert_ptr_nonnull(log);
    static struct hist_sum all, one;
    char line[4096], blob64[4096];
    uint8_t blob[4096];
    double interval_max_ms;
    int lines = 0;
    hist_sum_reset(&all);
    while (fgets(line, sizeof line, log)) {
        if (sscanf(line, "%*f,%*f,%lf,%4095s", &interval_max_ms, blob64) != 2)
            continue;
        hist_sum_reset(&one);
        ck_assert_int_eq(histblob_decode(blob, base64_decode(blob64, blob), &one), 0);
        ck_assert_double_eq_tol((double)one.max_ns / 1e6, interval_max_ms, 0.00051);
        hist_sum_merge(&all, &one);
        lines++;
    }
    fclose(log);
    ck_assert_int_eq(lines, 62);
    ck_assert_uint_eq(all.count, 48761);
    ck_assert_uint_eq(all.max_ns, 1796210687 | 0x7fffff);
    ck_assert_uint_eq(hist_sum_percentile_ns(&all, 999, 1000), 1745879039 | 0x7fffff);
}
END_TEST

static void fill(struct hist *h, uint64_t seed, int n)
{
    struct rng rng;
    rng_seed(&rng, seed);
    hist_reset(h);
    for (int i = 0; i < n; i++)
        hist_record(h, rng_below(&rng, 1ull << (1 + rng_below(&rng, HIST_MAX_BITS))));
}

START_TEST(a_round_trip_keeps_every_bucket)
{
    static struct hist h;
    static struct hist_sum s, twice;
    uint8_t *blob;
    size_t len;
    for (int n = 0; n <= 10000; n = n * 10 + 1) {
        fill(&h, (uint64_t)n, n);
        ck_assert_int_eq(histblob_encode(&h, &blob, &len), 0);
        hist_sum_reset(&s);
        ck_assert_int_eq(histblob_decode(blob, len, &s), 0);
        free(blob);
        ck_assert_uint_eq(s.count, h.count);
        for (uint32_t i = 0; i < HIST_COUNTS; i++)
            ck_assert_uint_eq(s.counts[i], h.counts[i]);
        ck_assert_int_eq(histblob_encode_sum(&s, &blob, &len), 0);
        hist_sum_reset(&twice);
        ck_assert_int_eq(histblob_decode(blob, len, &twice), 0);
        free(blob);
        ck_assert_mem_eq(&twice, &s, sizeof s);
    }
}
END_TEST

START_TEST(wide_counts_survive)
{
    static struct hist_sum s, back;
    uint8_t *blob;
    size_t len;
    hist_sum_reset(&s);
    s.counts[0] = 1;
    s.counts[5000] = 1ull << 55;
    s.counts[HIST_COUNTS - 1] = (1ull << 62) - 1;
    s.count = s.counts[0] + s.counts[5000] + s.counts[HIST_COUNTS - 1];
    s.min_ns = 0;
    s.max_ns = HIST_MAX_NS;
    ck_assert_int_eq(histblob_encode_sum(&s, &blob, &len), 0);
    hist_sum_reset(&back);
    ck_assert_int_eq(histblob_decode(blob, len, &back), 0);
    free(blob);
    ck_assert_uint_eq(back.count, s.count);
    ck_assert_mem_eq(back.counts, s.counts, sizeof s.counts);
    ck_assert_uint_eq(back.max_ns, HIST_MAX_NS);
}
END_TEST

/* A refused blob must leave the sum untouched. */
static int decode_and_compare(const uint8_t *blob, size_t len)
{
    static struct hist_sum s;
    hist_sum_reset(&s);
    int ret = histblob_decode(blob, len, &s);
    if (ret) {
        ck_assert_int_eq(ret, -EBADMSG);
        ck_assert(s.count == 0 && s.overflow == 0 && s.max_ns == 0 && s.min_ns == UINT64_MAX);
    }
    return ret;
}

START_TEST(a_cut_blob_is_refused)
{
    static struct hist h;
    uint8_t *blob;
    size_t len;
    fill(&h, 7, 300);
    ck_assert_int_eq(histblob_encode(&h, &blob, &len), 0);
    for (size_t cut = 0; cut < len; cut++)
        ck_assert_int_eq(decode_and_compare(blob, cut), -EBADMSG);
    free(blob);
}
END_TEST

START_TEST(flipped_bits_never_crash)
{
    static struct hist h;
    uint8_t *blob;
    size_t len;
    fill(&h, 8, 60);
    ck_assert_int_eq(histblob_encode(&h, &blob, &len), 0);
    for (size_t bit = 0; bit < len * 8; bit++) {
        blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
        decode_and_compare(blob, len);
        blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    ck_assert_int_eq(decode_and_compare(blob, len), 0);
    free(blob);
}
END_TEST

/* The same behind the checksum of zlib: any plain bytes at all, well wrapped. */
static int decode_wrapped(const uint8_t *plain, size_t plain_len)
{
    uint8_t blob[2048] = {0x1c, 0x84, 0x93, 0x14};
    uLongf packed = sizeof blob - 8;
    ck_assert_int_eq(compress2(blob + 8, &packed, plain, plain_len, 1), Z_OK);
    blob[6] = (uint8_t)(packed >> 8);
    blob[7] = (uint8_t)packed;
    return decode_and_compare(blob, 8 + packed);
}

static size_t plain_header(uint8_t *p, uint8_t counts_len, uint8_t digits)
{
    static const uint8_t head[] = {0x1c, 0x84, 0x93, 0x13, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                   0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x1f, 0xff, 0xff, 0xff, 0xff,
                                   0x3f, 0xf0, 0, 0, 0, 0, 0, 0};
    memcpy(p, head, sizeof head);
    p[7] = counts_len;
    p[15] = digits;
    return sizeof head;
}

START_TEST(hostile_counts_are_refused)
{
    static const struct {
        uint8_t len, digits, bytes[20];
        int ret;
    } rows[] = {
        {1, 3, {0x02}, 0},
        {1, 0, {0x02}, -EBADMSG},
        {1, 6, {0x02}, -EBADMSG},
        {1, 3, {0x80}, -EBADMSG},                                   /* cut varint */
        {2, 3, {0x02}, -EBADMSG},                                   /* fewer bytes than promised */
        {6, 3, {0xff, 0xff, 0xff, 0xff, 0x0f, 0x02}, -EBADMSG},     /* run past every bucket */
        {9, 3, {255, 255, 255, 255, 255, 255, 255, 255, 255}, -EBADMSG}, /* INT64_MIN */
        {9, 3, {254, 255, 255, 255, 255, 255, 255, 255, 255}, 0},        /* INT64_MAX */
        {10, 3, {254, 255, 255, 255, 255, 255, 255, 255, 255, 2}, -EBADMSG}, /* one more */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t plain[100];
        size_t len = plain_header(plain, rows[i].len, rows[i].digits);
        size_t given = i == 4 ? 1 : rows[i].len;
        memcpy(plain + len, rows[i].bytes, given);
        ck_assert_msg(decode_wrapped(plain, len + given) == rows[i].ret, "row %zu", i);
    }
}
END_TEST

START_TEST(random_plain_bytes_never_crash)
{
    struct rng rng;
    rng_seed(&rng, 42);
    for (int round = 0; round < 3000; round++) {
        uint8_t plain[200], n = (uint8_t)rng_below(&rng, 150);
        size_t len = plain_header(plain, n, (uint8_t)(1 + rng_below(&rng, 5)));
        for (uint8_t i = 0; i < n; i++)
            plain[len++] = (uint8_t)rng_u64(&rng);
        if (rng_below(&rng, 2))
            plain[rng_below(&rng, 40)] = (uint8_t)rng_u64(&rng);
        decode_wrapped(plain, len);
    }
}
END_TEST

CHECK_MAIN("db/histblob", reads_a_log_that_hdrhistogram_wrote, a_round_trip_keeps_every_bucket,
           wide_counts_survive, a_cut_blob_is_refused, flipped_bits_never_crash,
           hostile_counts_are_refused, random_plain_bytes_never_crash)
