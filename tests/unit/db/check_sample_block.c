/* SPDX-License-Identifier: BSD-3-Clause */
#include "db/sample_block.h"

#include <math.h>
#include <string.h>
#include <zlib.h>

#include "base/measure.h"
#include "base/rng.h"
#include "tests/lib/check_main.h"

struct fact {
    uint64_t v[SAMPLE_COLUMNS];
};
static struct fact facts[SAMPLE_BLOCK_MAX], got[SAMPLE_BLOCK_MAX];
static struct sample_packer *packer;
static struct sample_reader *reader;
static struct sample_packed packed;

static void setup(void)
{
    packer = sample_packer_new();
    reader = sample_reader_new();
    ck_assert(packer && reader);
}

static void done(void)
{
    sample_packer_free(packer);
    sample_reader_free(reader);
}

static int by_all(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct fact));
}

static void pack(uint32_t n)
{
    for (int c = 0; c < SAMPLE_COLUMNS; c++)
        for (uint32_t i = 0; i < n; i++)
            sample_packer_column(packer, c)[i] = facts[i].v[c];
    sample_packer_pack(packer, n, &packed);
}

/* The same transactions come back, ordered by start. */
static void there_and_back(uint32_t n)
{
    const char *why = NULL;
    pack(n);
    ck_assert_int_eq(sample_reader_open(reader, SAMPLE_BLOCK_FORMAT, n, packed.crc, packed.data,
                                        packed.len, &why), 0);
    for (int c = 0; c < SAMPLE_COLUMNS; c++) {
        const uint64_t *v = sample_reader_column(reader, c);
        ck_assert_ptr_nonnull(v);
        for (uint32_t i = 0; i < n; i++)
            got[i].v[c] = v[i];
    }
    for (uint32_t i = 1; i < n; i++)
        ck_assert_uint_le(got[i - 1].v[SAMPLE_START], got[i].v[SAMPLE_START]);
    ck_assert_uint_eq(packed.first_ns, got[0].v[SAMPLE_START]);
    qsort(facts, n, sizeof *facts, by_all);
    qsort(got, n, sizeof *got, by_all);
    ck_assert_mem_eq(facts, got, n * sizeof *facts);
}

static double exponential(struct rng *rng, double mean)
{
    return -mean * log(1 - rng_f64(rng));
}

/* Arrivals at a rate over connections; latency, lateness as a quiet machine gives them. */
static void make(uint32_t n, double gap_ns, bool poisson, uint32_t connections, struct rng *rng)
{
    double at = 1e18;
    for (uint32_t i = 0; i < n; i++) {
        at += poisson ? exponential(rng, gap_ns) : gap_ns;
        uint64_t lateness = 300 + rng_below(rng, 900);
        facts[i] = (struct fact){.v = {
            [SAMPLE_START] = (uint64_t)at, [SAMPLE_LATENESS] = lateness,
            [SAMPLE_LATENCY] = lateness + 15000 + (uint64_t)exponential(rng, 4000),
            [SAMPLE_SIZE] = 1024, [SAMPLE_CONNECTION] = i % connections,
            [SAMPLE_KIND] = sample_kind(0, 0, RESULT_OK, true)}};
    }
}

START_TEST(any_values_come_back)
{
    static const uint32_t counts[] = {1, 2, 127, 128, 129, 1000, SAMPLE_BLOCK_MAX};
    struct rng rng;
    setup();
    rng_seed(&rng, 7);
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
        for (int round = 0; round < 20; round++) {
            unsigned shift[SAMPLE_COLUMNS];
            for (int c = 0; c < SAMPLE_COLUMNS; c++)
                shift[c] = (unsigned)rng_below(&rng, 65);
            for (uint32_t i = 0; i < counts[k]; i++)
                for (int c = 0; c < SAMPLE_COLUMNS; c++)
                    facts[i].v[c] = shift[c] == 64 ? 42 : rng_u64(&rng) >> shift[c];
            there_and_back(counts[k]);
        }
    done();
}
END_TEST

START_TEST(out_of_order_ends_are_ordered_by_start)
{
    struct rng rng;
    setup();
    rng_seed(&rng, 3);
    make(5000, 1000, false, 100, &rng);
    for (uint32_t i = 5000; i-- > 1;) {
        uint32_t j = (uint32_t)rng_below(&rng, i + 1);
        struct fact swap = facts[i];
        facts[i] = facts[j];
        facts[j] = swap;
    }
    there_and_back(5000);
    done();
}
END_TEST

START_TEST(bytes_a_transaction)
{
    struct rng rng;
    setup();
    rng_seed(&rng, 5);
    make(SAMPLE_BLOCK_MAX, 10000, false, 100, &rng);
    pack(SAMPLE_BLOCK_MAX);
    ck_assert_double_le((double)packed.len / SAMPLE_BLOCK_MAX, 4.5);
    make(SAMPLE_BLOCK_MAX, 20000, true, 10000, &rng);
    for (uint32_t i = 0; i < SAMPLE_BLOCK_MAX; i++)
        facts[i].v[SAMPLE_CONNECTION] = rng_below(&rng, 10000);
    pack(SAMPLE_BLOCK_MAX);
    ck_assert_double_le((double)packed.len / SAMPLE_BLOCK_MAX, 7.0);
    done();
}
END_TEST

/* After a stall many start, are sent and end together, having waited for unlike times. */
START_TEST(what_ended_together_costs_little)
{
    struct rng rng;
    setup();
    rng_seed(&rng, 6);
    make(4096, 20000, false, 100, &rng);
    for (uint32_t i = 1000; i < 3000; i++) {
        uint64_t *v = facts[i].v, free_at = facts[2999].v[SAMPLE_START] + i / 64 * 1000;
        v[SAMPLE_QUEUEING] = free_at - v[SAMPLE_START];
        v[SAMPLE_LATENESS] = 700;
        v[SAMPLE_LATENCY] = v[SAMPLE_QUEUEING] + 700 + 9000;
    }
    pack(4096);
    ck_assert_double_le((double)packed.len / 4096, 3.0);
    there_and_back(4096);
    done();
}
END_TEST

START_TEST(every_flipped_bit_is_named)
{
    struct rng rng;
    static uint8_t copy[1 << 16];
    setup();
    rng_seed(&rng, 9);
    make(300, 1000, true, 30, &rng);
    pack(300);
    ck_assert_uint_le(packed.len, sizeof copy);
    for (size_t bit = 0; bit < packed.len * 8; bit += 7) {
        memcpy(copy, packed.data, packed.len);
        copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
        ck_assert_ptr_nonnull(sample_reader_damage(reader, SAMPLE_BLOCK_FORMAT, 300, packed.crc,
                                                   copy, packed.len));
        /* a forged checksum: anything may come out, nothing may break */
        sample_reader_damage(reader, SAMPLE_BLOCK_FORMAT, 300,
                             (int64_t)crc32(0, copy, (uInt)packed.len), copy, packed.len);
    }
    done();
}
END_TEST

START_TEST(what_disagrees_is_refused)
{
    struct rng rng;
    setup();
    rng_seed(&rng, 9);
    make(300, 1000, true, 30, &rng);
    pack(300);
    const uint8_t *data = packed.data;
    ck_assert_ptr_null(sample_reader_damage(reader, 1, 300, packed.crc, data, packed.len));
    ck_assert_str_eq(sample_reader_damage(reader, 2, 300, packed.crc, data, packed.len),
                     "another format than this program's");
    ck_assert_str_eq(sample_reader_damage(reader, 1, 301, packed.crc, data, packed.len),
                     "its number of samples is wrong");
    ck_assert_str_eq(sample_reader_damage(reader, 1, 300, packed.crc, data, packed.len - 1),
                     "its checksum is wrong");
    ck_assert_str_eq(sample_reader_damage(reader, 1, 0, 0, "", 0), "its number of samples is wrong");
    done();
}
END_TEST

START_TEST(service_is_what_is_left)
{
    ck_assert_uint_eq(sample_service(100, 30, 20), 50);
    ck_assert_uint_eq(sample_service(100, 30, 90), 0);
    uint64_t kind = sample_kind(SAMPLE_TARGETS, 255, RESULT_TLS, true);
    ck_assert_uint_eq(sample_operation(kind), 255);
    ck_assert_uint_eq(sample_target(kind), SAMPLE_TARGETS);
    ck_assert_uint_eq(sample_target(sample_kind(0, 255, RESULT_TLS, true)), 0);
    ck_assert_uint_eq(sample_kind(0, 3, RESULT_OK, true), 3u << 5 | 1); /* as all versions have it */
    ck_assert_uint_eq(sample_result(kind), RESULT_TLS);
    ck_assert(sample_measured(kind) && !sample_measured(sample_kind(2, 1, RESULT_OK, false)));
    ck_assert_uint_le(RESULT_COUNT, 16);
}
END_TEST

CHECK_MAIN("db/sample_block", any_values_come_back, out_of_order_ends_are_ordered_by_start,
           bytes_a_transaction, what_ended_together_costs_little, every_flipped_bit_is_named,
           what_disagrees_is_refused, service_is_what_is_left)
