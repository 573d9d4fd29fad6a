/* SPDX-License-Identifier: BSD-3-Clause */
/* Every rank of every set, against a sort of it. */
#include "analyzer/exact/sieve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "tests/lib/check_main.h"

#define N 30000

static uint64_t values[N], sorted[N];
static struct hist_sum sum;
static struct sieve sieve;

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void know(size_t n)
{
    static struct hist h;
    hist_reset(&h);
    for (size_t i = 0; i < n; i++)
        hist_record(&h, values[i]);
    hist_sum_reset(&sum);
    hist_sum_add(&sum, &h);
    memcpy(sorted, values, n * sizeof *values);
    qsort(sorted, n, sizeof *sorted, by_value);
}

/* One pass in three tallies, as three threads would; returns how many passes it took. */
static int pass_all(size_t n)
{
    int passes = 0;
    for (size_t size; (size = sieve_begin(&sieve)); passes++) {
        struct tally t[3];
        uint64_t *counters[3];
        for (size_t i = 0; i < 3; i++) {
            counters[i] = malloc(size * sizeof *counters[i]);
            tally_begin(&t[i], &sieve, counters[i], size);
            tally_add(&t[i], values + n * i / 3, n * (i + 1) / 3 - n * i / 3);
        }
        tally_merge(&t[0], &t[1], size);
        tally_merge(&t[0], &t[2], size);
        sieve_end(&sieve, &t[0]);
        for (size_t i = 0; i < 3; i++)
            free(counters[i]);
    }
    return passes;
}

static int check_ranks(size_t n, struct rng *rng)
{
    know(n);
    sieve_init(&sieve, &sum);
    sieve_want(&sieve, 1);
    sieve_want(&sieve, n);
    sieve_want(&sieve, 0);
    while (sieve.wanted < SIEVE_RANKS_MAX)
        sieve_want(&sieve, 1 + rng_below(rng, n));
    int passes = pass_all(n);
    ck_assert(!sieve.refuted);
    for (size_t w = 0; w < sieve.wanted; w++)
        if (sieve.ranks[w])
            ck_assert_uint_eq(sieve.values[w], sorted[sieve.ranks[w] - 1]);
    long double mean = 0;
    for (size_t i = 0; i < n; i++)
        mean += values[i];
    ck_assert_double_eq_tol(sieve.mean_ns, (double)(mean / n), (double)(mean / n) * 1e-15);
    return passes;
}

START_TEST(any_width)
{
    struct rng rng;
    rng_seed(&rng, 5);
    for (int round = 0; round < 60; round++) {
        unsigned bits = 1 + (unsigned)rng_below(&rng, 43);
        size_t n = 1 + rng_below(&rng, round % 2 ? 40 : N);
        for (size_t i = 0; i < n; i++)
            values[i] = rng_u64(&rng) >> (64 - bits);
        check_ranks(n, &rng);
    }
}
END_TEST

START_TEST(all_in_one_wide_bucket)
{
    struct rng rng;
    rng_seed(&rng, 6);
    for (size_t i = 0; i < N; i++)
        values[i] = (1ull << 36) + rng_below(&rng, 1 << 26);
    ck_assert_int_eq(check_ranks(N, &rng), 2);
    for (size_t i = 0; i < N; i++)
        values[i] = (1ull << 36) + rng_below(&rng, 1 << 13); /* all in one part of it */
    ck_assert_int_eq(check_ranks(N, &rng), 2);
}
END_TEST

START_TEST(few_values)
{
    struct rng rng;
    rng_seed(&rng, 7);
    for (size_t i = 0; i < N; i++)
        values[i] = 12345;
    ck_assert_int_eq(check_ranks(N, &rng), 1);
    for (size_t i = 0; i < N; i++)
        values[i] = rng_below(&rng, 2) ? 0 : HIST_MAX_NS;
    check_ranks(N, &rng);
    values[0] = 77;
    ck_assert_int_eq(check_ranks(1, &rng), 1);
}
END_TEST

START_TEST(beyond_the_histogram)
{
    struct rng rng;
    rng_seed(&rng, 8);
    for (size_t i = 0; i < N; i++)
        values[i] = i % 3 ? HIST_MAX_NS + 1 + rng_below(&rng, 1ull << 43) : rng_below(&rng, 9999);
    values[5] = HIST_MAX_NS + 1;
    values[7] = HIST_MAX_NS;
    values[11] = (1ull << SIEVE_VALUE_BITS) - 1;
    ck_assert_int_eq(check_ranks(N, &rng), 4);
}
END_TEST

static bool refuted(size_t n)
{
    sieve_init(&sieve, &sum);
    for (uint64_t q = 1; q < 20; q++)
        sieve_want(&sieve, n * q / 20);
    pass_all(n);
    return sieve.refuted;
}

/* What is not what the histogram counted is refused: one more, one less, one moved. */
START_TEST(other_values_are_refuted)
{
    struct rng rng;
    rng_seed(&rng, 9);
    for (size_t i = 0; i < N; i++)
        values[i] = 1000 + rng_below(&rng, 50000);
    know(N - 1);
    ck_assert(!refuted(N - 1));
    ck_assert(refuted(N));
    ck_assert(refuted(N - 2));
    values[3] = sorted[(N - 1) / 2 - 1] == values[3] ? 1000 : sorted[(N - 1) / 2 - 1];
    ck_assert(refuted(N - 1));
}
END_TEST

CHECK_MAIN("analyzer/sieve", any_width, all_in_one_wide_bucket, few_values, beyond_the_histogram,
           other_values_are_refuted)
